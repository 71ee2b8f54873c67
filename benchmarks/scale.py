"""What so many mails a month need: arithmetic from measured unit costs, and a simulation that checks it.

Run `python benchmarks/scale.py` for the tables of docs/scale.md and the simulation beside them, `... --write FILE` to
put the tables between that file's marks, `... --measure [READERS]` to measure the unit costs here: octets of a
delivery in the store, and the processor's time for a recipient. Everything but `--measure` is pure arithmetic.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_row import tell

BEGIN, END = "<!-- made by benchmarks/scale.py: begin -->", "<!-- end -->"
SIZES = (10**5, 10**6, 10**8, 10**9)
#: A weekly digest: issues of a month, the seconds in which one is to be out, the months a ledger is kept at hand.
ISSUES, WINDOW, KEPT = 52 / 12, 3600, 13
#: What a provider tells of a mail (delivered, deferred, bounced), and the seconds after which it has, on average.
EVENTS, LATER = 1.2, 120
#: How much of a core is planned with, so that a burst and the rest of the system have room.
BUSY = 0.7
#: Recipients of one request to SendGrid, and seconds it takes to answer; ten requests of a process are under way.
REQUEST, ANSWER, LANES = 1000, 0.5, 10


@dataclass(frozen=True)
class Units:
    """What one of a thing costs: octets in the store, microseconds of one core."""

    reader: int = 1_150
    delivery_sqlite: int = 600
    delivery_postgresql: int = 1_900
    event: int = 600
    recipient_micros: int = 160
    road_micros: int = 100
    event_micros: int = 100
    written_again: float = 2.2  # the log before the database, and pages that are written for a part of them

    @property
    def micros(self) -> int:
        """What a recipient costs from the plan to the settled delivery."""
        return self.recipient_micros + self.road_micros


UNITS = Units()


@dataclass(frozen=True)
class Need:
    """What so many mails a month need; rates are of the hour of an issue."""

    mails: int
    readers: float
    rate: float
    requests: float
    senders: int
    event_rate: float
    receivers: int
    written: float
    readers_size: float
    month_size: float
    kept_size: float

    @property
    def postgresql(self) -> bool:
        """Whether one process on SQLite does not do."""
        return self.senders + self.receivers > 2


def need(mails: int, units: Units = UNITS) -> Need:
    """The arithmetic."""
    readers = mails / ISSUES
    rate, event_rate = readers / WINDOW, mails / ISSUES * EVENTS / WINDOW
    large = rate * units.micros / 1e6 > BUSY
    delivery = units.delivery_postgresql if large else units.delivery_sqlite
    month = mails * (delivery + EVENTS * units.event)
    return Need(
        mails,
        readers,
        rate,
        rate / REQUEST,
        _processes(rate, units.micros, REQUEST * LANES / ANSWER),
        event_rate,
        _processes(event_rate, units.event_micros, math.inf),
        (rate * delivery + event_rate * units.event) * units.written_again,
        readers * units.reader,
        month,
        month * KEPT,
    )


def _processes(rate: float, micros: float, most: float) -> int:
    """Processes for so many things a second, of which each does `most` at best."""
    return max(1, math.ceil(max(rate * micros / 1e6 / BUSY, rate / most)))


@dataclass(frozen=True)
class Simulated:
    """A month as it went: seconds until the slowest issue was out and its events applied, and what was written."""

    out: float
    applied: float
    backlog: float
    size: float


def simulate(given: Need, units: Units = UNITS, tick: float = 5) -> Simulated:
    """A month of issues drained by as many processes as the arithmetic says, tick by tick; events come later."""
    found = [_issue(given, units, tick) for _ in range(round(ISSUES))]
    size = sum(one.size for one in found) * ISSUES / round(ISSUES)
    return Simulated(
        max(one.out for one in found), max(one.applied for one in found), max(one.backlog for one in found), size
    )


def _issue(given: Need, units: Units, tick: float) -> Simulated:
    """One issue, at the pace that the window allows; what a core is not asked for it does not do."""
    left, underway, waiting, clock = given.readers, 0.0, 0.0, 0.0
    out = applied = backlog = size = 0.0
    hands_over = given.senders * min(BUSY / units.micros * 1e6, REQUEST * LANES / ANSWER) * tick
    applies = given.receivers * BUSY / units.event_micros * 1e6 * tick
    delivery = units.delivery_postgresql if _large(given, units) else units.delivery_sqlite
    while left > 0 or underway + waiting > 0.5:
        clock += tick
        sent = min(left, hands_over, given.rate * tick)
        left -= sent
        told = underway * (1 - math.exp(-tick / LATER))
        underway += sent * EVENTS - told
        waiting += told
        taken = min(waiting, applies)
        waiting -= taken
        size += sent * delivery + taken * units.event
        out, applied, backlog = clock if sent else out, clock, max(backlog, waiting)
    return Simulated(out, applied, backlog, size)


def _large(given: Need, units: Units) -> bool:
    return given.rate * units.micros / 1e6 > BUSY


def tables(units: Units = UNITS) -> str:
    """What docs/scale.md has between its marks."""
    return "\n".join((*_unit_lines(units), "", *_need_lines([need(mails, units) for mails in SIZES])))


def _unit_lines(units: Units) -> Iterator[str]:
    yield "| one of | costs |"
    yield "|---|---|"
    yield f"| reader, with membership and proof | {units.reader:,} octets |"
    yield f"| delivery on SQLite, with its batch, history and indexes | {units.delivery_sqlite:,} octets |"
    yield f"| delivery on PostgreSQL | {units.delivery_postgresql:,} octets |"
    yield f"| event of a provider | {units.event:,} octets, {units.event_micros} us of a core |"
    yield f"| recipient: planned, claimed, settled | {units.recipient_micros} us of a core |"
    yield f"| recipient: the message made and handed over (SMTP, 60 KB) | {units.road_micros} us of a core |"
    yield f"| octet in the store | {units.written_again:g} octets written to the disk |"


def _need_lines(needs: Sequence[Need]) -> Iterator[str]:
    yield "| mails a month | " + " | ".join(f"10^{round(math.log10(one.mails))}" for one in needs) + " |"
    yield "|---|" + "---|" * len(needs)
    rows = (
        ("readers of a weekly digest", [_count(one.readers) for one in needs]),
        ("mails a second in the hour of an issue", [_count(one.rate) for one in needs]),
        ("requests a second to the provider, 1,000 recipients each", [f"{one.requests:,.2g}" for one in needs]),
        ("database", ["PostgreSQL" if one.postgresql else "SQLite" for one in needs]),
        ("sending processes", [f"{one.senders}" for one in needs]),
        ("events a second in that hour", [_count(one.event_rate) for one in needs]),
        ("processes that take and apply them", [f"{one.receivers}" for one in needs]),
        ("written to the disk in that hour", [f"{_size(one.written)}/s" for one in needs]),
        ("people in the store", [_size(one.readers_size) for one in needs]),
        ("ledger of a month", [_size(one.month_size) for one in needs]),
        (f"ledger of {KEPT} months", [_size(one.kept_size) for one in needs]),
    )
    for name, cells in rows:
        yield f"| {name} | {' | '.join(cells)} |"


def _count(number: float) -> str:
    for size, name in ((1e6, " million"), (1, "")):
        if number >= size:
            shown = number / size
            return f"{shown:,.0f}{name}" if shown >= 10 else f"{shown:.1f}{name}"
    return f"{number:.2g}"


def _size(octets: float) -> str:
    for size, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if octets >= size:
            return f"{octets / size:,.3g} {name}"
    return f"{octets:.0f} octets"


def agreed(given: Need, found: Simulated) -> float:
    """The largest part by which the simulation differs from the arithmetic: the time out, and the size."""
    return max(abs(found.out / WINDOW - 1), abs(found.size / given.month_size - 1))


def main() -> int:
    """Print, write, or measure."""
    parser = argparse.ArgumentParser(description="What so many mails a month need")
    parser.add_argument("--write", type=Path, help="A Markdown file with the marks.")
    parser.add_argument("--measure", type=int, nargs="?", const=5000, help="Measure the unit costs.")
    given = parser.parse_args()
    if given.measure:
        from scale_units import measure

        return measure(given.measure, UNITS)
    print(tables())
    if given.write:
        from bench import put

        put(given.write, tables(), (BEGIN, END))
    apart = [agreed(one, simulate(one)) for one in map(need, SIZES)]
    slowest = max(simulate(need(mails)).applied for mails in SIZES)
    detail = f"the last event of an issue applied after {slowest / 60:.0f} minutes at worst"
    return int(
        not tell(
            "simulated months apart from the arithmetic of docs/scale.md",
            max(apart),
            0.02,
            "at most",
            "parts",
            detail,
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
