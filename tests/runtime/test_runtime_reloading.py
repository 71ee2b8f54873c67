"""A changed configuration in a running program: between two wake-ups, and nobody is turned away."""

import asyncio
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cadence_workspace import Clock, all_states
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from support_loopback import ask, served

from newsletter.app import operating
from newsletter.app.accounting.deeds import RoleRefused
from newsletter.app.alerting import alerts_since
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sample import init_workspace
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.cli import at_work as at_work_module
from newsletter.cli.at_work import Shift
from newsletter.model.deeds import Actor
from newsletter.model.delivery import Batch, Receipt, receipts_for_all
from newsletter.model.signing_in import SignInSettings
from newsletter.runtime.switch import Switch
from newsletter.store import deeds
from newsletter.store.handle import StoreError

WEEK = "weekly-2026-12-04"
LONG = 60
FORM = "application/x-www-form-urlencoded"
OLGA = Actor("person", "a hash", ("operator",))
ED = Actor("person", "another", ("editor",))


def saying(word: str, going_on: threading.Event | None = None, begun: threading.Event | None = None) -> Starlette:
    async def say(_request: Request) -> Response:
        if going_on and begun:
            begun.set()
            while not going_on.is_set():
                await asyncio.sleep(0.01)
        return PlainTextResponse(word)

    return Starlette(routes=[Route("/{path:path}", say)])


def test_who_is_being_answered_is_answered_by_the_old_and_everybody_else_by_the_new() -> None:
    begun, going_on, heard = threading.Event(), threading.Event(), []
    switch = Switch(saying("quick"))
    with served(switch) as server:
        assert switch.exchange(saying("old", going_on, begun), LONG)
        asking = threading.Thread(target=lambda: heard.append(ask(server, "GET", "/")[1]))
        asking.start()
        assert begun.wait(LONG)
        assert not switch.exchange(saying("new"), 0.05), "somebody is in the old one still"
        assert ask(server, "GET", "/")[1] == "new"
        going_on.set()
        asking.join(LONG)
        assert heard == ["old"]
        assert switch.exchange(saying("newest"), LONG)


@dataclass
class Road:
    """Takes everything; who got it, and what the community was called then. The fifth batch waits to be let go."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    in_hand: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def of(self, ws: Workspace) -> Iterator["Lane"]:
        yield Lane(self, ws.settings.community.name)


@dataclass
class Lane:
    """The road as one reading of the configuration opened it."""

    road: Road
    name: str

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        if len(self.road.sent) == 4:
            self.road.in_hand.set()
            assert self.road.let_go.wait(LONG)
        self.road.sent += [(self.name, row.address) for row in batch.rows]
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None: ...


def edit(root: Path, old: str, new: str) -> None:
    config = root / "config.toml"
    text = config.read_text(encoding="utf-8")
    assert old in text, old
    config.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample, whose weekly issue needs nobody's approval, and fifteen readers of it."""
    root = tmp_path / "lab"
    init_workspace(root)
    edit(root, 'review = "required"', 'review = "automatic"')
    edit(root, 'kind = "outbox"', 'kind = "outbox"\nbatch = 1')
    edit(root, "[web]\n", "[web]\ncalendars = false\n")
    return root


