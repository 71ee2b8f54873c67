"""Secrets come from the environment or from files of mode 0600 that the environment names; they are never printed."""

import stat
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import Secrets

NAMES: Mapping[str, str] = {
    "signing": "NEWSLETTER_SECRET",
    "signing_old": "NEWSLETTER_SECRET_OLD",
    "smtp_password": "NEWSLETTER_SMTP_PASSWORD",
    "sendgrid_key": "NEWSLETTER_SENDGRID_KEY",
    "ses_secret": "NEWSLETTER_SES_SECRET",
    "imap_password": "NEWSLETTER_IMAP_PASSWORD",
    "bounces_password": "NEWSLETTER_BOUNCES_PASSWORD",
    "dkim_key": "NEWSLETTER_DKIM_KEY",
    "alerts": "NEWSLETTER_ALERTS_SECRET",
}
#: Where systemd puts what LoadCredential= names: a folder that only our process reads.
LENT = "CREDENTIALS_DIRECTORY"


def read_secrets(environ: Mapping[str, str]) -> tuple[Secrets, tuple[Problem, ...]]:
    """The secrets that are set; a problem for each file that cannot be read or that others may read."""
    values: dict[str, SecretStr] = {}
    problems: list[Problem] = []
    for field, name in NAMES.items():
        value, problem = read_secret(name, environ)
        if problem:
            problems.append(problem)
        elif value:
            values[field] = SecretStr(value)
    return Secrets(**values), tuple(problems)


def read_secret(name: str, environ: Mapping[str, str]) -> tuple[str, Problem | None]:
    """The secret in the variable, or in the file that its `_FILE` twin names; empty where neither is set."""
    if environ.get(name):
        return environ[name], None
    path = environ.get(f"{name}_FILE")
    return _from_file(f"{name}_FILE", Path(path), environ.get(LENT, "")) if path else ("", None)


def _from_file(variable: str, path: Path, lent: str) -> tuple[str, Problem | None]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        return "", _problem(variable, f"the file {path} cannot be read ({error.__class__.__name__})")
    # The service manager lets our user in by an access list, whose mask stands where the group's rights stand.
    others = 0o037 if lent and path.parent == Path(lent) else 0o077
    if mode & others:
        return "", _problem(variable, f"the file {path} has mode {mode:04o}; others may read it: chmod 600 {path}")
    return text, None


def _problem(variable: str, text: str) -> Problem:
    return Problem("error", "settings.secret", f"{variable}: {text}", Origin("environment", variable))
