"""How many events a second the webhook of `newsletter run` takes, and how soon it acknowledges a post of them.

Run `python benchmarks/webhook.py [EVENTS_A_SECOND] [SECONDS] [EVENTS_A_POST] [READERS]`. The real program, in a
process of its own, is posted signed events over loopback at a steady rate, whatever it answers: processed and
delivered for each reader, then the same under other ids, again and again. Meanwhile it applies them to a ledger of so
many deliveries. Afterwards five copies of everything are posted once more, and the ledger must be what it was. The
processor's time of the server is told besides, since this program and others take their share of the machine.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import sqlalchemy as sa

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.reporting.receiving import spool_of
from newsletter.app.sample import init_workspace
from newsletter.app.subscribing import listing
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.devsink.events import Signer
from newsletter.store.tables import attempt, attempt_item, delivery, delivery_event, mailing

RATE, SECONDS, IN_A_POST, READERS = 10_000, 60, 1_000, 100_000
COPIES = 5
ATTEMPT = 100
#: Seconds after which a connection is not used again.
IDLE = 2.0
HOOK = "/hooks/data-lab/sendgrid"
Mail = tuple[str, str, str]


def prepared(root: Path, readers: int, signer: Signer) -> list[Mail]:
    """A workspace whose mailing to so many readers was accepted: (delivery, attempt, address) of each."""
    init_workspace(root)
    config = (root / "config.toml").read_text(encoding="utf-8").replace("[web]", "[web]\nport = 0")
    road = f'[provider]\nkind = "sendgrid"\nwebhook_key = "{signer.public}"\n'
    (root / "config.toml").write_text(config.replace('[provider]\nkind = "outbox"\n', road), encoding="utf-8")
    ws = open_workspace(root, environ={})
    table = "\n".join(("email", *(f"reader{number:06d}@example.org" for number in range(readers))))
    import_bytes(ws, table.encode(), "readers.csv", "community")
    mails = [*_sent(ws)]
    ws.store.close()
    return mails


def _sent(ws: Workspace) -> Iterator[Mail]:
    """Rows of the ledger as a sending leaves them; nothing was sent."""
    community, now = ws.settings.community.id, datetime.now(UTC)
    people = [person for person, _ in listing(ws)]
    with ws.store.begin() as connection:
        row = {"community": community, "kind": "issue", "key": "weekly-2026-12-04", "list": "community"}
        values = row | {"state": "sent", "planned_at": now}
        mailing_id = connection.execute(sa.insert(mailing).values(values).returning(mailing.c.id)).scalar_one()
        for start in range(0, len(people), ATTEMPT):
            one, ids = uuid.uuid4().hex, [uuid.uuid4().hex for _ in people[start : start + ATTEMPT]]
            held = {"id": one, "mailing_id": mailing_id, "edition_key": "e", "worker": "w", "phase": "done"}
            times = {"lease_until": now, "claimed_at": now, "submitted_at": now, "finished_at": now}
            connection.execute(sa.insert(attempt).values(held | times | {"community": community}))
            base = {"community": community, "mailing_id": mailing_id, "list": "community", "state": "accepted"}
            base |= {"tries": 1, "not_before": now, "updated_at": now, "attempt_id": one}
            pairs = [*zip(ids, people[start : start + ATTEMPT], strict=True)]
            connection.execute(sa.insert(delivery), [base | {"id": i, "subscriber_id": p.id} for i, p in pairs])
            items = [{"community": community, "attempt_id": one, "delivery_id": i, "live": True} for i in ids]
            connection.execute(sa.insert(attempt_item), [item | {"outcome": "accepted"} for item in items])
            yield from ((i, one, p.address) for i, p in pairs)


def events_of(mails: Sequence[Mail]) -> list[bytes]:
    """The events of these mails as JSON, in the order of sending, but for the id that a copy would change."""
    at = int(time.time())
    return [_event(mail, kind, at) for kind in ("processed", "delivered") for mail in mails]


def _event(mail: Mail, kind: str, at: int) -> bytes:
    delivery_id, attempt_id, address = mail
    event = {
        "email": address,
        "timestamp": at,
        "smtp-id": f"<{delivery_id}@news.example.org>",
        "event": kind,
        "category": ["issue", "weekly-2026-12-04"],
        "sg_message_id": "Xj5LmNkWSOqRbdvOpR34BA.recvd-85abf8d92c-3qfgp-2-7890E356-43C.1",
        "delivery_id": delivery_id,
        "attempt_id": attempt_id,
        **({"response": "250 2.0.0 OK 1755119505 - gsmtp"} if kind == "delivered" else {}),
    }
    return json.dumps(event).encode()[:-1]


def bodies(events: Sequence[bytes], size: int, copies: int) -> Iterator[bytes]:
    """Posts of so many events each; every round has ids of its own."""
    number = 0
    for _ in range(copies):
        for start in range(0, len(events), size):
            number += 1
            part = events[start : start + size]
            told = (b'%s, "sg_event_id": "%d-%d"}' % (one, number, n) for n, one in enumerate(part))
            yield b"[" + b",".join(told) + b"]\r\n"


class Client:
    """Posts over connections that stay open, and keeps how long each took and what was answered."""

    def __init__(self, port: int, signer: Signer) -> None:
        self.port, self.signer = port, signer
        self.took: list[float] = []
        self.refused = 0
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def steadily(self, posts: Iterator[bytes], rate: float, seconds: float) -> int:
        """One post every so often, whether the last was answered or not; how many there were."""
        loop = asyncio.get_running_loop()
        began, tasks = loop.time(), []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
            tasks.append(asyncio.create_task(self.post(next(posts))))
        await asyncio.gather(*tasks)
        return len(tasks)

    async def post(self, body: bytes) -> None:
        """Sign and post; the time counts from the first byte sent to the answer."""
        reader, writer = await self._connection()
        lines = [f"POST {HOOK} HTTP/1.1", "Host: news.example.org", "Content-Type: application/json"]
        headers = self.signer.headers(body, time.time()) | {"Content-Length": str(len(body))}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        began = time.perf_counter()
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        status = await reader.readline()
        while await reader.readline() not in (b"\r\n", b""):
            pass
        self.took.append(time.perf_counter() - began)
        self.refused += b" 204 " not in status
        self._idle.append((time.perf_counter(), reader, writer))

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that was used a moment ago, or a new one: the server closes what is idle for seconds."""
        while self._idle:
            since, reader, writer = self._idle.pop()
            if time.perf_counter() - since < IDLE:
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self.port)


