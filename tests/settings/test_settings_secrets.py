"""Secrets come from the environment or from files nobody else can read, and are never shown."""

from pathlib import Path

import pytest

from newsletter.settings.secrets import read_secrets

CANARY = "SG.canary-key"


def test_a_secret_comes_from_the_environment_and_hides_itself() -> None:
    secrets, problems = read_secrets({"NEWSLETTER_SENDGRID_KEY": CANARY})
    assert not problems
    assert secrets.sendgrid_key is not None
    assert secrets.sendgrid_key.get_secret_value() == CANARY
    assert CANARY not in repr(secrets)
    assert CANARY not in secrets.model_dump_json()


def test_a_secret_comes_from_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(CANARY + "\n")
    file.chmod(0o600)
    secrets, problems = read_secrets({"NEWSLETTER_SMTP_PASSWORD_FILE": str(file)})
    assert not problems
    assert secrets.smtp_password is not None
    assert secrets.smtp_password.get_secret_value() == CANARY


def test_a_file_that_others_may_read_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(CANARY)
    file.chmod(0o644)
    secrets, problems = read_secrets({"NEWSLETTER_SECRET_FILE": str(file)})
    assert secrets.signing is None
    assert "0644" in problems[0].text
    assert f"chmod 600 {file}" in problems[0].text
    assert CANARY not in problems[0].text


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    _, problems = read_secrets({"NEWSLETTER_SECRET_FILE": str(tmp_path / "none")})
    assert "cannot be read" in problems[0].text


@pytest.mark.parametrize(("mode", "read"), [(0o400, True), (0o440, True), (0o444, False), (0o460, False)])
def test_what_the_service_manager_lends_may_show_its_access_list_as_the_groups_right(tmp_path, mode, read):
    lent = tmp_path / "smtp-password"
    lent.write_text("secret\n")
    lent.chmod(mode)
    environ = {"NEWSLETTER_SMTP_PASSWORD_FILE": str(lent), "CREDENTIALS_DIRECTORY": str(tmp_path)}
    secrets, problems = read_secrets(environ)
    assert (secrets.smtp_password is not None, bool(problems)) == (read, not read)
    del environ["CREDENTIALS_DIRECTORY"]
    assert bool(read_secrets(environ)[1]) == (mode != 0o400)
