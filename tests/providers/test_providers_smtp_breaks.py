"""Lines that break while much is under way: what has left is known to have left, and what was said has been heard."""

import socket
import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from support_mail import batch, row
from support_smtp import CLOSE, ScriptedSmtp, Step

from newsletter.model.delivery import Receipt
from newsletter.providers import smtp_outflow, smtp_wire
from newsletter.providers.smtp import SmtpProvider, SmtpRoute
from newsletter.providers.smtp_dialog import Envelope, Session, deliver
from newsletter.providers.smtp_replies import Reply

PIPELINED: dict[str, Step] = {"EHLO": "250-test\r\n250-PIPELINING\r\n250 8BITMIME"}
CHUNKED: dict[str, Step] = {"EHLO": "250-test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME"}
QUICK = pytest.mark.parametrize("server_kind", [PIPELINED, CHUNKED], ids=["pipelined", "chunked"])
RESET = struct.pack("ii", 1, 0)


class Abrupt(ScriptedSmtp):
    """Resets its connections where it ends them, and says when it did; with `last`, right behind that step."""

    def __init__(self, script: dict[str, Step], *, last: str = "", orderly_end: bool = False) -> None:
        self.last, self.orderly_end = last, orderly_end
        self.gone = threading.Event()
        super().__init__(script)

    def _session(self, sock: socket.socket) -> None:
        if not self.orderly_end:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        super()._session(sock)
        self.gone.set()

    def _do(self, sock: socket.socket, step: str) -> str:
        if step != self.last:
            return super()._do(sock, step)
        # In one segment, so that whoever reads the answer finds the end behind it.
        sock.send(f"{self.script[step]}\r\n".encode(), getattr(socket, "MSG_MORE", 0))
        sock.shutdown(socket.SHUT_WR)
        return str(self.script[step])


def open_to(server: ScriptedSmtp, **route: float) -> SmtpProvider:
    given = {"timeout": 60.0, "dot_timeout": 60.0} | route
    return SmtpProvider(SmtpRoute("127.0.0.1", server.port, "none", **given))  # type: ignore[arg-type]  # numbers all


def outcomes(receipts: Sequence[Receipt]) -> list[str]:
    return [one.outcome for one in receipts]


def breaks_at_the_third_envelope(monkeypatch: pytest.MonkeyPatch, *, after: bytes = b"") -> None:
    """Piece by piece; the third envelope finds the line broken, once these words of the server are there."""
    truly, envelopes = smtp_wire.Wire.write_some, 0

    def piece_by_piece(wire: smtp_wire.Wire, pieces: list[bytes]) -> int:
        nonlocal envelopes
        envelopes += bytes(pieces[0]).startswith((b"MAIL FROM", b"RSET\r\nMAIL FROM"))
        if envelopes != 3:
            return truly(wire, pieces)
        envelopes += 1
        sock: socket.socket = wire._sock
        sock.settimeout(30)
        while after and after not in sock.recv(9999, socket.MSG_PEEK):
            time.sleep(0.001)
        sock.settimeout(0)
        raise BrokenPipeError("Broken pipe")

    monkeypatch.setattr(smtp_outflow, "_AT_ONCE", 1)
    monkeypatch.setattr(smtp_wire.Wire, "write_some", piece_by_piece)


