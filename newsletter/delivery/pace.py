"""How many mails may leave now: never more than the pace within any second, minute or hour, to all or one domain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.model.guarding import Hold, PaceSettings
from newsletter.model.ledger import Due

HOUR = timedelta(hours=1)
#: What left "later" than this from now was counted by a clock that has been put back since.
AHEAD = timedelta(minutes=1)
#: (when, how many): what left, in order.
Departures = Sequence[tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many in any stretch of this length."""

    most: int
    window: timedelta
    name: str = "hour"


@dataclass(frozen=True, slots=True)
class Sifted:
    """What may leave, and what has to wait because its mail domain has had enough: until when, by delivery id."""

    due: tuple[Due, ...]
    waits: Mapping[str, datetime]


def rates(pace: PaceSettings) -> tuple[Rate, ...]:
    """The rates that hold for all mails together."""
    found = (
        Rate(pace.second, timedelta(seconds=1), "second"),
        Rate(pace.minute, timedelta(minutes=1), "minute"),
        Rate(pace.hour, HOUR),
    )
    return tuple(rate for rate in found if rate.most)


def longest(pace: PaceSettings) -> timedelta:
    """How far back one has to look."""
    windows = [rate.window for rate in rates(pace)] + ([HOUR] if by_domain(pace) else [])
    return max(windows, default=timedelta(0))


def by_domain(pace: PaceSettings) -> bool:
    """Whether mails are counted by domain."""
    return bool(pace.domain_hour or any(pace.domains.values()))


def room(rate: Rate, left: Departures, now: datetime) -> int:
    """How many more may leave at this moment."""
    return max(0, rate.most - sum(count for at, count in left if at > now - rate.window))


def free_at(rate: Rate, left: Departures, now: datetime) -> datetime:
    """From when on at least one more may leave: once enough of what left is that long ago."""
    recent = [(at, count) for at, count in left if at > now - rate.window]
    over = sum(count for _, count in recent) - rate.most + 1
    for at, count in recent:
        if over <= 0:
            break
        over -= count
        now = at + rate.window
    return now


def allowed(pace: PaceSettings, left: Departures, now: datetime, size: int) -> int | Hold:
    """How many of `size` mails the pace lets go; a hold where that is none."""
    full = [rate for rate in rates(pace) if not room(rate, left, now)]
    if full:
        until, rate = max(((free_at(rate, left, now), rate) for rate in full), key=lambda pair: pair[0])
        return Hold(
            "pace", f"{rate.most} mails left within a {rate.name}, which is the pace ([pace] {rate.name})", until
        )
    return min([size, *(room(rate, left, now) for rate in rates(pace))])


def sift(pace: PaceSettings, left: Mapping[str, Departures], due: Sequence[Due], now: datetime) -> Sifted:
    """Leave aside what goes to a mail domain that gets no more for a while."""
    kept: list[Due] = []
    waits: dict[str, datetime] = {}
    taken: dict[str, int] = {}
    for one in due:
        name = domain_of(one.address)
        rate = Rate(pace.domains.get(name, pace.domain_hour), HOUR)
        if rate.most and taken.get(name, 0) >= room(rate, left.get(name, ()), now):
            gone = [*left.get(name, ()), *([(now, taken[name])] if taken.get(name) else [])]
            waits[one.delivery_id] = free_at(rate, gone, now)
        else:
            taken[name] = taken.get(name, 0) + 1
            kept.append(one)
    return Sifted(tuple(kept), waits)


def domain_of(address: str) -> str:
    """The mail domain of an address, which the settings name in lower case."""
    return address.rpartition("@")[2].lower()
