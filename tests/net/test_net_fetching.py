"""Fetching from a real server on this machine, which is permitted here by name and by nothing else."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support_http import canned, response

from newsletter.net.addresses import networks
from newsletter.net.answer import Failed, Fetched, NotModified, Validators
from newsletter.net.fetching import fetch
from newsletter.net.guarded import Guard, Limits

HERE = Guard(allowed=networks(["127.0.0.1"]), limits=Limits(size=100_000, seconds=60, wait=60))
QUICK = Guard(allowed=networks(["127.0.0.1"]), limits=Limits(size=100_000, seconds=0.7, wait=0.5))


def failure(answer: object) -> Failed:
    assert isinstance(answer, Failed), answer
    return answer


def test_the_body_comes_with_what_to_ask_next_time() -> None:
    with canned(
        response(200, b"BEGIN:VCALENDAR", ETag='"1"', Last_Modified="Tue, 01 Dec 2026 08:00:00 GMT")
    ) as server:
        answer = fetch(f"{server.url}/a.ics?key=1#x", guard=HERE)
    assert answer == Fetched(b"BEGIN:VCALENDAR", Validators('"1"', "Tue, 01 Dec 2026 08:00:00 GMT"))
    (request,) = server.requests
    assert request.startswith(b"GET /a.ics?key=1 HTTP/1.1\r\n")
    assert b"Accept-Encoding: identity\r\n" in request


def test_an_unchanged_body_is_not_sent_again() -> None:
    with canned(lambda request: response(304 if b'If-None-Match: "1"' in request else 200, b"")) as server:
        assert fetch(server.url, Validators(etag='"1"'), HERE) == NotModified()
        assert fetch(server.url, Validators(etag='"2"'), HERE) == Fetched(b"")


def test_a_server_that_says_unchanged_unasked_has_failed() -> None:
    with canned(response(304)) as server:
        assert failure(fetch(server.url, guard=HERE)).reason == "its server answered 304"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int) -> None:
    def answer(request: bytes) -> bytes:
        return response(200, b"there") if b"GET /b " in request else response(status, Location="/b")

    with canned(answer) as server:
        assert fetch(server.url, guard=HERE) == Fetched(b"there")


def test_a_fourth_redirect_is_not_followed() -> None:
    with canned(response(302, Location="/again")) as server:
        assert "redirects more than 3 times" in failure(fetch(server.url, guard=HERE)).reason
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "http://2130706433/",
        "http://[::1]/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "http://[::1",
    ],
)
def test_each_redirect_is_checked_like_the_first_address(target: str) -> None:
    with canned(response(302, Location=target)) as server:
        assert failure(fetch(server.url, guard=HERE)).refused
    assert len(server.requests) == 1


def test_a_name_that_turns_inwards_between_two_requests_is_refused() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.7"]])
    guard = Guard(HERE.allowed, HERE.limits, resolver=lambda host, port: next(answers))
    with canned(response(302, Location="/again")) as server:
        url = server.url.replace("127.0.0.1", "rebinding.example.org")
        assert failure(fetch(url, guard=guard)).refused
    (request,) = server.requests
    assert b"Host: rebinding.example.org:" in request


def test_loopback_is_refused_unless_permitted() -> None:
    with canned(response(200, b"inside")) as server:
        assert failure(fetch(server.url)).refused
    assert not server.requests


def test_a_stated_size_is_believed_when_it_is_too_much() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"
    with canned(head) as server:
        assert failure(fetch(server.url, guard=HERE)).reason == "it has more than 0.1 MB"


@pytest.mark.parametrize("head", [b"Connection: close\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n20000\r\n"])
def test_an_unstated_size_is_counted(head: bytes) -> None:
    with canned(b"HTTP/1.1 200 OK\r\n" + head + b"x" * 0x20000) as server:
        assert failure(fetch(server.url, guard=HERE)).reason == "it has more than 0.1 MB"


def test_a_compressed_body_is_not_unpacked() -> None:
    with canned(response(200, b"\x1f\x8b", Content_Encoding="gzip")) as server:
        assert "compressed" in failure(fetch(server.url, guard=HERE)).reason


@contextmanager
def dripping(first: bytes, drop: bytes) -> Iterator[str]:
    """A server that never pauses for long and never ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        try:
            sock, _ = listener.accept()
            with sock:
                sock.sendall(first)
                while not over.wait(0.05):
                    sock.sendall(drop)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    over.set()
    listener.close()
    thread.join(5)


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x"),
    ],
)
def test_drop_by_drop_is_no_way_around_the_time_limit(first: bytes, drop: bytes) -> None:
    began = time.monotonic()
    with dripping(first, drop) as url:
        answer = failure(fetch(url, guard=QUICK))
        assert time.monotonic() - began < 60
    assert not isinstance(answer, Fetched)
    if first:
        assert answer.reason == "it did not answer in full within 0.7 seconds"


@pytest.mark.parametrize("raw", [None, b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
def test_what_is_no_whole_http_answer_has_failed(raw: bytes | None) -> None:
    with canned(raw) as server:
        assert not failure(fetch(server.url, guard=HERE)).refused


@pytest.mark.parametrize("status", [204, 206, 401, 403, 404, 410, 429, 500, 503])
def test_any_other_answer_has_failed(status: int) -> None:
    with canned(response(status, b"{}")) as server:
        assert failure(fetch(server.url, guard=HERE)) == Failed(f"its server answered {status}")


def test_nobody_there_and_no_such_name() -> None:
    with socket.socket() as held:  # and not listened at: nobody else can come to answer there
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        assert "no connection" in failure(fetch(f"http://127.0.0.1:{port}/", guard=HERE)).reason

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    guard = Guard(resolver=unknown)
    assert "looked up" in failure(fetch("http://gone.example.org/", guard=guard)).reason


def test_a_secret_address_stands_in_no_log_and_no_reason(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), canned(response(302, Location="/private-canary/b.ics")) as server:
        answer = failure(fetch(f"{server.url}/private-canary/a.ics", guard=HERE))
    assert "canary" not in caplog.text
    assert "canary" not in answer.reason
    assert "127.0.0.1" not in answer.reason
