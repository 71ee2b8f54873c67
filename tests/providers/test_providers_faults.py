"""Twelve faults of the line at three moments of a message over two transports: what each proves, written by hand.

A real road, a real proxy, a real server, whose log says what arrived in truth.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import pytest
from pydantic import SecretStr
from support_dev_sink import DevSink
from support_fault_proxy import Proxies, proxies
from support_mail import batch, edition, row

from newsletter.devsink.fault_proxy import Talks
from newsletter.devsink.faults import KINDS, Fault, Kind
from newsletter.devsink.stages import Moment
from newsletter.model.delivery import Outcome, Provider
from newsletter.providers.sendgrid import SendGridProvider, SendGridRoute
from newsletter.providers.ses import SesProvider, SesRoute
from newsletter.providers.smtp import SmtpProvider, SmtpRoute

#: What the road says, and how many copies arrived.
A: tuple[Outcome, int] = ("accepted", 1)
NOT: tuple[Outcome, int] = ("not_submitted", 0)
LATER: tuple[Outcome, int] = ("refused_for_now", 0)
#: Unknown: and nothing had arrived, or it had. Nobody at this end can tell.
U0: tuple[Outcome, int] = ("unknown", 0)
U1: tuple[Outcome, int] = ("unknown", 1)

Row = tuple[tuple[Outcome, int], ...]
MOMENTS: tuple[Moment, ...] = get_args(Moment)
#: Before the message, within it, after its last byte.
HTTP: dict[Kind, Row] = {
    "latency": (A, A, A),
    "bandwidth": (A, A, A),
    "slicer": (A, A, A),
    "slow_close": (A, A, A),
    "hang": (NOT, NOT, U1),
    "reset": (NOT, NOT, U1),
    "limit_data": (NOT, NOT, U1),
    "drop_reply": (U1, U1, U1),
    "reply_then_reset": (A, A, A),
    "garbage": (U0, U0, U0),
    "error": (U0, U0, U0),
    "duplicate": (A, A, A),
}
SMTP: dict[Kind, Row] = {
    "latency": (A, A, A),
    "bandwidth": (A, A, A),
    "slicer": (A, A, A),
    "slow_close": (A, A, A),
    "hang": (NOT, NOT, U1),
    "reset": (NOT, NOT, U1),
    "limit_data": (NOT, NOT, U1),
    "drop_reply": (NOT, U1, U1),
    "reply_then_reset": (NOT, A, A),
    "garbage": (NOT, NOT, U0),
    "error": (LATER, LATER, LATER),
    "duplicate": (NOT, A, A),
}
TABLES: dict[Talks, dict[Kind, Row]] = {"http": HTTP, "smtp": SMTP}

#: These let a message begin and not end: a sender must still be writing when they strike.
ENDING = frozenset({"hang", "reset", "limit_data", "reply_then_reset", "garbage", "error"})
LONG = edition(words="0123456789 \n" * 25_000)


RoadName = Literal["sendgrid", "smtp", "ses"]


@dataclass(frozen=True)
class Cell:
    """One fault at one moment on one road."""

    road: RoadName
    fault: Fault

    @property
    def talks(self) -> Talks:
        return "smtp" if self.road == "smtp" else "http"

    def __str__(self) -> str:
        return f"{self.road}-{self.fault.kind}-{self.fault.when}"

    def patience(self, attempt: int) -> float:
        """Seconds that the road waits for anything: only where nothing ever comes is the wait over."""
        return 4 * 2**attempt if self.fault.kind == "hang" else 60

    def expected(self) -> tuple[Outcome, int]:
        return TABLES[self.talks][self.fault.kind][MOMENTS.index(self.fault.when)]


CELLS = [
    Cell(name, Fault(kind=kind, when=when, size=2))
    for kind in sorted(KINDS, key=lambda kind: kind != "hang")  # first those that take longest
    for name in get_args(RoadName)
    for when in MOMENTS
]


def road(cell: Cell, port: int, patience: float) -> Provider:
    url, secret = f"http://127.0.0.1:{port}", SecretStr("test")
    if cell.road == "smtp":
        return SmtpProvider(SmtpRoute("127.0.0.1", port, "none", timeout=patience, dot_timeout=patience))
    if cell.road == "ses":
        return SesProvider(SesRoute("eu-west-1", "AKIDEXAMPLE", secret, url, patience))
    return SendGridProvider(SendGridRoute(url, secret, patience))


def attempt(made: Proxies, sink: DevSink, cell: Cell) -> tuple[Outcome, str]:
    """One message over a line with the cell's fault; the reader it was for.

    On a machine so busy that the wait was over before the fault could strike, another reader is waited for longer.
    """
    for number in range(4):
        line = made.before(cell.talks, sink.smtp_port if cell.talks == "smtp" else sink.http_port, [cell.fault])
        provider, reader = road(cell, line.port, cell.patience(number)), f"{cell}-{number}@example.org"
        of = LONG if cell.fault.kind in ENDING and cell.fault.when != "after" else edition()
        [receipt] = provider.submit(batch([row(1, reader)], of=of))
        provider.close()
        if line.struck():
            return receipt.outcome, reader
    raise AssertionError(f"{cell} did not happen")


@pytest.fixture(scope="module")
def found(dev_sink_process: DevSink) -> Iterator[dict[Cell, tuple[Outcome, int]]]:
    """Every cell: the road's word, and how many copies lie in the server's log."""
    dev_sink_process.forget()
    with proxies() as made, ThreadPoolExecutor(12) as pool:
        told = list(pool.map(partial(attempt, made, dev_sink_process), CELLS))
        copies = Counter(dev_sink_process.received())
        yield {cell: (outcome, copies[reader]) for cell, (outcome, reader) in zip(CELLS, told, strict=True)}


def test_the_table_is_whole_for_both_transports_and_each_road_takes_it() -> None:
    assert len(KINDS) * len(MOMENTS) * len(TABLES) == 72
    assert all(set(table) == set(KINDS) for table in TABLES.values())
    assert len(CELLS) == 36 * len(get_args(RoadName))


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_each_fault_at_each_moment_has_its_class(cell: Cell, found: dict[Cell, tuple[Outcome, int]]) -> None:
    assert found[cell] == cell.expected()