def served(root: Path) -> tuple[subprocess.Popen[str], int]:
    """The process that stays up, and the port it tells."""
    command = [sys.executable, "-m", "newsletter", "--workspace", str(root), "run"]
    environ = os.environ | {"NEWSLETTER_SENDGRID_KEY": "SG.benchmark"}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ)
    assert server.stdout is not None
    line = next(line for line in server.stdout if "public pages on http://" in line)
    return server, int(line.split("http://127.0.0.1:")[1].split(",")[0].split()[0])


def drained(ws: Workspace) -> float:
    """Wait until everything is applied; the seconds it took."""
    began = time.perf_counter()
    while spool_of(ws).waiting():
        time.sleep(0.05)
    return time.perf_counter() - began


def standing(ws: Workspace) -> tuple[dict[str, int], int]:
    """Deliveries by state, and lines of history that reports wrote."""
    with ws.store.read() as connection:
        states = sa.select(delivery.c.state, sa.func.count()).group_by(delivery.c.state)
        told = sa.select(sa.func.count()).where(delivery_event.c.notice_key.is_not(None))
        found = {row[0]: row[1] for row in connection.execute(states)}
        return found, connection.execute(told).scalar_one()


def main() -> None:
    """Measure once and print what a reader of docs/performance.md needs."""
    given = [int(one) for one in sys.argv[1:]]
    rate, seconds, size, readers = [*given, *(RATE, SECONDS, IN_A_POST, READERS)[len(given) :]]
    root, signer = Path(tempfile.mkdtemp(prefix="webhook-")) / "lab", Signer()
    events = events_of(prepared(root, readers, signer))
    server, port = served(root)
    try:
        ws, client = open_workspace(root, environ={}), Client(port, signer)
        before = _processor_time(server.pid)
        posts = asyncio.run(client.steadily(bodies(events, size, 10_000), rate / size, seconds))
        waited = drained(ws)
        used = _processor_time(server.pid) - before
        first, took, refused = standing(ws), client.took, client.refused
        again = asyncio.run(copied(Client(port, signer), events, size))
        drained(ws)
        server.send_signal(signal.SIGTERM)
        server.wait()
        second = standing(ws)
        ws.store.close()
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(root.parent)
    told = posts * size
    unique = min(told, len(events))
    p50, p99 = (quantiles(took, n=100)[at] * 1000 for at in (49, 98))
    load = os.getloadavg()[0]
    print(f"{told} events in {posts} posts of {size} over {seconds} s, {readers} deliveries, load {load:.1f}")
    longest = max(took) * 1000
    print(f"acknowledged: p50 {p50:.1f} ms, p99 {p99:.1f} ms (goal 250), longest {longest:.0f} ms; {refused} refused")
    each = used / told * 1e6
    print(f"applied {waited:.1f} s after the last post; the server's processor time is {each:.0f} us for each event")
    print(f"in the ledger: {first[1]} of {unique} events, {first[0]}")
    print(f"after {again} more copies: {second[1]} events, {second[0]}")
    sys.exit(0 if first == second and first[1] == unique and not refused else 1)


async def copied(client: Client, events: Sequence[bytes], size: int) -> int:
    """Post everything again, one post after the other; how many events that were."""
    for body in bodies(events, size, COPIES):
        await client.post(body)
    assert not client.refused
    return COPIES * len(events)


def _processor_time(pid: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
