"""Replies of servers that are slow, broken or hostile: bounded in size and in time, by a clock of the tests' own."""

import contextlib
import socket
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_mail import batch, row
from support_smtp import scripted

from newsletter.providers.smtp import SmtpProvider, SmtpRoute
from newsletter.providers.smtp_dialog import Answer, Envelope, Session, deliver
from newsletter.providers.smtp_replies import LONGEST_LINE, MOST_LINES, NoReplyError, Reply
from newsletter.providers.smtp_wire import Wire

ENVELOPE = Envelope("hours@example.org", "ada@example.org")
MAIL = b"Subject: x\r\n\r\nHello\r\n"
USUAL = {b"MAIL": "250 ok", b"RCPT": "250 ok", b"DATA": "354 go on", b".": "250 taken"}


class SlowServer:
    """A socket whose server answers each command after so many seconds of a clock that it turns itself."""

    def __init__(self, waits: dict[bytes, float]) -> None:
        self.now, self.written, self._waits = 0.0, b"", waits
        self._timeout, self._due, self._replies = 0.0, 0.0, b""

    def clock(self) -> float:
        return self.now

    def settimeout(self, seconds: float) -> None:
        self._timeout = seconds

    def setsockopt(self, *_: object) -> None:
        """There is no network to tune."""

    def sendall(self, data: bytes) -> None:
        self.written += data
        verb = data.split()[0] if data.split() else b""
        if verb in USUAL:
            self._due = self.now + self._waits.get(verb, 0)
            self._replies = USUAL[verb].encode() + b"\r\n"

    def recv(self, _: int) -> bytes:
        if self._timeout == 0:
            raise BlockingIOError
        if self._due - self.now > self._timeout or not self._replies:
            self.now += self._timeout
            raise TimeoutError("timed out")
        self.now = max(self.now, self._due)
        given, self._replies = self._replies, b""
        return given


def told_after(**waits: float) -> tuple[Answer, SlowServer]:
    server = SlowServer({b"." if name == "dot" else name.encode(): wait for name, wait in waits.items()})
    wire = Wire(server, 60, server.clock)  # type: ignore[arg-type]  # as much of a socket as a wire needs
    return deliver(Session(wire), ENVELOPE, MAIL, SmtpRoute("mail.example.org").dot_timeout), server


def test_check_09_a_reply_to_the_dot_after_nine_minutes_and_59_seconds_is_heard() -> None:
    answer, server = told_after(dot=599)

    assert answer.outcome == "accepted"
    assert server.now >= 599


def test_check_09_after_more_than_ten_minutes_the_end_is_unknown_and_the_connection_given_up() -> None:
    answer, server = told_after(dot=601)

    assert (answer.outcome, answer.alive) == ("unknown", False)
    assert server.now >= 600


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_before_the_dot_a_silent_server_is_given_up_sooner(step: str) -> None:
    answer, server = told_after(**{step: 61})

    assert answer.outcome == "not_submitted"
    assert server.now == 60


@contextlib.contextmanager
def said(text: bytes, *, ends: bool = True, timeout: float = 5) -> Iterator[Wire]:
    """A wire on which a server said this."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            theirs.sendall(text)
        if ends:
            theirs.shutdown(socket.SHUT_WR)
        yield Wire(ours, timeout)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (b"250 ok\r\n", Reply(250, "ok")),
        (b"250 ok\n", Reply(250, "ok")),
        (b"250\r\n", Reply(250, "")),
        (b"250-a\r\n250-b\r\n250 c\r\n", Reply(250, "a\nb\nc")),
        (b"550 \xff\xfe\r\n", Reply(550, "\ufffd\ufffd")),
    ],
)
def test_a_reply_is_read(text: bytes, reply: Reply) -> None:
    with said(text) as wire:
        assert wire.reply() == reply


@pytest.mark.parametrize(
    "text",
    [
        b"what?\r\n",
        b"\r\n",
        b"25 ok\r\n",
        b"2500 ok\r\n",
        b"150 wait\r\n",
        b"650 odd\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n",
        b"220 " + b"x" * (LONGEST_LINE + 1) + b"\r\n",
        b"x" * 200_000,
        b"220-no end\r\n" * (MOST_LINES + 5),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_is_no_reply_or_has_no_end_is_given_up(text: bytes) -> None:
    with said(text, ends=False) as wire, pytest.raises(NoReplyError):
        wire.reply()


@pytest.mark.parametrize("text", [b"", b"250", b"250-more to come\r\n"])
def test_a_reply_that_breaks_off_is_a_lost_connection(text: bytes) -> None:
    with said(text) as wire, pytest.raises(ConnectionError):
        wire.reply()


def test_a_server_that_sends_a_byte_now_and_then_does_not_hold_a_worker() -> None:
    class Dripping(SlowServer):
        def recv(self, _: int) -> bytes:
            self.now += min(self._timeout, 10)
            return b"2"

    server = Dripping({})
    with pytest.raises(TimeoutError):
        Wire(server, 60, server.clock).reply()  # type: ignore[arg-type]  # as much of a socket as a wire needs
    assert server.now <= 60


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_reply_or_an_error_of_the_network(data: bytes) -> None:
    with said(data) as wire, contextlib.suppress(OSError):
        while True:
            assert 200 <= wire.reply().code < 600


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize(
    "flood",
    ["250-" + "x" * 10_000_000, "250-hello\r\n" * 800_000 + "250 end", "z" * 10_000_000],
    ids=["line", "lines", "none"],
)
def test_ten_megabytes_in_the_place_of_a_reply_cost_a_connection_and_no_memory(step: str, flood: str) -> None:
    with scripted({step: flood}) as server:
        provider = SmtpProvider(SmtpRoute("127.0.0.1", server.port, "none", timeout=60, dot_timeout=60))
        [receipt] = provider.submit(batch([row(1)]))
        provider.close()
    assert receipt.outcome == ("unknown" if step == "dot" else "not_submitted")


def test_what_was_said_in_clear_before_encryption_is_no_part_of_the_session() -> None:
    with said(b"250 injected\r\n250 more\r\n") as wire:
        wire.reply()
        with pytest.raises(NoReplyError, match="before encryption"):
            wire.encrypt(None, "mail.example.org")  # type: ignore[arg-type]  # refused before it is looked at


def _spoken(say: Callable[[socket.socket], object]) -> bool:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        say(theirs)
        return Wire(ours, 5).has_spoken()


def test_a_server_that_spoke_unasked_or_hung_up_is_noticed_without_waiting() -> None:
    assert not _spoken(lambda _: None)
    assert _spoken(lambda theirs: theirs.sendall(b"4"))
    assert _spoken(lambda theirs: theirs.shutdown(socket.SHUT_WR))