@QUICK
def test_a_message_that_left_before_the_line_broke_is_in_doubt_and_never_sent_again(
    server_kind: dict[str, Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last octet and what follows it leave in two writes of one turn, and the second one fails."""
    breaks_at_the_third_envelope(monkeypatch)
    step = "BDAT" if server_kind is CHUNKED else "dot"
    server = Abrupt({**server_kind, step: lambda n: CLOSE if n == 2 else "250 ok"}, orderly_end=True)
    provider = open_to(server)
    found = outcomes(provider.submit(batch([row(n) for n in range(1, 6)])))
    provider.close()
    server.close()
    assert found == ["accepted", "unknown", "not_submitted", "not_submitted", "not_submitted"]


@QUICK
def test_an_answer_that_came_before_the_line_broke_is_heard(
    server_kind: dict[str, Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks_at_the_third_envelope(monkeypatch, after=b"queued as second")
    step = "BDAT" if server_kind is CHUNKED else "dot"
    script = {**server_kind, step: lambda n: "250 ok: queued as second" if n == 2 else "250 ok"}
    server = Abrupt(script, orderly_end=True)
    provider = open_to(server)
    found = outcomes(provider.submit(batch([row(n) for n in range(1, 5)])))
    provider.close()
    server.close()
    assert found == ["accepted"] * 4
    assert len(server.messages) == 4
    assert len(server.sessions) == 2


def test_within_tls_an_answer_is_heard_although_the_line_is_reset_behind_it() -> None:
    class ResetBehind:
        """A socket within TLS, which is read until there is nothing more."""

        def __init__(self) -> None:
            self.said = [b"250 taken\r\n"]

        def setsockopt(self, *_: object) -> None:
            """There is no network to tune."""

        def recv(self, _: int) -> bytes:
            if self.said:
                return self.said.pop()
            raise ConnectionResetError("Connection reset by peer")

    wire = smtp_wire.Wire(ResetBehind(), 60)  # type: ignore[arg-type]  # as much of a socket as a wire needs
    wire.encrypted = True
    assert wire.hear() is False
    assert wire.replies.next() == Reply(250, "taken")


@QUICK
@pytest.mark.parametrize("connections", [1, 2])
def test_a_kept_connection_that_was_reset_meanwhile_costs_nobody_anything(
    server_kind: dict[str, Step], connections: int
) -> None:
    server = Abrupt(server_kind)
    provider = open_to(server, connections=connections)
    assert outcomes(provider.submit(batch([row(1)]))) == ["accepted"]
    [lane] = [one for one in provider._lanes if one.session]
    server.script["NOOP"] = CLOSE
    assert lane.session is not None
    lane.session.wire.write(b"NOOP\r\n")  # as if an operator had restarted the server
    assert server.gone.wait(30)
    server.script["NOOP"] = "250 ok"
    assert outcomes(provider.submit(batch([row(n) for n in range(2, 5)]))) == ["accepted"] * 3
    provider.close()
    server.close()
    assert len(server.messages) == 4


@QUICK
def test_a_server_that_hangs_up_as_soon_as_it_is_greeted_is_one_that_is_not_there(
    server_kind: dict[str, Step],
) -> None:
    server = Abrupt(server_kind, last="EHLO", orderly_end=True)
    provider = open_to(server)
    receipts = provider.submit(batch([row(n) for n in range(1, 5)]))
    server.last = ""
    again = provider.submit(batch([row(n) for n in range(1, 5)]))
    provider.close()
    server.close()
    assert outcomes(receipts) == ["not_submitted"] * 4
    assert outcomes(again) == ["accepted"] * 4


@QUICK
def test_a_server_that_says_a_letter_now_and_then_is_given_up(server_kind: dict[str, Step]) -> None:
    class Dripping(ScriptedSmtp):
        def _do(self, sock: socket.socket, step: str) -> str:
            if step == "MAIL":
                until = time.monotonic() + 30
                while time.monotonic() < until:
                    sock.sendall(b"2")
                    time.sleep(0.02)
            return super()._do(sock, step)

    server = Dripping(server_kind)
    for patience in (0.5, 4, 16):  # on a busy machine the wait may be over before MAIL is said
        provider = open_to(server, timeout=patience, dot_timeout=patience)
        begun = time.monotonic()
        [receipt] = provider.submit(batch([row(1)]))
        took = time.monotonic() - begun
        provider.close()
        if server.commands("MAIL"):
            break
    server.close()
    assert took < 29, "it says letters for 30"
    assert receipt.outcome == ("unknown" if server_kind is CHUNKED else "not_submitted")


def test_a_server_that_says_taken_before_the_dot_is_not_asked_a_second_time() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n")
        session = Session(smtp_wire.Wire(ours, 30))
        answer = deliver(session, Envelope("a@example.org", "b@example.org"), b"Subject: x\r\n\r\n", 30)
    assert (answer.outcome, answer.alive) == ("unknown", False)


def test_with_chunking_a_journal_that_fails_leaves_what_is_under_way_its_answers() -> None:
    class Full:
        def begins(self, delivery_ids: Sequence[str]) -> None:
            if "d-9" in delivery_ids:
                failed.set()
                raise OSError("no space left on the disk")

        def ends(self, receipts: Sequence[Receipt]) -> None:
            """There is space for these."""

    failed = threading.Event()

    def answer(number: int) -> str:
        assert number != 5 or failed.wait(30)  # the fifth to the ninth message are under way together
        return "250 ok"

    server = ScriptedSmtp({**CHUNKED, "BDAT": answer})
    provider = open_to(server)
    found = outcomes(provider.submit(replace(batch([row(n) for n in range(1, 21)]), witness=Full())))
    provider.close()
    server.close()
    assert "unknown" not in found
    assert found.count("accepted") == len(server.messages)
