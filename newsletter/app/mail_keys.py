"""The keys of corrections and one-offs: `correction-2026-12-08-data-deep-dive`, with a number once one was sent."""

import re
import unicodedata
from datetime import date

from sqlalchemy.engine import Connection

from newsletter.app.workspace import Workspace
from newsletter.model.issue import IssueState
from newsletter.store import issues

LONGEST = 40
#: States in which a mail is still being written.
OPEN: tuple[IssueState, ...] = ("due", "drafted", "approved")


def slug(words: str) -> str:
    """Words as a part of a key: letters and digits of ASCII, with hyphens between them."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode("ascii").casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-") or "mail"


def open_key(connection: Connection, ws: Workspace, kind: str, day: date, words: str) -> str:
    """The key of the mail of that day and name that is still being written, else the first that is free."""
    stem, number = f"{kind}-{day}-{slug(words)}", 1
    while True:
        key = stem if number == 1 else f"{stem}-{number}"
        row = issues.find_issue(connection, ws.settings.community.id, key)
        if row is None or row.state in OPEN:
            return key
        number += 1
