"""The SendGrid road with the durable ledger beside the official package's helper classes, to a sink on this machine.

Run `python benchmarks/sendgrid_road.py [ROUNDS] [READERS]`; `... memory [READERS]` for what a process holds that only
delivers, and what it takes: compare ten thousand with a million. The sink is a process of its own that reads whole
requests, counts the recipients in them and answers 202. The reference makes the same requests with the package's Mail
and Personalization and sends them with its client; it keeps no ledger.
"""

import json
import multiprocessing
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from multiprocessing.connection import Connection
from pathlib import Path

from bench_row import tell
from digest_mail import KEY, SIZES, addressing, edition_of, readers
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Content, CustomArg, Email, Header, Mail, Personalization, Substitution, To
from smtp_road import row
from smtp_stage import BATCH, ENV, Took, peak_mb, stopwatch, workspace

from newsletter.app.dispatching import provider_of
from newsletter.app.sending.pump import pump
from newsletter.app.workspace import open_workspace
from newsletter.model.delivery import Batch
from newsletter.model.mail import SlotRef, escape
from newsletter.providers.sendgrid_body import RequestForm

OCTETS = SIZES["60 KB"]


def serve(listener: socket.socket, pipe: Connection) -> None:
    """Take requests until somebody says "end" by connecting and saying nothing; tell how many recipients came."""
    counted = 0
    signal.alarm(6000)
    while True:
        sock, _ = listener.accept()
        with sock, sock.makefile("rb", buffering=1 << 20) as reader:
            first = True
            while head := b"".join(takewhile(lambda line: line != b"\r\n", reader)):
                first = False
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
                counted += reader.read(int(length.split(b":")[1])).count(b'"delivery_id"')
                sock.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nX-Message-Id: abc\r\n\r\n")
                if b"connection: close" in head.lower():
                    break
        if first:
            pipe.send(counted)
            return


@contextmanager
def sink() -> Iterator[tuple[int, list[int]]]:
    """Its port; how many recipients it counted stands in the list afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=serve, args=(listener, there), daemon=True)
        process.start()
        address, counted = listener.getsockname(), list[int]()
        yield int(address[1]), counted
        socket.create_connection(address).close()
        counted.append(here.recv())
        process.join()


def ours(folder: Path, count: int) -> Took:
    """Claim, mark, build, post, settle."""
    with tempfile.TemporaryDirectory(dir=folder) as root, sink() as (port, counted):
        ws = workspace(Path(root) / "ws", count, OCTETS, "sendgrid", port)
        with provider_of(ws) as provider, stopwatch() as took:
            found = pump(ws, provider, KEY, ws.clock, batch=BATCH, worker_id="bench")
        assert found.outcomes == {"accepted": count}, found
    return Took(count, took["wall"], took["cpu"], counted[0])


def official(count: int) -> Took:
    """The package's classes and its client."""
    edition, links = edition_of(OCTETS), addressing()
    form = RequestForm(Batch("bench", KEY, "issue", edition, (), links.mailing.planned_at))
    content = json.loads(form.body([]))["content"]
    slots = [part for part in (*edition.text, *edition.html) if isinstance(part, SlotRef)]
    with sink() as (port, counted):
        url = f"http://127.0.0.1:{port}"
        client, waiting = SendGridAPIClient("SG.benchmark", host=url), readers(count)
        with stopwatch() as took:
            for _ in range(0, count, BATCH):
                mail = Mail(Email("hours@news.example.org", "Common Hours"), subject=edition.subject)
                for part in content:
                    mail.add_content(Content(part["type"], part["value"]))
                for _, due in zip(range(BATCH), waiting, strict=False):
                    one, to = Personalization(), links.row(due)
                    one.add_to(To(to.address))
                    one.add_header(Header("Message-ID", to.message_id))
                    one.add_header(Header("List-Unsubscribe", to.list_unsubscribe))
                    one.add_custom_arg(CustomArg("delivery_id", to.delivery_id))
                    for slot in dict.fromkeys(slots):
                        value = escape(to.values[slot.name], slot.context)
                        one.add_substitution(Substitution(f"-{slot.context}.{slot.name}-", value))
                    mail.add_personalization(one)
                client.send(mail)
    return Took(count, took["wall"], took["cpu"], counted[0])


def memory(folder: Path, count: int) -> bool:
    """What a process that only delivers has held at most after so many messages."""
    root = folder / "ws"
    with sink() as (port, counted):
        planning = multiprocessing.get_context("fork").Process(
            target=workspace, args=(root, count, OCTETS, "sendgrid", port)
        )
        planning.start()
        planning.join()
        before = peak_mb()
        ws = open_workspace(root, environ=ENV)
        with provider_of(ws) as provider, stopwatch() as took:
            found = pump(ws, provider, KEY, ws.clock, batch=BATCH, worker_id="bench")
        assert found.outcomes == {"accepted": count}, found
    good = tell(
        f"memory of a process that delivers to {count:,} over SendGrid", peak_mb(), 120, "at most", "MB at most",
        f"{before:.0f} before; {took['cpu'] / count * 1e6:.1f} us each, {took['wall']:.0f} s by the clock",
    )  # fmt: skip
    return good and counted == [count]


def main(*given: str) -> int:
    """Print the row."""
    numbers = [int(one) for one in given if one.isdecimal()]
    with tempfile.TemporaryDirectory() as folder:
        if "memory" in given:
            return 0 if memory(Path(folder), *(numbers or [10_000])) else 1
        rounds, count = [*numbers, *[3, 10_000][len(numbers) :]][:2]
        runs = (lambda n: ours(Path(folder), n), official)
        return 0 if row("SendGrid, official helper classes, ledger", 4, runs, (count, count), rounds) else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
