"""Workspaces with people and an approved issue, for tests that plan and send."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr
from support_mail import edition

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Choices, Slot, Window
from newsletter.model.ledger import Baseline, Rendered
from newsletter.model.workspace import (
    Community,
    DigestSettings,
    ListSettings,
    Secrets,
    Sender,
    Settings,
    TopicSettings,
)
from newsletter.store import issues
from newsletter.store.tables import issue as issue_table

KEY = "weekly-2026-12-04"
NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def settings_at(root: Path) -> Settings:
    digest = DigestSettings(
        title="Common Hours", list="community", cadence="weekly on Friday at 09:00", window="7 days"
    )
    return Settings(
        root=root,
        community=Community(
            id="data-lab", name="Data Lab", timezone="America/Los_Angeles", postal_address="1 Shore Avenue, Seattle"
        ),
        sender=Sender(address="Common Hours <hours@news.example.org>"),
        digests={"weekly": digest, "monthly": digest},
        topics={"talks": TopicSettings(title="Talks", tags=("talk",))},
        lists={
            "community": ListSettings(title="Common Hours", digests=("weekly", "monthly"), topics=("talks", "dives")),
            "staff": ListSettings(title="Staff", digests=("weekly",)),
        },
        secrets=Secrets(signing=SecretStr("a key for tests")),
    )


def open_at(root: Path, clock: Callable[[], datetime] | None = None) -> Workspace:
    """The workspace of these settings; opening it twice opens the same store."""
    return Workspace(settings_at(root), clock or Clock())


def slot(key: str = KEY, send_at: datetime = NOW) -> Slot:
    digest = key.split("-", 1)[0]
    return Slot(digest, key, send_at, send_at - timedelta(days=3), Window(send_at, send_at + timedelta(days=7)))


def with_readers(ws: Workspace, count: int, list_name: str = "community") -> tuple[str, ...]:
    """So many active readers of the weekly digest; their addresses."""
    addresses = tuple(f"reader{number:05d}@example.org" for number in range(count))
    import_bytes(ws, "\n".join(("email", *addresses)).encode(), "readers.csv", list_name)
    return addresses


def with_issue(ws: Workspace, key: str = KEY, *, approved: bool = True) -> None:
    """An issue with a draft, approved unless said otherwise."""
    community = ws.settings.community.id
    with ws.store.begin() as connection:
        issues.insert_slot(connection, community, slot(key))
        mine = sa.and_(issue_table.c.community == community, issue_table.c.key == key)
        connection.execute(issue_table.update().where(mine).values(state="drafted", draft="{}", draft_hash="abc"))
        if approved:
            issues.approve(connection, community, key, "abc", "editor", NOW)


def render(choices: Choices, baseline: Baseline | None) -> Rendered | None:
    """An edition that differs by its choices and baseline."""
    since = baseline.issue if baseline else None
    return Rendered(replace(edition(), subject=f"For {choices.timezone} since {since}"))
