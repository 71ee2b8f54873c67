"""The numbers as people are shown them: for each issue, topic and calendar, each beside what it is a part of."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from newsletter.app.numbers.counting import today
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.model.numbers import SMALL, Number, NumberKind
from newsletter.store import archive, numbers

#: What is shown of a number: itself, or words that tell less.
Shown = int | str


@dataclass(frozen=True, slots=True)
class IssueNumbers:
    """One issue: how many it reached, and since then requests for its page, leavings after it, and replies to it."""

    key: str
    digest: str
    reached: int
    requests: Shown
    left: Shown
    replies: Shown


@dataclass(frozen=True, slots=True)
class TopicNumbers:
    """One topic in the days asked for: how many take it now, requests for its calendar, who gave it up."""

    name: str
    title: str
    readers: int
    requests: Shown
    left: Shown


@dataclass(frozen=True, slots=True)
class OtherNumbers:
    """What belongs to no issue and no topic: a kind, what it is about, how often in the days asked for."""

    kind: NumberKind
    about: str
    count: Shown


@dataclass(frozen=True, slots=True)
class Told:
    """The numbers of a community from the first to the last of these days; those of issues are of all time.

    `by_day` are the requests for web copies and calendars on each day, zeros included. `counting` is False where the
    settings say that nothing is counted.
    """

    first: date
    last: date
    counting: bool
    issues: tuple[IssueNumbers, ...]
    topics: tuple[TopicNumbers, ...]
    others: tuple[OtherNumbers, ...]
    by_day: Mapping[date, Shown]

    def as_json(self) -> dict[str, Any]:
        """The same as a document."""
        return {
            "first": str(self.first),
            "last": str(self.last),
            "counting": self.counting,
            "issues": [asdict(one) for one in self.issues],
            "topics": [asdict(one) for one in self.topics],
            "others": [asdict(one) for one in self.others],
            "by_day": {str(day): count for day, count in self.by_day.items()},
        }


_OF_ISSUES: tuple[NumberKind, ...] = ("web copy", "left issue", "reply")
_OF_TOPICS: tuple[NumberKind, ...] = ("topic calendar", "left topic")
_REQUESTS: tuple[NumberKind, ...] = ("web copy", "event calendar", "topic calendar", "personal calendar", "feed")


def tell(ws: Workspace, days: int = 30, issue: str | None = None, *, public: bool = False, most: int = 20) -> Told:
    """The numbers of the last days, today included; of one issue alone where it is named, else of the last `most`.

    For the `public`, what is below 5 and not 0 is told as "<5". UsageError where there is no such issue.
    """
    community, last = ws.settings.community.id, today(ws)
    first = last - timedelta(days=days - 1)
    show = _small if public else _as_it_is
    with ws.store.read() as connection:
        keys = _keys(ws, [(one.key, one.digest) for one in archive.sent(connection, community)], issue, most)
        reached = numbers.reached(connection, community, list(keys))
        ever = numbers.totals(connection, community, _OF_ISSUES)
        found = numbers.between(connection, community, first, last, about=issue)
        chosen = numbers.readers_of_topics(connection, community)
    takes, sums = _takes(ws, chosen), _sums(found)
    return Told(
        first=first,
        last=last,
        counting=ws.settings.numbers.count,
        issues=tuple(_issue(key, digest, reached, ever, show) for key, digest in keys.items()),
        topics=() if issue else tuple(_topic(ws, name, takes[name], sums, show) for name in ws.settings.topics),
        others=() if issue else _others(ws, sums, show),
        by_day=_by_day(found, first, last, show),
    )


def _keys(ws: Workspace, sent: Sequence[tuple[str, str]], issue: str | None, most: int) -> dict[str, str]:
    """The issues that are told of with their digests, the latest first."""
    if issue is None:
        return dict(list(reversed(sent))[:most])
    found = {key: digest for key, digest in sent if key == issue}
    if not found:
        raise UsageError(f"no issue {issue!r} went out: `newsletter status` lists what there is")
    return found


def _issue(
    key: str,
    digest: str,
    reached: Mapping[str, int],
    ever: Mapping[tuple[str, str], int],
    show: Callable[[int], Shown],
) -> IssueNumbers:
    requests, left, replies = (show(ever.get((kind, key), 0)) for kind in _OF_ISSUES)
    return IssueNumbers(key, digest, reached.get(key, 0), requests, left, replies)


def _topic(
    ws: Workspace, name: str, readers: int, sums: Mapping[tuple[NumberKind, str], int], show: Callable[[int], Shown]
) -> TopicNumbers:
    requests, left = (show(sums.get((kind, name), 0)) for kind in _OF_TOPICS)
    return TopicNumbers(name, ws.settings.topics[name].title, readers, requests, left)


def _others(
    ws: Workspace, sums: Mapping[tuple[NumberKind, str], int], show: Callable[[int], Shown]
) -> tuple[OtherNumbers, ...]:
    """The rest; the calendar of everything is no topic's, nor are those of topics that there are no more."""
    told = {(kind, name) for kind in _OF_TOPICS for name in ws.settings.topics}
    rest = [key for key in sorted(sums) if key[0] not in _OF_ISSUES and key not in told]
    return tuple(OtherNumbers(kind, about, show(sums[kind, about])) for kind, about in rest)


def _takes(ws: Workspace, chosen: Mapping[tuple[str, ...] | None, int]) -> Counter[str]:
    """How many members take each topic, those who take all among them."""
    takes: Counter[str] = Counter()
    for topics, count in chosen.items():
        takes.update(dict.fromkeys(ws.settings.topics if topics is None else topics, count))
    return takes


def _sums(found: Sequence[Number]) -> Counter[tuple[NumberKind, str]]:
    sums: Counter[tuple[NumberKind, str]] = Counter()
    for one in found:
        sums[one.kind, one.about] += one.count
    return sums


def _by_day(found: Sequence[Number], first: date, last: date, show: Callable[[int], Shown]) -> Mapping[date, Shown]:
    sums: Counter[date] = Counter()
    for one in found:
        if one.kind in _REQUESTS:
            sums[one.day] += one.count
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {day: show(sums[day]) for day in days}


def _as_it_is(count: int) -> Shown:
    return count


def _small(count: int) -> Shown:
    return f"<{SMALL}" if 0 < count < SMALL else count
