"""Segments as people write them, and what they mean: `topic=talks and zone=Europe/* and not attribute.role=board`.

A condition is a field, a comparison and a value; values with spaces stand in quotes. `and` binds closer than `or`,
round brackets group. Fields: topic, digest, list, state, zone, language (= and !=), joined (>=, > for later days, <,
<= for days up to it), attribute.NAME (=, != or alone for having one).
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

from newsletter.dates.zones import localise
from newsletter.model.people import Subscriber, Subscription
from newsletter.model.segment import EVERYBODY, All, Any, Attribute, Chooses, Homes, Is, Joined, Not, Segment

FIELDS = ("topic", "digest", "list", "state", "zone", "language", "joined", "attribute.NAME")
#: More conditions than this are no segment that anybody reads.
_MOST = 50
_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>!=|>=|<=|[=<>()])|"(?P<quoted>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<word>[^\s=<>!()"']+))"""
)
_ESCAPE = re.compile(r"\\(.)")


class SegmentError(ValueError):
    """A segment that cannot be read; the sentence names what was found and what may stand there."""


class _Token(NamedTuple):
    kind: Literal["mark", "word", "text", "end"]
    text: str


def parse_segment(text: str, home: ZoneInfo) -> Segment:
    """The segment that a text means; days are those of `home`. An empty text means everybody."""
    tokens = _tokens(text)
    return _Parser(tokens, home).whole() if len(tokens) > 1 else EVERYBODY


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SegmentError(f"{text[at:].strip()[:20]!r} cannot be read; a quote may be open")
        found.append(_token(match))
        at = match.end()
    return [*found, _Token("end", "")]


def _token(match: re.Match[str]) -> _Token:
    if match["mark"]:
        return _Token("mark", match["mark"])
    if match["word"] is not None:
        return _Token("word", match["word"])
    quoted = match["quoted"] if match["quoted"] is not None else match["single"]
    return _Token("text", _ESCAPE.sub(r"\1", quoted))


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[_Token], home: ZoneInfo) -> None:
        self.tokens, self.home = tokens, home
        self.at, self.conditions = 0, 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        found = self.next
        self.at += found.kind != "end"
        return found

    def takes(self, word: str, kind: str = "word") -> bool:
        found = self.next.kind == kind and self.next.text.casefold() == word
        self.at += found
        return found

    def whole(self) -> Segment:
        found = self.some()
        if self.next.kind != "end":
            raise SegmentError(f"{self.next.text!r} stands where `and` or `or` belongs")
        return found

    def some(self) -> Segment:
        parts = [self.every()]
        while self.takes("or"):
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def every(self) -> Segment:
        parts = [self.one()]
        while self.takes("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Segment:
        self.conditions += 1
        if self.conditions > _MOST:
            raise SegmentError(f"a segment has at most {_MOST} conditions")
        if self.takes("not"):
            return Not(self.one())
        if self.takes("(", "mark"):
            found = self.some()
            if not self.takes(")", "mark"):
                raise SegmentError("a bracket is not closed")
            return found
        return self.condition()

    def condition(self) -> Segment:
        field = self.take()
        if field.kind != "word":
            raise SegmentError(f"{field.text or 'the end'!r} stands where a field belongs: {', '.join(FIELDS)}")
        name = field.text
        if name.startswith("attribute.") and self.next.text not in ("=", "!="):
            return Attribute(_attribute(name))
        compare = self.take()
        value = self.take()
        if compare.kind != "mark" or compare.text in "()" or value.kind not in ("word", "text"):
            raise SegmentError(f"{name!r} needs a comparison and a value, such as {_EXAMPLES.get(name, '')}")
        return self.compared(name, compare.text, value.text)

    def compared(self, name: str, compare: str, value: str) -> Segment:
        if name == "joined":
            return _joined(compare, self.moments(value))
        if compare not in ("=", "!="):
            raise SegmentError(f"{name!r} is compared by = or !=, found {compare!r}")
        found = _equals(name, value)
        return Not(found) if compare == "!=" else found

    def moments(self, text: str) -> tuple[datetime, datetime]:
        """The beginning of that day, and of the next."""
        try:
            day = date.fromisoformat(text)
            if not 1900 <= day.year <= 2200:
                raise ValueError
            return self.midnight(day), self.midnight(day + timedelta(days=1))
        except ValueError:
            raise SegmentError(f"{text!r} is no day, such as 2026-12-04") from None

    def midnight(self, day: date) -> datetime:
        return localise(datetime.combine(day, time()), self.home)


_EXAMPLES = {"joined": "joined>=2026-01-01", "topic": "topic=talks", "zone": "zone=Europe/*"}


def _joined(compare: str, day: tuple[datetime, datetime]) -> Segment:
    begin, end = day
    if compare == "=":
        return All((Joined("since", begin), Joined("before", end)))
    if compare == "!=":
        return Any((Joined("before", begin), Joined("since", end)))
    sides: dict[str, Joined] = {
        ">=": Joined("since", begin),
        ">": Joined("since", end),
        "<": Joined("before", begin),
        "<=": Joined("before", end),
    }
    return sides[compare]


def _equals(name: str, value: str) -> Segment:
    if name in ("topic", "digest"):
        return Chooses(cast("Literal['topic', 'digest']", name), value)
    if name in ("list", "state", "zone", "language"):
        return Is(cast("Literal['list', 'state', 'zone', 'language']", name), value)
    if name.startswith("attribute."):
        return Attribute(_attribute(name), value)
    raise SegmentError(f"there is no field {name!r}; there are {', '.join(FIELDS)}")


def _attribute(name: str) -> str:
    found = name.removeprefix("attribute.")
    if not found:
        raise SegmentError("which attribute? write attribute.NAME")
    return found


def holds(segment: Segment, person: Subscriber, membership: Subscription, homes: Homes) -> bool:
    """Whether this member is in the segment."""

    def each(parts: Iterable[Segment], join: Callable[[Iterable[object]], bool]) -> bool:
        return join([holds(part, person, membership, homes) for part in parts])

    match segment:
        case Chooses("topic", name):
            return membership.topics is None or name in membership.topics
        case Chooses(_, name):
            return name in membership.digests
        case Is(what, value):
            return _matches(_fact(what, person, membership, homes), value)
        case Joined(side, moment):
            since = membership.since
            return since is not None and (since >= moment if side == "since" else since < moment)
        case Attribute(name, value):
            return _has(person, name, value)
        case Not(part):
            return not holds(part, person, membership, homes)
        case All(parts):
            return each(parts, all)
        case Any(parts):
            return each(parts, any)


def _fact(what: str, person: Subscriber, membership: Subscription, homes: Homes) -> str:
    facts = {
        "list": membership.list,
        "state": membership.state,
        "zone": person.timezone or homes.zone,
        "language": person.language or homes.language,
    }
    return facts[what]


def _matches(text: str, value: str) -> bool:
    return text.startswith(value[:-1]) if value.endswith("*") else text == value


def _has(person: Subscriber, name: str, value: str | None) -> bool:
    if name not in person.attributes:
        return False
    found = person.attributes[name]
    if value is None:
        return True
    if isinstance(found, list):
        return value in found
    if isinstance(found, bool):
        return value == ("true" if found else "false")
    return isinstance(found, str | int) and str(found) == value
