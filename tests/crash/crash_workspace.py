"""A workspace on disk with readers and an approved issue, on a road to the sink, as the command line opens it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support_mail import edition
from support_workspace import slot

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sending.planning import plan_issue
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline, Rendered
from newsletter.model.mail import Edition
from newsletter.store import issues
from newsletter.store.tables import issue as issue_table

KEY = "weekly-2026-12-04"
LIST = "community"
CONFIG = """
[community]
id = "data-lab"
name = "Data Lab"
url = "https://data.example.org"
timezone = "America/Los_Angeles"
postal_address = "1 Shore Avenue, Seattle"

[sender]
address = "Common Hours <hours@news.example.org>"

[digests.weekly]
title = "Common Hours"
list = "community"
cadence = "weekly on Friday at 09:00"
window = "7 days"

[web]
base_url = "https://news.example.org"

[provider]
"""
LISTS = """
[topics.talks]
title = "Talks"
tags = ["talk"]

[lists.community]
title = "Common Hours"
digests = ["weekly"]
topics = ["talks"]
"""
ENV = {"NEWSLETTER_SECRET": "a key for crash tests, and for nothing else", "NEWSLETTER_SENDGRID_KEY": "SG.crash"}


@dataclass(frozen=True)
class Road:
    """How a workspace reaches the sink."""

    transport: str
    port: int
    batch: int = 10
    more: dict[str, object] = field(default_factory=dict)

    def settings(self) -> dict[str, object]:
        common = {"batch": self.batch, "unknown_hours": 0, **self.more}
        if self.transport == "smtp":
            return {"kind": "smtp", "host": "127.0.0.1", "port": self.port, "security": "none", **common}
        return {"kind": "sendgrid", "api_url": f"http://127.0.0.1:{self.port}", **common}


def write(root: Path, road: Road) -> Workspace:
    """A new workspace; it may be written again for another road."""
    (root / "subscribers").mkdir(parents=True, exist_ok=True)
    provider = "".join(f"{name} = {json.dumps(value)}\n" for name, value in road.settings().items())
    (root / "config.toml").write_text(CONFIG + provider)
    (root / "subscribers" / "lists.toml").write_text(LISTS)
    return opened(root)


def opened(root: Path) -> Workspace:
    """The workspace as any command opens it."""
    return open_workspace(root, environ=ENV)


def fill(ws: Workspace, readers: int, *keys: str, named: bool = False) -> None:
    """So many readers, with names that recur where they are to be `named`, and an approved issue for each key."""
    now = datetime.now(UTC)
    names = (f"Reader {number % 997}" if named else "" for number in range(readers))
    lines = (f"reader{number:06d}@example.org,{name}" for number, name in enumerate(names))
    import_bytes(ws, "\n".join(("email,name", *lines)).encode(), "readers.csv", LIST)
    community = ws.settings.community.id
    for turn, key in enumerate(keys):
        with ws.store.begin() as connection:
            issues.insert_slot(connection, community, slot(key, now + timedelta(days=turn)))
            drafted = issue_table.update().where(issue_table.c.key == key)
            connection.execute(drafted.values(state="drafted", draft="{}", draft_hash="abc"))
            issues.approve(connection, community, key, "abc", "editor", now)


def plan(ws: Workspace, key: str = KEY, made: Edition | None = None) -> None:
    """Freeze who gets it, with the edition that is `made` or a small one whose subject is the key."""
    mail = made or edition(subject=key)

    def render(choices: Choices, baseline: Baseline | None) -> Rendered:
        return Rendered(mail)

    plan_issue(ws, key, render, ws.clock())
