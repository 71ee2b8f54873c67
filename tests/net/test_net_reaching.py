"""Whether links answer: over real connections, guarded as every fetch, and never more than a look."""

import socket
import threading
from dataclasses import replace

import pytest
from support_http import canned, response

from newsletter.net.addresses import networks
from newsletter.net.guarded import Guard, Limits
from newsletter.net.reaching import Reached, reach

HOME = Guard(allowed=networks(["127.0.0.1"]), limits=Limits(seconds=60, wait=60))


def test_a_link_that_answers_is_asked_once_without_its_body() -> None:
    with canned(response(200)) as server:
        assert reach(f"{server.url}/a?b=c", HOME) == Reached(200)
        (request,) = server.requests
    assert request.startswith(b"HEAD /a?b=c HTTP/1.1\r\n")
    assert b"cookie" not in request.lower()


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_status_is_told_as_it_is(status: int) -> None:
    with canned(response(status)) as server:
        assert reach(server.url, HOME).status == status


def test_a_server_that_knows_no_head_is_asked_again() -> None:
    def answer(request: bytes) -> bytes:
        return response(405) if request.startswith(b"HEAD") else response(200, b"x" * 1000)

    with canned(answer) as server:
        assert reach(server.url, HOME) == Reached(200)
        assert [request.split()[0] for request in server.requests] == [b"HEAD", b"GET"]


def test_where_it_moved_is_told_with_the_first_status() -> None:
    def answer(request: bytes) -> bytes:
        paths = {b"/old": response(301, Location="/mid"), b"/mid": response(302, Location="/new")}
        return paths.get(request.split()[1], response(200))

    with canned(answer) as server:
        assert reach(f"{server.url}/old", HOME) == Reached(200, moved=f"{server.url}/new", moved_by=301)


def test_a_private_address_is_not_asked_even_behind_a_redirect() -> None:
    with canned(response(200)) as inner:
        assert reach(inner.url, replace(HOME, allowed=())).refused
        with canned(response(302, Location=inner.url.replace("127.0.0.1", "127.0.0.2"))) as outer:
            assert reach(outer.url, HOME).refused
        assert inner.requests == []


def test_a_name_that_leads_in_is_not_asked() -> None:
    guard = replace(HOME, allowed=(), resolver=lambda host, port: ["10.0.0.7"])
    found = reach("https://inner.example.org/", guard)
    assert found.refused
    assert "private" in found.reason


def test_redirects_have_an_end() -> None:
    with canned(response(302, Location="/again")) as server:
        found = reach(server.url, HOME)
    assert (found.status, found.refused) == (0, True)


def test_a_server_that_keeps_silent_is_not_waited_for() -> None:
    guard = replace(HOME, limits=Limits(seconds=0.3, wait=0.3))

    over = threading.Event()

    def answer(_: bytes) -> None:
        over.wait(60)

    with canned(answer) as server:
        assert reach(server.url, guard).reason == "it did not answer within 0.3 seconds"
        over.set()


def test_a_closed_port_and_no_http() -> None:
    with canned(b"hello") as server:
        assert "not HTTP" in reach(server.url, HOME).reason
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        # Held, and not listened at: nobody else can come to answer there.
        assert "no connection" in reach(f"http://127.0.0.1:{closed.getsockname()[1]}/", HOME).reason
