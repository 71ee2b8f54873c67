"""What the benchmarks of roads need around them: Postfix's sink and source, a sink of our own, a workspace."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from digest_mail import KEY, edition_of

from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import delivery_id
from newsletter.store.dialects import bulk_insert
from newsletter.store.tables import delivery, subscriber, subscription

sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / part) for part in ("", "crash")]
import crash_workspace  # noqa: E402 - what the crash tests send from, built in one place

HERE = Path(__file__).parent
ENV = crash_workspace.ENV
BATCH = 1000
T = TypeVar("T")
#: Readers who are imported and planned as everywhere; the others are written like them.
FEW = 200


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Postfix:
    """Postfix's smtp-sink and smtp-source, and the environment in which they run."""

    sink: str
    source: str
    environment: dict[str, str]


def find_postfix(folder: Path) -> Postfix | None:
    """Those installed here, else Debian's, unpacked into the folder without its daemon; None where neither is."""
    if (sink := shutil.which("smtp-sink", path=_path())) and (source := shutil.which("smtp-source", path=_path())):
        return Postfix(sink, source, dict(os.environ))
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "download", "postfix"], **quiet)  # type: ignore[call-overload]  # keywords of one call
    for package in folder.glob("postfix_*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], **quiet)  # type: ignore[call-overload]  # as above
    at = folder / "usr" / "sbin"
    if not (at / "smtp-sink").exists():
        return None
    libraries = {"LD_LIBRARY_PATH": str(folder / "usr" / "lib" / "postfix")}
    return Postfix(str(at / "smtp-sink"), str(at / "smtp-source"), dict(os.environ) | libraries)


def _path() -> str:
    return os.environ.get("PATH", "") + ":/usr/sbin:/usr/lib/postfix/sbin"


class Sink:
    """A running sink; `messages` once it has ended."""

    def __init__(self, command: list[str], port: int, environment: dict[str, str] | None = None) -> None:
        self.port = port
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 - read when the sink has ended
        self._process = subprocess.Popen(command, stdout=self._out, stderr=subprocess.DEVNULL, env=environment)
        for _ in range(200):
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit(f"{command[0]} does not listen")

    def end(self) -> int:
        """End it; how many messages it counted."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)
        self._out.seek(0)
        said = self._out.read().decode()
        counts = re.findall(r"mesg=(\d+)|(\d+) messages", said)
        return int("".join(counts[-1])) if counts else 0


def postfix_sink(postfix: Postfix) -> Sink:
    """Postfix's, which counts to its standard output."""
    port = free_port()
    command = [postfix.sink, "-c", *(["-u", "nobody"] if os.getuid() == 0 else []), f"127.0.0.1:{port}", "1024"]
    return Sink(command, port, postfix.environment)


def fast_sink(folder: Path, delay: int = 0, *, chunking: bool = True) -> Sink:
    """The C one beside this file."""
    made, port = folder / "fast_sink", free_port()
    if not made.exists():
        subprocess.run(["cc", "-O2", "-o", str(made), str(HERE / "fast_sink.c")], check=True)
    return Sink([str(made), str(port), str(delay), *([] if chunking else ["none"])], port)


def workspace(root: Path, readers: int, octets: int, transport: str, port: int, **more: object) -> Workspace:
    """So many readers, and a mail of so many octets planned for them, on a road to this port."""
    ws = crash_workspace.write(root, crash_workspace.Road(transport, port, BATCH, more))
    fill(ws, readers, octets)
    return ws


def fill(ws: Workspace, readers: int, octets: int) -> None:
    """The same in a workspace that stands already."""
    crash_workspace.fill(ws, min(readers, FEW), KEY, named=True)
    crash_workspace.plan(ws, KEY, edition_of(octets))
    multiply(ws, min(readers, FEW), readers)


def multiply(ws: Workspace, few: int, readers: int) -> None:
    """Write the rows of as many more readers as are missing, each like one who was imported and planned.

    In the order in which planning writes them. To import and plan a million takes minutes, and is not measured here.
    """
    community = ws.settings.community.id
    new = [(sha256(b"%d" % n).hexdigest()[:32], n) for n in range(few, readers)]
    planned = sorted((delivery_id(community, "issue", KEY, one), one) for one, _ in new)
    with ws.store.begin() as connection:
        person, member, wanted = (
            dict(connection.execute(one.select().limit(1)).mappings().one())
            for one in (subscriber, subscription, delivery)
        )
        for some in _chunks(new):
            bulk_insert(connection, subscriber, [person | _person(one, n) for one, n in some])
            bulk_insert(connection, subscription, [member | {"subscriber_id": one} for one, _ in some])
        for some in _chunks(planned):
            bulk_insert(connection, delivery, [wanted | {"id": id_, "subscriber_id": one} for id_, one in some])
    if ws.store.engine.dialect.name == "sqlite":  # else the first batch pays for writing them into their place
        raw = ws.store.engine.raw_connection()
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()


def _person(one: str, number: int) -> dict[str, str]:
    address, who = f"reader{number:06d}@example.org", sha256(one.encode()).hexdigest()
    return {"id": one, "address": address, "address_key": address, "who": who, "name": f"Reader {number % 997}"}


def _chunks(rows: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(rows), 10_000):
        yield rows[start : start + 10_000]


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of the sender's processor for so many messages, and how many the sink counted."""

    messages: int
    wall: float
    cpu: float
    counted: int

    @property
    def rate(self) -> float:
        """Messages a second by the clock."""
        return self.messages / self.wall

    @property
    def micros(self) -> float:
        """The sender's processor time for one message."""
        return self.cpu / self.messages * 1e6


@contextmanager
def stopwatch() -> Iterator[dict[str, float]]:
    """Seconds by the clock and of this process within the block."""
    found: dict[str, float] = {}
    wall, cpu = time.perf_counter(), time.process_time()
    yield found
    found["wall"], found["cpu"] = time.perf_counter() - wall, time.process_time() - cpu


def source(postfix: Postfix, port: int, octets: int, messages: int) -> dict[str, float]:
    """Postfix's generator: ten connections that are kept, one and the same body."""
    command = [postfix.source, "-d", "-s", "10", "-l", str(octets), "-m", str(messages), f"127.0.0.1:{port}"]
    before, begun = os.times(), time.perf_counter()
    subprocess.run(command, env=postfix.environment, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return {"wall": time.perf_counter() - begun, "cpu": cpu}


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
