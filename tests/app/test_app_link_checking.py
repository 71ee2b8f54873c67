"""Following links when asked to: each once, a bounded number, remembered for an hour, told where it was written."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support_http import CannedHttp, canned, response
from support_workspace import settings_at

from newsletter.app.fetching import ALLOWED
from newsletter.app.link_checking import MOST, OF_ONE_HOST, LinkChecker, link_findings
from newsletter.app.workspace import Workspace
from newsletter.model.problem import Origin
from newsletter.net.addresses import networks
from newsletter.net.guarded import Guard, Limits

NOW = datetime(2026, 12, 1, 17, tzinfo=UTC)
HOME = Guard(allowed=networks(["127.0.0.1"]), limits=Limits(seconds=60, wait=60))
PAGE = Origin("events", "content/events/clinic.md", 3)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace(settings_at(tmp_path), clock=lambda: NOW, environ={})


@pytest.fixture
def site() -> Iterator[CannedHttp]:
    def answer(request: bytes) -> bytes:
        path = request.split()[1]
        if path.startswith(b"/old"):
            return response(301, Location="/new")
        return response(404 if path.startswith(b"/gone") else 200)

    with canned(answer) as server:
        yield server


def told(ws: Workspace, *links: str, now: datetime = NOW, seconds: float = 20.0) -> list[tuple[str, str, str]]:
    found = LinkChecker(ws, HOME, seconds).problems(dict.fromkeys(links, PAGE), now)
    return [(one.level, one.code, str(one.origin)) for one in found]


def test_dead_links_and_moved_ones_are_told_where_they_were_written(ws: Workspace, site: CannedHttp) -> None:
    assert told(ws, f"{site.url}/", f"{site.url}/gone", f"{site.url}/old") == [
        ("warning", "link.dead", "content/events/clinic.md:3"),
        ("info", "link.redirect", "content/events/clinic.md:3"),
    ]


def test_an_answer_is_remembered_for_an_hour(ws: Workspace, site: CannedHttp) -> None:
    for minutes in (0, 30, 59):
        assert told(ws, f"{site.url}/gone", now=NOW + timedelta(minutes=minutes)) != []
    asked = len(site.requests)
    told(ws, f"{site.url}/gone", now=NOW + timedelta(minutes=61))

    assert len(site.requests) == 2 * asked
    assert (ws.root / ".cache").stat().st_mode & 0o777 == 0o700


def test_a_broken_memory_is_none(ws: Workspace, site: CannedHttp) -> None:
    (ws.root / ".cache").mkdir()
    (ws.root / ".cache" / "links.json").write_text('[{"at": 5}]', encoding="utf-8")
    assert len(told(ws, f"{site.url}/gone")) == 1


def test_no_more_than_so_many_are_asked_and_the_rest_is_counted(ws: Workspace, site: CannedHttp) -> None:
    links = [f"{site.url}/{number}" for number in range(MOST + 7)]
    found = LinkChecker(ws, HOME).problems(dict.fromkeys(links, PAGE), NOW)

    assert len(site.requests) == MOST
    assert [one.text.partition(":")[0] for one in found] == ["7 links were not asked"]


def test_a_host_is_asked_few_at_a_time(ws: Workspace) -> None:
    open_, most, lock = 0, 0, threading.Lock()

    class Counting(CannedHttp):
        def _one(self, sock):
            threading.Thread(target=self._counted, args=(sock.dup(),), daemon=True).start()

        def _counted(self, sock) -> None:
            nonlocal open_, most
            with lock:
                open_ += 1
                most = max(most, open_)
            time.sleep(0.05)
            with lock:
                open_ -= 1  # before the answer: who has it may be here again before this thread goes on
            with sock:
                super()._one(sock)

    server = Counting(lambda _: response(200))
    try:
        told(ws, *(f"{server.url}/{number}" for number in range(8)))
    finally:
        server.close()
    assert most <= OF_ONE_HOST


def test_time_for_all_is_bounded(ws: Workspace) -> None:
    def slow(_: bytes) -> bytes:
        time.sleep(0.3)
        return response(200)

    with canned(slow) as server:
        found = told(ws, *(f"{server.url}/{number}" for number in range(12)), seconds=0.5)
    assert len(server.requests) < 12
    assert found[-1][:2] == ("info", "link.dead")


def test_a_private_address_is_refused_unless_the_operator_permits_it(ws: Workspace, site: CannedHttp) -> None:
    link = f"{site.url}/"
    refused = link_findings(ws, {link: PAGE})
    assert [one.code for one in refused] == ["link.dead"]
    assert "private network" in refused[0].text
    assert site.requests == []

    permitted = Workspace(ws.settings, ws.clock, {ALLOWED: "127.0.0.0/8"})
    assert link_findings(permitted, {link: PAGE}) == ()
    broken = Workspace(ws.settings, ws.clock, {ALLOWED: "home"})
    assert [one.code for one in link_findings(broken, {link: PAGE})] == ["source.settings"]
