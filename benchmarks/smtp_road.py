"""The SMTP road with the durable ledger beside Postfix's own generator and beside smtplib with EmailMessage.

Run `python benchmarks/smtp_road.py [ROUNDS] [MESSAGES]`; `... far` for replies that come 20 ms late, `... memory
[READERS]` for what a worker holds. Every run has a fresh sink, whose count is compared with what was sent; runs take
turns, and a ratio is the median of the rounds' own ratios. The workspace is planned before the clock is started: what
is measured is `pump`, from the first claim to the finished mailing, with `synchronous=FULL`.
"""

import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from smtplib import SMTP
from statistics import median

from bench_row import leave_out, tell
from digest_mail import AT, KEY, SIZES, addressing, edition_of, readers
from personalising import reference
from smtp_stage import (
    BATCH,
    ENV,
    Postfix,
    Sink,
    Took,
    fast_sink,
    find_postfix,
    peak_mb,
    postfix_sink,
    source,
    stopwatch,
    workspace,
)

from newsletter.app.dispatching import provider_of
from newsletter.app.sending.pump import pump
from newsletter.app.workspace import open_workspace
from newsletter.model.delivery import Batch
from newsletter.providers.smtp import SmtpProvider, SmtpRoute

CONNECTIONS = 10
Run = Callable[[int], Took]


def ours(folder: Path, sink: Sink, octets: int, messages: int, connections: int = CONNECTIONS) -> Took:
    """Claim, mark, hand over, settle: all of a mailing."""
    many = {"connections": connections, "messages_per_connection": 1_000_000}
    with tempfile.TemporaryDirectory(dir=folder) as root:
        ws = workspace(Path(root) / "ws", messages, octets, "smtp", sink.port, **many)
        with provider_of(ws) as provider, stopwatch() as took:
            found = pump(ws, provider, KEY, ws.clock, batch=BATCH, worker_id="bench")
        assert found.outcomes == {"accepted": messages}, found
        return Took(messages, took["wall"], took["cpu"], sink.end())


def bare(sink: Sink, octets: int, messages: int, connections: int = CONNECTIONS) -> Took:
    """The same road without a ledger, from deliveries as they are claimed."""
    provider = SmtpProvider(
        SmtpRoute("127.0.0.1", sink.port, "none", connections=connections, messages_per_connection=1_000_000)
    )
    edition, links = edition_of(octets), addressing()
    claimed = list(_batches(messages))
    with stopwatch() as took:
        for batch in claimed:
            rows = tuple(links.row(due) for due in batch)
            found = provider.submit(Batch("bench", KEY, "issue", edition, rows, AT))
            assert all(one.outcome == "accepted" for one in found), found[0]
        provider.close()
    return Took(messages, took["wall"], took["cpu"], sink.end())


def _batches(messages: int) -> Iterator[list[object]]:
    waiting = list(readers(messages))
    while waiting:
        yield waiting[:BATCH]
        waiting = waiting[BATCH:]


def standard(sink: Sink, octets: int, messages: int, *, made: bool = True) -> Took:
    """smtplib over one connection, with Jinja and EmailMessage for each reader, or with one body made before."""
    edition, links = edition_of(octets), addressing()
    make = reference(edition)
    body = make(links.row(next(readers(1))))
    with stopwatch() as took, SMTP("127.0.0.1", sink.port) as client:
        for due in readers(messages):
            data = make(links.row(due)) if made else body
            client.sendmail("hours@news.example.org", [due.address], data)
    return Took(messages, took["wall"], took["cpu"], sink.end())


def row(name: str, goal: float | None, runs: tuple[Run, Run], counts: tuple[int, int], rounds: int) -> bool:
    """One row of the table: the first beside the second, taking turns."""
    pairs = []
    for _ in range(rounds):
        pair = [run(count) for run, count in zip(runs, counts, strict=True)]
        for one in pair:
            assert one.counted in (one.messages, one.messages + 1), f"{name}: sent {one.messages}, {one.counted} came"
        pairs.append(pair)
    ratio = median(a.rate / b.rate for a, b in pairs)
    cpu = median(b.micros / max(a.micros, 0.1) for a, b in pairs)
    mine, theirs = (
        tuple(median(x) for x in zip(*((p[n].rate, p[n].micros) for p in pairs), strict=True)) for n in (0, 1)
    )
    detail = (
        f"{mine[0]:,.0f} and {theirs[0]:,.0f} a second; {mine[1]:.0f} and {theirs[1]:.0f} us of the sender's "
        f"processor, {cpu:.2f} times less"
    )
    return tell(name, ratio, goal, "at least", "times the rate", detail)


