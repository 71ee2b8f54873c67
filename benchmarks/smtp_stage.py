"""What the benchmarks of roads need around them: Postfix's sink and source, a sink of our own, a workspace."""

import json
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
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest_mail import KEY, edition_of

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sending.planning import plan_issue
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.model.issue import Choices, Slot, Window
from newsletter.model.ledger import Baseline, Rendered
from newsletter.store import issues
from newsletter.store.tables import issue as issue_table

HERE = Path(__file__).parent
CONFIG = """
[community]
id = "data-lab"
name = "Data Lab"
url = "https://data.example.org"
timezone = "America/Los_Angeles"
postal_address = "1 Shore Avenue, Seattle"
[sender]
address = "Common Hours <hours@news.example.org>"
[digests.weekly]
title = "Common Hours"
list = "community"
cadence = "weekly on Friday at 09:00"
window = "7 days"
[web]
base_url = "https://news.example.org"
[provider]
"""
LISTS = """
[topics.talks]
title = "Talks"
tags = ["talk"]
[lists.community]
title = "Common Hours"
digests = ["weekly"]
topics = ["talks"]
"""
ENV = {"NEWSLETTER_SECRET": "a key for benchmarks, and for nothing else", "NEWSLETTER_SENDGRID_KEY": "SG.benchmark"}


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


def workspace(root: Path, readers: int, octets: int, provider: dict[str, object]) -> Workspace:
    """So many readers, and a mail of so many octets planned for them."""
    (root / "subscribers").mkdir(parents=True)
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in provider.items())
    (root / "config.toml").write_text(CONFIG + lines)
    (root / "subscribers" / "lists.toml").write_text(LISTS)
    ws = open_workspace(root, environ=ENV)
    table = "\n".join(("email,name", *(f"reader{n:07d}@example.org,Reader {n % 997}" for n in range(readers))))
    import_bytes(ws, table.encode(), "readers.csv", "community")
    now = datetime.now(UTC)
    with ws.store.begin() as connection:
        slot = Slot("weekly", KEY, now, now - timedelta(days=3), Window(now, now + timedelta(days=7)))
        issues.insert_slot(connection, ws.settings.community.id, slot)
        drafted = issue_table.update().where(issue_table.c.key == KEY)
        connection.execute(drafted.values(state="drafted", draft="{}", draft_hash="abc"))
        issues.approve(connection, ws.settings.community.id, KEY, "abc", "editor", now)
    edition = edition_of(octets)

    def render(choices: Choices, baseline: Baseline | None) -> Rendered:
        return Rendered(edition)

    plan_issue(ws, KEY, render, ws.clock())
    return ws


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
