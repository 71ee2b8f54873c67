"""A reader's history replayed: every slot that comes to them, each issue told against the one they had before.

Nothing is sent and nothing is stored; what a mailing keeps in the ledger is carried from issue to issue here.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from newsletter.compose.history import Had, adds_to, covered_until, is_withheld, next_issue, read_late
from newsletter.compose.programme import Programme, programme_of
from newsletter.dates.cadence.rules import CadenceError
from newsletter.dates.cadence.slots import slots
from newsletter.dates.cadence.windows import window_of
from newsletter.dates.terms import Terms
from newsletter.model.issue import Choices, Draft, Issue, Slot
from newsletter.model.workspace import DigestSettings


@dataclass(frozen=True, slots=True)
class Follower:
    """A reader over time: what they chose, and which digests they take, as of the moment an issue is sent.

    While they take none, they get nothing and remember what they knew. `moves` are the moments at which they choose
    other digests.
    """

    choices: Callable[[datetime], Choices]
    digests: Callable[[datetime], Collection[str]]
    moves: tuple[datetime, ...] = ()

    @classmethod
    def steady(cls, choices: Choices, digests: Collection[str]) -> "Follower":
        """Somebody who never changes their mind."""
        return cls(lambda _: choices, lambda _: digests)

    def begun(self, at: datetime) -> list[str]:
        """The digests that they take from this move on, and did not take before."""
        before = self.digests(at - timedelta.resolution)
        return [name for name in self.digests(at) if name not in before]


@dataclass(frozen=True, slots=True)
class Turn:
    """One issue as it came to a reader at `slot.send_at`: composed for them, and whether they were spared it."""

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
    """Every issue of these programmes, ascending by the time of sending, that the reader's digests bring.

    Who moves to a digest gets its current issue at once, where it tells them anything.
    """
    way = _Way(follower)
    for programme in programmes:
        yield from way.moves_before(programme.draft.slot.send_at)
        yield from way.sent(programme)
    yield from way.moves_before(None)


class _Way:
    """One reader's way through the issues: what they had last, and what each digest sent last."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.moves = deque(sorted(follower.moves))
        self.current: dict[str, Programme] = {}
        self.seen: set[str] = set()
        self.had: Had | None = None

    def sent(self, programme: Programme) -> Iterator[Turn]:
        slot = programme.draft.slot
        self.current[slot.digest] = programme
        if slot.digest in self.follower.digests(slot.send_at):
            issue = next_issue(programme, self.follower.choices(slot.send_at), self.had)
            yield self._turn(programme, issue, is_withheld(programme, issue))

    def moves_before(self, end: datetime | None) -> Iterator[Turn]:
        while self.moves and (end is None or self.moves[0] < end):
            at = self.moves.popleft()
            for name in self.follower.begun(at):
                yield from self._current_issue(name, at)

    def _current_issue(self, digest: str, at: datetime) -> Iterator[Turn]:
        found, had = self.current.get(digest), self.had
        if found is None or had is None or found.draft.key in self.seen or covered_until(found.draft) <= at:
            return
        late, choices = programme_of(read_late(found.draft, at)), self.follower.choices(at)
        issue = next_issue(late, choices, had)
        yield self._turn(late, issue, not adds_to(choices, had, issue))

    def _turn(self, programme: Programme, issue: Issue, withheld: bool) -> Turn:
        self.seen.add(programme.draft.key)
        self.had = self.had if withheld else Had(programme, issue.memory)
        return Turn(programme.draft.slot, issue, withheld)


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