@contextmanager
def at_work(ws: Workspace) -> Iterator[Shift]:
    """The workspace at work, with somebody who looks for a changed configuration."""
    stop = threading.Event()
    shift = Shift(ws, stop)

    def watch() -> None:
        while not stop.is_set():
            shift.look(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    shift.begin()
    try:
        yield shift
    finally:
        stop.set()
        watcher.join(LONG)
        shift.rest()
        shift.close()


def until(condition: Callable[[], object]) -> None:
    for _ in range(LONG * 50):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError


def test_a_reload_in_the_middle_of_a_send_ends_the_batch_and_the_rest_leaves_under_the_new(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock, road = Clock("2026-12-01T09:00"), Road()
    monkeypatch.setattr(operating, "provider_of", road.of)
    ws = open_workspace(root, environ={}, clock=clock)
    readers = [f"r{number:02d}@example.org" for number in range(15)]
    import_bytes(ws, "\n".join(("email", *readers)).encode(), "readers.csv", "community")
    operating.tick(ws, clock())
    clock.move("2026-12-04T09:00")
    with at_work(ws) as shift:
        assert road.in_hand.wait(LONG)
        edit(root, 'name = "Cascadia Data Science Lab"', 'name = "Cascadia Lab"')
        shift.reloader.ask()
        until(lambda: "was read again" in caplog.text)
        until(shift._now._resting.is_set)
        assert shift.reloader.ws is ws, "nothing takes effect while a batch is in hand"
        road.let_go.set()
        until(lambda: all_states(shift.reloader.ws).get(WEEK) == "sent")
    names = [name for name, _ in road.sent]
    assert names == sorted(names, key=("Cascadia Data Science Lab", "Cascadia Lab").index), (
        "first the old, then the new"
    )
    assert (names[4], names[-1]) == ("Cascadia Data Science Lab", "Cascadia Lab")
    assert sorted(address for _, address in road.sent) == readers
    assert audit_mailing(shift.reloader.ws, WEEK).violations == ()
    shift.reloader.ws.store.close()


def test_who_is_told_to_stop_waits_for_no_other_configuration(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While a wake-up under the old one is waited for, as one that asks a source which does not answer."""
    caplog.set_level(logging.INFO)
    begun, let_go, stop = threading.Event(), threading.Event(), threading.Event()

    def slow(*_: object) -> operating.TickResult:
        begun.set()
        assert let_go.wait(LONG)
        return operating.TickResult()

    monkeypatch.setattr(at_work_module, "tick", slow)
    ws = open_workspace(root, environ={}, clock=Clock("2026-12-01T09:00"))
    shift = Shift(ws, stop)
    shift.begin()
    assert begun.wait(LONG)
    edit(root, 'name = "Cascadia Data Science Lab"', 'name = "Cascadia Lab"')
    shift.reloader.ask()
    looking = threading.Thread(target=shift.look, args=(LONG,))
    looking.start()
    until(lambda: "was read again" in caplog.text)
    stop.set()
    looking.join(LONG / 2)
    ended = not looking.is_alive()
    let_go.set()
    looking.join(LONG)
    shift.rest()
    shift.close()

    assert ended
    assert shift.reloader.ws is ws
    assert "stays as it was" not in caplog.text
    ws.store.close()


def test_a_bad_configuration_changes_nothing_and_a_good_one_after_it_does(root: Path) -> None:
    clock = Clock("2026-12-05T09:00")
    ws = open_workspace(root, environ={}, clock=clock)
    with at_work(ws) as shift, served(shift.app) as server:
        edit(root, "timezone = ", "timezon = ")
        shift.reloader.ask()
        until(lambda: alerts_since(ws, clock() - timedelta(days=1)))
        assert shift.reloader.ws is ws
        assert "Cascadia Data Science Lab" in ask(server, "GET", "/u/nobody")[1]
        edit(root, "timezon = ", "timezone = ")
        edit(root, 'name = "Cascadia Data Science Lab"', 'name = "Cascadia Lab"')
        with pytest.raises(RoleRefused):
            shift.reloader.reload(ED)
        assert shift.reloader.reload(OLGA).is_good, "as the operator's page asks"
        until(lambda: shift.reloader.ws is not ws)
        until(lambda: "Cascadia Data Science Lab" not in ask(server, "GET", "/u/nobody")[1])
        with shift.reloader.ws.store.read() as connection:
            done = [line for line in deeds.lines(connection, "data-lab") if line.deed == "reloaded"]
        assert [(line.actor.name, line.detail) for line in done] == [
            ("SIGHUP", "refused"),
            ("a hash", "changed: community.name"),
        ]
    shift.reloader.ws.store.close()


@pytest.mark.parametrize("step", ["note_settings", "Waker"])
def test_where_the_new_configuration_cannot_begin_the_old_one_goes_on(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    clock, real = Clock("2026-12-01T09:00"), getattr(at_work_module, step)
    ws = open_workspace(root, environ={}, clock=clock)
    monkeypatch.setattr(at_work_module, "EVERY", timedelta(milliseconds=50))
    failing = threading.Event()

    def once(*given: object) -> object:
        if failing.is_set():
            failing.clear()
            raise OSError("no room")
        return real(*given)

    monkeypatch.setattr(at_work_module, step, once)
    with at_work(ws) as shift, served(shift.app) as server:
        failing.set()
        edit(root, 'name = "Cascadia Data Science Lab"', 'name = "Cascadia Lab"')
        shift.reloader.ask()
        until(lambda: "the configuration stays as it was" in caplog.text)
        assert shift.reloader.ws is ws
        clock.move("2026-12-02T09:00")
        until(lambda: shift.observer.last == clock())
        assert "Cascadia Data Science Lab" in ask(server, "GET", "/u/nobody")[1]
    ws.store.close()


def test_who_asked_for_a_link_to_sign_in_gets_it_though_the_program_changes_or_ends(root: Path) -> None:
    ws = with_settings(
        open_workspace(root, environ={}, clock=Clock("2026-12-01T09:00")),
        sign_in=SignInSettings(editors=("ed@example.org",)),
    )
    shift = Shift(ws, threading.Event())
    host = ws.settings.web.base_url.rstrip("/")
    with served(shift.app) as server:
        named = {
            "Host": host.partition("://")[2],
            "Origin": host,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer, page = ask(server, "GET", "/sign-in", headers=named)
        [token] = re.findall(r'name="token" value="([^"]*)"', page)
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        form = urlencode({"token": token, "address": "ed@example.org"})
        assert ask(server, "POST", "/sign-in", form, {**named, "Cookie": cookie})[0].status == 200
    shift.close()
    [mail] = (root / "outbox").rglob("*.eml")
    assert b"ed@example.org" in mail.read_bytes()
    ws.store.close()


def test_a_program_whose_store_a_newer_one_brought_up_ends_and_says_why(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_work_module, "EVERY", timedelta(milliseconds=100))
    ws, stop = open_workspace(root, environ={}, clock=Clock("2026-11-28T09:00")), threading.Event()
    shift = Shift(ws, stop)
    shift.begin()
    with ws.store.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert stop.wait(LONG)
    shift.rest()
    shift.close()
    assert "brought to schema 9999" in shift.fault
    with pytest.raises(StoreError, match="9999"):
        Shift(open_workspace(root, environ={}), threading.Event())
    ws.store.close()
