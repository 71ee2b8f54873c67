"""A reader's history replayed: every slot that comes to them, each issue told against the one they had before.

Nothing is sent and nothing is stored; what a mailing keeps in the ledger is carried from issue to issue here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import merge
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from newsletter.compose.history import Had, is_withheld, next_issue
from newsletter.compose.programme import Programme
from newsletter.dates.cadence.rules import CadenceError
from newsletter.dates.cadence.slots import slots
from newsletter.dates.cadence.windows import window_of
from newsletter.dates.terms import Terms
from newsletter.model.issue import Choices, Draft, Issue, Slot
from newsletter.model.workspace import DigestSettings


@dataclass(frozen=True, slots=True)
class Follower:
    """A reader over time: what they chose, and which digests they take, as of the moment an issue is sent.

    While they take none, they get nothing and remember what they knew.
    """

    choices: Callable[[datetime], Choices]
    digests: Callable[[datetime], Collection[str]]

    @classmethod
    def steady(cls, choices: Choices, digests: Collection[str]) -> "Follower":
        """Somebody who never changes their mind."""
        return cls(lambda _: choices, lambda _: digests)


@dataclass(frozen=True, slots=True)
class Turn:
    """One slot as it came to a reader: the issue composed for them, and whether they were spared it."""

    slot: Slot
    issue: Issue
    withheld: bool


def planned(
    digests: Mapping[str, DigestSettings], start: datetime, end: datetime, *, zone: ZoneInfo, terms: Terms
) -> tuple[Slot, ...]:
    """Every slot of the digests in the aware, half-open [start, end), as they are sent one after the other.

    What is sent at one moment comes in the order of the digests. A digest ends where its terms do.
    """
    ends = end.astimezone(UTC)
    each = [_slots(name, digest, start, zone, terms) for name, digest in digests.items()]
    # A merge of sorted rows keeps equal ones in the order of the rows.
    return tuple(takewhile(lambda slot: _instant(slot) < ends, merge(*each, key=_instant)))


def replay(programmes: Iterable[Programme], follower: Follower) -> Iterator[Turn]:
    """Every issue of these programmes, ascending by the time of sending, that the reader's digests bring."""
    had: Had | None = None
    for programme in programmes:
        slot = programme.draft.slot
        if slot.digest not in follower.digests(slot.send_at):
            continue
        issue = next_issue(programme, follower.choices(slot.send_at), had)
        withheld = is_withheld(programme, issue)
        had = had if withheld else Had(programme, issue.memory)
        yield Turn(slot, issue, withheld)


def numbered(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The drafts with the numbers their issues would have, counted for each digest from that of its first."""
    numbers: dict[str, Iterator[int]] = {}
    for draft in drafts:
        yield replace(draft, number=next(numbers.setdefault(draft.digest, count(draft.number))))


def _instant(slot: Slot) -> datetime:
    return slot.send_at.astimezone(UTC)


def _slots(name: str, digest: DigestSettings, start: datetime, zone: ZoneInfo, terms: Terms) -> Iterator[Slot]:
    last: datetime | None = None
    try:
        for slot in slots(name, digest, zone=zone, terms=terms, after=start):
            yield replace(slot, window=window_of(digest, slot.send_at, zone, terms, last))
            last = slot.send_at
    except CadenceError:
        return
