"""`newsletter run` and `newsletter preview` as processes; and wakers that meet at the moment of sending."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cadence_workspace import Clock, mails, new_workspace, opened, states
from support_loopback import Served, ask

from newsletter.app.operating import tick
from newsletter.app.sample import init_workspace
from newsletter.runtime.server import PortError, listen
from newsletter.runtime.waker import waking

pytestmark = pytest.mark.no_cover  # other tests cover its lines

WEEK = "weekly-2026-12-04"
SOON = timedelta(milliseconds=50)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "lab")
    return tmp_path / "lab"


def on_port(root: Path, port: int) -> None:
    config = root / "config.toml"
    text = config.read_text()
    assert "[web]\n" in text
    config.write_text(text.replace("[web]\n", f"[web]\nport = {port}\n"))


@contextmanager
def process(root: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    command = [sys.executable, "-m", "newsletter", "--workspace", str(root), *arguments]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def free_port() -> int:
    """One below those that the system gives to whoever wants any: nobody else comes by it before it is used."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with suppress(PortError):
            listen("127.0.0.1", port).close()
            return port
    raise AssertionError("no port is free")


def first_line(running: subprocess.Popen[str]) -> str:
    assert running.stdout
    return running.stdout.readline()


def soon(began: float) -> float:
    """Seconds in which a process has to end that took so many to begin: both take longer on a busy machine."""
    return 60 + 2 * began


def port_in(line: str) -> int:
    found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
    assert found, line
    return int(found[1])


def editors_are_let_in_by_the_door(server: Served) -> None:
    """The studio is there for those who sign in, at the public address alone, which browsers reach over https."""
    public = {"Host": "news.example.org", "Accept": "text/html"}
    for path in ("/studio/", "/operator/"):
        answer, _ = ask(server, "GET", path, headers=public)
        assert (answer.status, answer.getheader("Location")) == (303, "https://news.example.org/sign-in")
    answer, page = ask(server, "GET", "/sign-in", headers=public)
    assert (answer.status, "Mail me a link" in page) == (200, True)
    cookie = answer.getheader("Set-Cookie", "")
    assert cookie.startswith("__Host-newsletter-form=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert ask(server, "GET", "/studio/", headers={"Accept": "text/html"})[0].status == 400


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_serves_until_it_is_told_to_stop(root, number):
    on_port(root, 0)
    with (root / "config.toml").open("a") as config:
        config.write('\n[sign_in]\neditors = ["ed@example.org"]\n')
    begun = time.monotonic()
    with process(root, "run") as running:
        server, began = Served(port_in(first_line(running))), time.monotonic() - begun
        answer, page = ask(server, "GET", "/u/not-ours")
        assert (answer.status, "This link does not work" in page) == (404, True)
        assert ask(server, "GET", "/healthz")[0].status == 200
        editors_are_let_in_by_the_door(server)
        running.send_signal(number)
        out, err = running.communicate(timeout=soon(began))
        assert running.returncode == 0, err
        assert "Traceback" not in err
        assert "not-ours" not in out + err


def test_monitors_are_answered_on_a_port_of_their_own(root):
    port = free_port()
    on_port(root, 0)
    config = root / "config.toml"
    text = config.read_text(encoding="utf-8").replace("[web]\n", f"[web]\nmonitor_port = {port}\n")
    config.write_text(text, encoding="utf-8")
    with process(root, "run") as running:
        public = Served(port_in(first_line(running)))
        assert ask(Served(port), "GET", "/readyz")[0].status == 200
        assert "newsletter_last_wake_timestamp_seconds" in ask(Served(port), "GET", "/metrics")[1]
        assert ask(public, "GET", "/metrics")[0].status == 404, "no reader is told"
        takes_in_what_changed(root, running, public)


def takes_in_what_changed(root: Path, running: subprocess.Popen[str], public: Served) -> None:
    """On SIGHUP, while the page is served; what is wrong is told with its line, and the process goes on."""
    config, old, new = root / "config.toml", "Cascadia Data Science Lab", "Cascadia Lab"
    good = config.read_text(encoding="utf-8")
    for text, told in (("timezone", "timezon"), (old, new)):
        config.write_text(good.replace(text, told), encoding="utf-8")
        running.send_signal(signal.SIGHUP)
        if told == new:
            until(lambda: old not in ask(public, "GET", "/u/not-ours")[1])
        else:
            assert any("stays as it was: config.toml:" in line for line in running.stderr or ())


def test_a_port_in_use_is_one_clear_message(root):
    taken = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    on_port(root, port)
    for arguments in (("run",), ("preview", "--port", str(port))):
        with process(root, *arguments) as running:
            out, err = running.communicate(timeout=60)
        assert running.returncode == 1
        assert f"port {port} on 127.0.0.1 is in use" in err
        assert "Traceback" not in out + err
    taken.close()


def test_preview_prints_the_address_with_its_key_and_ends_on_interrupt(root):
    begun = time.monotonic()
    with process(root, "preview", "--at", "2026-12-01") as running:
        line, began = first_line(running), time.monotonic() - begun
        server = Served(port_in(line))
        path = line.strip().split(str(server.port))[1]
        assert ask(server, "GET", "/")[0].status == 403
        entry, _ = ask(server, "GET", path)
        cookie = {"Cookie": entry.getheader("Set-Cookie", "").partition(";")[0]}
        answer, page = ask(server, "GET", "/", headers=cookie)
        assert (answer.status, WEEK in page) == (200, True)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=soon(began))
        assert running.returncode == 0, err
        assert "Traceback" not in err


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-12-01T09:00")


@pytest.fixture
def lab(tmp_path: Path, clock: Clock) -> Path:
    return new_workspace(tmp_path / "cadence", clock)


def until(condition, within: float = 60.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def wakers(stack: ExitStack, root: Path, clock: Clock, count: int) -> tuple[list, Counter[int]]:
    """Rooms that share a folder, each with its waker, and how often each has ended a tick."""
    rooms = [opened(root, clock, review="automatic") for _ in range(count)]
    ticked: Counter[int] = Counter()

    def work(number: int) -> None:
        tick(rooms[number], rooms[number].clock())
        ticked[number] += 1

    for number in range(count):
        stack.enter_context(waking(partial(work, number), SOON))
    return rooms, ticked


def test_two_running_wakers_send_one_issue(lab, clock, caplog):
    with ExitStack() as stack:
        (first, _), ticked = wakers(stack, lab, clock, 2)
        until(lambda: states(first) == {WEEK: "drafted"})
        clock.move("2026-12-04T09:00")
        until(lambda: states(first) == {WEEK: "sent"})
        before = dict(ticked)
        until(lambda: all(ticked[number] >= before[number] + 2 for number in before))
    assert len(mails(first)) == 2
    assert "could not be worked on" not in caplog.text


def test_a_restart_at_the_moment_of_sending_sends_once(lab, clock):
    with ExitStack() as stack:
        (first,), _ = wakers(stack, lab, clock, 1)
        until(lambda: states(first) == {WEEK: "drafted"})
        clock.move("2026-12-04T09:00")
    for _ in range(3):
        with ExitStack() as stack:
            (again,), _ = wakers(stack, lab, clock, 1)
            until(lambda ws=again: states(ws) == {WEEK: "sent"})
    assert len(mails(first)) == 2