def near(folder: Path, rounds: int, messages: int) -> bool:
    """Beside smtp-source and smtplib."""
    postfix, good = find_postfix(folder), True
    for size in SIZES:
        if postfix is None:
            leave_out(f"{size} beside smtp-source", "smtp-sink and smtp-source are neither installed nor to be had")
        else:
            good &= beside_postfix(folder, postfix, size, rounds, messages)
        good &= beside_standard(folder, size, rounds, messages)
    return good


def beside_standard(folder: Path, size: str, rounds: int, messages: int) -> bool:
    """smtplib with a message made for each reader, to the sink that is not the limit."""
    octets = SIZES[size]
    runs = (lambda n: ours(folder, fast_sink(folder), octets, n), lambda n: standard(fast_sink(folder), octets, n))
    goal, few = 25 if size == "60 KB" else None, max(messages // 25, 100)
    return row(f"{size}, fast sink, smtplib + EmailMessage", goal, runs, (messages, few), rounds)


def beside_postfix(folder: Path, postfix: Postfix, size: str, rounds: int, messages: int) -> bool:
    """The same sink, in turns: Postfix's own, and one that is not the limit."""
    octets, good = SIZES[size], True

    def generated(sink: Callable[[], Sink]) -> Run:
        def run(count: int) -> Took:
            there = sink()
            took = source(postfix, there.port, octets, count)
            return Took(count, took["wall"], took["cpu"], there.end())

        return run

    sinks: dict[str, Callable[[], Sink]] = {
        "smtp-sink": lambda: postfix_sink(postfix),
        "fast sink": lambda: fast_sink(folder),
    }
    goals = {("60 KB", "smtp-sink"): 1.0, ("60 KB", "fast sink"): 1.5}
    for name, sink in sinks.items():
        for what, run in (("ledger", ours), ("no ledger", lambda _, *rest: bare(*rest))):
            goal = goals.get((size, name), 1.4) if what == "ledger" else None
            runs = (lambda n, s=sink, r=run: r(folder, s(), octets, n), generated(sink))
            good &= row(f"{size}, {name}, smtp-source -d -s 10, {what}", goal, runs, (messages, messages), rounds)
    return good


def far(folder: Path, rounds: int) -> bool:
    """One connection to a sink whose replies come 20 ms late."""
    octets = SIZES["60 KB"]

    def smtplib(count: int) -> Took:
        return standard(fast_sink(folder, 20), octets, count, made=False)

    def pipelined(count: int) -> Took:
        return bare(fast_sink(folder, 20, chunking=False), octets, count, 1)

    def chunked(count: int) -> Took:
        return bare(fast_sink(folder, 20), octets, count, 1)

    good = row("20 ms, 1 connection, PIPELINING, smtplib", 3.5, (pipelined, smtplib), (150, 30), rounds)
    return row("20 ms, 1 connection, CHUNKING, smtplib", 50, (chunked, smtplib), (3000, 30), rounds) and good


def memory(folder: Path, count: int) -> bool:
    """What a process that only delivers has held at most after so many messages; compare two runs."""
    sink, root = fast_sink(folder), folder / "ws"
    planning = multiprocessing.get_context("fork").Process(
        target=workspace,
        args=(root, count, SIZES["5 KB"], "smtp", sink.port),
        kwargs={"connections": CONNECTIONS},
    )
    planning.start()
    planning.join()
    ws = open_workspace(root, environ=ENV)
    with provider_of(ws) as provider, stopwatch() as took:
        pump(ws, provider, KEY, ws.clock, batch=BATCH, worker_id="bench")
    good = tell(
        f"memory of a process that delivers to {count:,}", peak_mb(), 120, "at most", "MB at most",
        f"{took['cpu'] / count * 1e6:.0f} us each",
    )  # fmt: skip
    return good and sink.end() in (count, count + 1)


def main(*given: str) -> int:
    """Print the table; 1 where a goal is not reached."""
    words, numbers = [one for one in given if not one.isdecimal()], [int(one) for one in given if one.isdecimal()]
    with tempfile.TemporaryDirectory() as folder:
        if "memory" in words:
            return 0 if memory(Path(folder), *numbers) else 1
        if "far" in words:
            return 0 if far(Path(folder), *(numbers or [3])) else 1
        rounds, messages = [*numbers, *[3, 10_000][len(numbers) :]][:2]
        return 0 if near(Path(folder), rounds, messages) else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
