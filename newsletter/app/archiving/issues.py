"""The issues that went out as the archive shows them, from their frozen drafts, and those from before our time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cached_property

from newsletter.app.archiving.hosting import archived
from newsletter.app.drafting import stored_draft
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.dates.zones import localise
from newsletter.model.problem import Problem
from newsletter.model.publishing import PastIssue, SentIssue
from newsletter.render.archive.pages import Shown
from newsletter.render.archive.site import Listed, listed, newest_first, public_issue
from newsletter.settings.past import read_past
from newsletter.settings.reading import TomlFile
from newsletter.store import archive

PAST = "archive/past.toml"


@dataclass
class Issues:
    """The archive's issues at one moment. `lines` keeps what lists say of issues, which never changes."""

    ws: Workspace
    sent: tuple[SentIssue, ...]
    past: tuple[PastIssue, ...]
    problems: tuple[Problem, ...] = ()
    lines: dict[tuple[str, str], Listed] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> Mapping[str, SentIssue]:
        """The issues that went out, by key."""
        return {one.key: one for one in self.sent}

    def of(self, digest: str) -> tuple[Listed, ...]:
        """A digest's issues, ours and those before, the latest first."""
        before = [self._past(one) for one in self.past if one.digest == digest]
        return newest_first([*(self.line(one) for one in self.sent if one.digest == digest), *before])

    def line(self, one: SentIssue) -> Listed:
        """How lists name an issue."""
        key = (one.key, one.draft_hash)
        if key not in self.lines:
            self.lines[key] = listed(*public_issue(stored_draft(self.ws, one.key)))
        return self.lines[key]

    def shown(self, key: str) -> Shown | None:
        """An issue to be shown, with the ones before and after it; None where none of that key is public."""
        found = self.by_key.get(key)
        if found is None:
            return None
        row = [one for one in self.sent if one.digest == found.digest]
        at = row.index(found)
        older = self.line(row[at - 1]) if at else None
        newer = self.line(row[at + 1]) if at + 1 < len(row) else None
        draft, issue = public_issue(stored_draft(self.ws, key))
        return Shown(draft, issue, older, newer)

    def _past(self, one: PastIssue) -> Listed:
        noon = localise(datetime.combine(one.date, time(12)), home_zone(self.ws)).astimezone(UTC)
        return Listed("", one.digest, one.title, one.title, "", noon, one.url, one.number, elsewhere=True)


def read_issues(ws: Workspace, lines: dict[tuple[str, str], Listed] | None = None) -> Issues:
    """What is public now; `lines` spares composing an issue again only to name it."""
    with ws.store.read() as connection:
        sent = archive.sent(connection, ws.settings.community.id)
    public = archived(ws.settings)
    past, problems = _past(ws, public)
    mine = tuple(one for one in sent if one.digest in public)
    return Issues(ws, mine, past, problems, {} if lines is None else lines)


def _past(ws: Workspace, public: tuple[str, ...]) -> tuple[tuple[PastIssue, ...], tuple[Problem, ...]]:
    try:
        text = (ws.root / PAST).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return (), ()
    except (OSError, UnicodeDecodeError) as error:
        return (), (TomlFile(PAST, "").problem("settings.past", f"cannot be read: {error}"),)
    return read_past(TomlFile(PAST, text), public)
