"""Who is to get a mailing, and in which form: readers of a digest, members of a list, and whole lists by address."""

from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.list_addresses import address_reader, lists_with_address
from newsletter.app.timing import find_digest, home_zone
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import load_draft
from newsletter.delivery.planning import Reader, Wanted
from newsletter.delivery.sharing import within
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline, IssueRow
from newsletter.model.people import Wishes
from newsletter.model.segment import Homes
from newsletter.people.audience import choices_for
from newsletter.people.segments import parse_segment
from newsletter.store import frequency, mailings, readership

A_DAY_IS_FULL = "the reader has had as many corrections today as `corrections.a_day` allows ({limit})"
ON_ITS_WAY = "an issue is on its way to the reader; what it tells of this is corrected after it"


def readers_for(connection: Connection, ws: Workspace, row: IssueRow, now: datetime) -> tuple[Reader, ...]:
    """Everybody whom the mailing may concern; those of a correction are all who had an issue, list by list."""
    if row.kind == "correction":
        return tuple(_had_an_issue(connection, ws, now))
    if row.kind == "one-off":
        return tuple(_members(connection, ws, row, now))
    return readers_of_digest(connection, ws, row.digest, now)


def readers_of_digest(connection: Connection, ws: Workspace, digest: str, now: datetime) -> tuple[Reader, ...]:
    """Everybody who would get an issue of the digest, were it planned now."""
    return within(tuple(_readers_of_digest(connection, ws, digest, now)), ws.settings.limits.editions)


def list_of(ws: Workspace, row: IssueRow) -> str:
    """The list the mailing belongs to; empty for a correction, which goes wherever it was told."""
    return find_digest(ws, row.digest).list if row.kind == "issue" else row.list


def _readers_of_digest(connection: Connection, ws: Workspace, digest: str, now: datetime) -> Iterator[Reader]:
    name = find_digest(ws, digest).list
    last = mailings.baselines(connection, ws.settings.community.id, name)
    wanted = _Shared(ws, name)
    for reader, wishes in readership.sendable(connection, ws.settings.community.id, name, now):
        if digest in wishes.digests:
            yield Reader(reader, wanted.by(wishes, last.get(reader)), name)
    for shared in lists_with_address(ws.settings, digest):
        yield from address_reader(connection, ws, shared)


class _Shared:
    """What readers of a list want, as one value for all who want the same: its key is worked out once."""

    def __init__(self, ws: Workspace, name: str) -> None:
        self._home, self._list = ws.settings.community, ws.settings.lists[name]
        self._known: dict[tuple[Wishes, Baseline | None], Wanted] = {}

    def by(self, wishes: Wishes, baseline: Baseline | None = None) -> Wanted:
        """What somebody with these wishes is to get who had this before."""
        wanted = self._known.get((wishes, baseline))
        if wanted is None:
            wanted = self._known[wishes, baseline] = Wanted(choices_for(wishes, self._home, self._list), baseline)
        return wanted


def _members(connection: Connection, ws: Workspace, row: IssueRow, now: datetime) -> Iterator[Reader]:
    """A one-off is the same for all, but for the language and whether it may have pictures and colours.

    With a segment it goes to those of the list whom that describes, and not to the list's own address.
    """
    home, name = ws.settings.community, row.list
    where = load_draft(row.draft).segment if row.draft else ""
    segment = parse_segment(where, home_zone(ws))
    homes, known = Homes(home.timezone, home.language), dict[Wishes, Wanted]()
    for reader, wishes in readership.sendable(connection, home.id, name, now, segment, homes):
        if wishes not in known:
            own = choices_for(wishes, home, ws.settings.lists[name])
            known[wishes] = Wanted(Choices(home.timezone, language=own.language, text_only=own.text_only, list=name))
        yield Reader(reader, known[wishes], name)
    if ws.settings.lists[name].address and not where:
        yield from address_reader(connection, ws, name, fresh=True)


def _had_an_issue(connection: Connection, ws: Workspace, now: datetime) -> Iterator[Reader]:
    """Each with what they remember alone: who remembers the same shares a correction, whatever they had last."""
    bars = _Bars(connection, ws, now)
    for name in ws.settings.lists:
        coming = frequency.under_way(connection, ws.settings.community.id, name)
        told: dict[Wanted, Wanted | None] = {}
        for reader in _all_on(connection, ws, name, now):
            if reader.wanted not in told:
                told[reader.wanted] = _as_remembered(reader.wanted, name)
            if wanted := told[reader.wanted]:
                yield Reader(reader.subscriber_id, wanted, name, bars.why(reader.subscriber_id, coming))


def _as_remembered(issue: Wanted, name: str) -> Wanted | None:
    """The correction for those who want this issue; None where they remember nothing."""
    if issue.baseline is None or not issue.baseline.memory:
        return None
    choices = replace(issue.choices, topics=None, density="full", list=name)
    return Wanted(choices, Baseline("", issue.baseline.memory))


def _all_on(connection: Connection, ws: Workspace, name: str, now: datetime) -> Iterator[Reader]:
    last = mailings.baselines(connection, ws.settings.community.id, name)
    wanted = _Shared(ws, name)
    for reader, wishes in readership.sendable(connection, ws.settings.community.id, name, now):
        yield Reader(reader, wanted.by(wishes, last.get(reader)), name)
    if ws.settings.lists[name].address:
        yield from address_reader(connection, ws, name)


class _Bars:
    """What speaks against a correction at this moment, reader by reader."""

    def __init__(self, connection: Connection, ws: Workspace, now: datetime) -> None:
        midnight = now.astimezone(home_zone(ws)).replace(hour=0, minute=0, second=0, microsecond=0)
        self.limit = ws.settings.corrections.a_day
        self.had = frequency.corrections_since(connection, ws.settings.community.id, midnight)

    def why(self, subscriber_id: str, coming: Container[str]) -> str:
        """The reason in words, or nothing."""
        if subscriber_id in coming:
            return ON_ITS_WAY
        return A_DAY_IS_FULL.format(limit=self.limit) if self.had.get(subscriber_id, 0) >= self.limit else ""
