"""`subscribers read-mail`: what lay in the mailboxes is counted, and a box that is not there is named."""

import mailbox
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded

REPORT = Path(__file__).parents[1] / "data" / "bounces" / "postfix-user-unknown.eml"
BOX = '\n[bounces]\nkind = "maildir"\npath = "bounces"\naddress = "bounce@news.example.org"\nverp = true\n'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("workspace") / "ws"
    init_workspace(found)
    return found


def read_mail(root: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run_guarded(["--workspace", str(root), "subscribers", "read-mail"])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_reports_are_counted_by_what_they_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_mail(root, capsys) == (1, "there is no [mailbox] and no [bounces] in config.toml\n")
    config = root / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + BOX, encoding="utf-8")
    code, said = read_mail(root, capsys)
    assert code == 1
    assert "bounces" in said
    assert "Traceback" not in said
    mailbox.Maildir(root / "bounces").close()
    (root / "bounces" / "new" / "1.1.here").write_bytes(REPORT.read_bytes())
    (root / "bounces" / "new" / "2.1.here").write_bytes(b"Subject: hello\n\nWhat is this?\n")
    code, said = read_mail(root, capsys)
    assert (code, said.splitlines()[-1]) == (0, "1 not ours, 1 passed over")
    assert read_mail(root, capsys)[1].splitlines()[-1] == "no mail"
