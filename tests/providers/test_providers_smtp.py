"""SMTP by phase: what each failure at each step says of the recipient."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from support_mail import AT, batch, edition, row
from support_smtp import CLOSE, HANG, ScriptedSmtp, Step, certificate, scripted

from newsletter.model.delivery import Receipt
from newsletter.model.mail import Edition, message_bytes
from newsletter.providers.smtp import SmtpProvider, SmtpRoute
from newsletter.providers.smtp_dialog import Envelope, Session, deliver, wire_form
from newsletter.providers.smtp_session import open_session
from newsletter.providers.smtp_wire import Wire


@contextmanager
def to(server: ScriptedSmtp, **route: object) -> Iterator[SmtpProvider]:
    settings = {"security": "none", "timeout": 60.0, "dot_timeout": 60.0} | route
    provider = SmtpProvider(SmtpRoute("127.0.0.1", server.port, **settings))
    try:
        yield provider
    finally:
        provider.close()


def one_message(script: dict[str, Step], **route: object) -> Receipt:
    with scripted(script) as server, to(server, **route) as provider:
        [receipt] = provider.submit(batch([row(1)]))
    return receipt


#: A server that takes commands one by one, and one that takes them all at once.
PLAIN: dict[str, Step] = {}
PIPELINED: dict[str, Step] = {"EHLO": "250-test\r\n250-PIPELINING\r\n250 SIZE 0"}
SERVERS = pytest.mark.parametrize("server_kind", [PLAIN, PIPELINED], ids=["one by one", "pipelined"])
NOT_NOW, NEVER = (421, 450, 451, 452, 454), (550, 552, 554)


@SERVERS
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("code", [*NOT_NOW, *NEVER])
def test_check_10_a_refusal_at_any_step_is_the_recipients_alone(
    step: str, code: int, server_kind: dict[str, Step]
) -> None:
    def second(number: int) -> str:
        usual = {"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "dot": "250 ok"}[step]
        return f"{code} no" if number == 2 else usual

    with scripted({**server_kind, step: second}) as server, to(server) as provider:
        receipts = provider.submit(batch([row(1), row(2), row(3)]))
        outcomes = [one.outcome for one in receipts]
        if code == 421:  # the server closes; what it did not take goes over a new connection
            assert outcomes == ["accepted"] * 3
            assert len(server.sessions) == 2
        else:
            assert outcomes == ["accepted", "refused_for_now" if code in NOT_NOW else "rejected", "accepted"]
            assert receipts[1].detail == f"{code} no"
            assert len(server.sessions) == 1, "the connection was still good"


@SERVERS
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("code", [*NOT_NOW, *NEVER])
def test_check_10_a_refusal_of_everything_is_told_in_the_servers_words(
    step: str, code: int, server_kind: dict[str, Step]
) -> None:
    receipt = one_message({**server_kind, step: f"{code} never mind"})

    assert receipt.outcome == ("refused_for_now" if code in NOT_NOW else "rejected")
    assert receipt.detail == f"{code} never mind"


@pytest.mark.parametrize("step", ["greeting", "EHLO"])
@pytest.mark.parametrize("code", [*NOT_NOW, *NEVER])
def test_check_10_a_server_that_will_not_begin_has_refused_nobody(step: str, code: int) -> None:
    with scripted({step: f"{code} go away", "HELO": f"{code} go away"}) as server, to(server) as provider:
        receipts = provider.submit(batch([row(number) for number in range(1, 9)]))
        assert {one.outcome for one in receipts} == {"not_submitted"}
        assert all(f"{code} go away" in one.detail for one in receipts)
        assert len(server.sessions) == 2, "not once for every row"


@pytest.mark.parametrize("code", [530, 535])
def test_a_reply_about_our_credentials_burns_no_recipient(code: int) -> None:
    assert one_message({"MAIL": f"{code} who are you"}).outcome == "refused_for_now"


@SERVERS
@pytest.mark.parametrize("step", ["greeting", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", [CLOSE, HANG])
def test_check_08_a_connection_lost_before_the_message_has_submitted_nothing(
    step: str, fault: str, server_kind: dict[str, Step]
) -> None:
    assert one_message({**server_kind, step: fault}, timeout=0.2).outcome == "not_submitted"


@pytest.mark.parametrize("fault", [CLOSE, HANG])
def test_check_08_a_connection_lost_at_the_first_word_has_submitted_nothing(fault: str) -> None:
    assert one_message({"EHLO": fault}, timeout=0.2).outcome == "not_submitted"


def long_message(script: dict[str, Step]) -> str:
    with scripted(script) as server:
        session = open_session(SmtpRoute("127.0.0.1", server.port, "none", timeout=60))
        body = b"Subject: long\r\n\r\n" + b"0123456789" * 600_000
        answer = deliver(session, Envelope("a@example.org", "b@example.org"), body, 60)
        session.wire.close()
    return answer.outcome


def test_check_08_a_connection_lost_within_a_long_body_has_submitted_nothing() -> None:
    assert long_message({"body": CLOSE}) == "not_submitted"


def test_a_reply_that_comes_within_a_long_body_never_means_it_was_taken() -> None:
    assert long_message({"body": "552 5.3.4 too much"}) in ("rejected", "not_submitted")


def test_a_server_that_hung_up_before_the_dot_is_noticed_before_it_is_sent() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"250 ok\r\n250 ok\r\n354 go on\r\n")
        theirs.shutdown(socket.SHUT_WR)
        answer = deliver(Session(Wire(ours, 1)), Envelope("a@example.org", "b@example.org"), b"Subject: x\r\n\r\n", 1)
        assert answer.outcome == "not_submitted"
        assert not theirs.recv(65536).endswith(b"\r\n.\r\n")


def test_what_was_not_tried_is_never_rejected() -> None:
    long = edition(words="0123456789\n" * 20_000)
    script: dict[str, Step] = {"body": "552 5.3.4 too much"}
    with scripted(script) as server, to(server) as provider:
        receipts = provider.submit(batch([row(number) for number in range(1, 6)], of=long))
        rejected = [one for one in receipts if one.outcome == "rejected"]
        assert len(rejected) <= len(server.commands("DATA"))
        assert not [one for one in rejected if "not tried" in one.detail]


@SERVERS
@pytest.mark.parametrize("fault", [CLOSE, HANG, "what?", "354 more"])
def test_check_08_no_proper_reply_to_the_dot_leaves_the_message_unknown(
    fault: str, server_kind: dict[str, Step]
) -> None:
    assert one_message({**server_kind, "dot": fault}, dot_timeout=0.2).outcome == "unknown"


@SERVERS
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_reply_that_is_none_before_the_message_has_submitted_nothing(
    step: str, server_kind: dict[str, Step]
) -> None:
    assert one_message({**server_kind, step: "what?"}).outcome == "not_submitted"


def test_by_default_the_dot_waits_ten_minutes() -> None:
    assert SmtpRoute("mail.example.org").dot_timeout >= 600


def test_the_queue_id_is_kept() -> None:
    assert one_message({}).provider_id == "ABC123"


def test_after_an_unknown_end_nothing_more_of_the_batch_is_tried() -> None:
    with scripted({"dot": CLOSE}) as server, to(server) as provider:
        receipts = provider.submit(batch([row(1), row(2), row(3)]))
        assert [one.outcome for one in receipts] == ["unknown", "not_submitted", "not_submitted"]
        assert len(server.sessions) == len(server.messages) == 1


def test_one_connection_carries_many_messages_and_batches() -> None:
    with scripted({"RCPT": lambda n: "550 no" if n == 2 else "250 ok"}) as server, to(server) as provider:
        first = provider.submit(batch([row(1), row(2), row(3)]))
        second = provider.submit(batch([row(4)]))
        assert [one.outcome for one in (*first, *second)] == ["accepted", "rejected", "accepted", "accepted"]
        assert len(server.sessions) == 1
        assert len(server.commands("RSET")) == 1


def test_a_connection_closed_while_idle_is_opened_again() -> None:
    with scripted({"NOOP": CLOSE}) as server, to(server) as provider:
        assert provider.submit(batch([row(1)]))[0].outcome == "accepted"
        assert provider.submit(batch([row(2)]))[0].outcome == "accepted"
        assert len(server.sessions) == 2


@pytest.mark.parametrize("end", ["421 enough for one connection", CLOSE])
def test_a_server_that_ends_a_used_connection_gets_the_message_over_a_new_one(end: str) -> None:
    with scripted({"MAIL": lambda n: end if n == 2 else "250 ok"}) as server, to(server) as provider:
        receipts = provider.submit(batch([row(1), row(2), row(3)]))
        assert [one.outcome for one in receipts] == ["accepted"] * 3
        assert (len(server.sessions), len(server.messages)) == (2, 3)


def test_a_server_that_keeps_saying_421_is_left_alone() -> None:
    with scripted({"MAIL": "421 not today"}) as server, to(server) as provider:
        receipts = provider.submit(batch([row(number) for number in range(1, 20)]))
        assert {one.outcome for one in receipts} == {"refused_for_now"}
        assert len(server.sessions) == 2


def test_a_server_without_starttls_sees_no_mail() -> None:
    with scripted() as server, to(server, security="starttls") as provider:
        [receipt] = provider.submit(batch([row(1)]))
        assert receipt.outcome == "not_submitted"
        assert "STARTTLS" in receipt.detail
        assert not server.commands("MAIL")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_needs_a_certificate_that_is_trusted(security: str, tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    script: dict[str, Step] = {"EHLO": "250-test\r\n250 STARTTLS"}
    with scripted(script, tls=serving, implicit=security == "tls") as server:
        with to(server, security=security, tls=trusting) as provider:
            assert provider.submit(batch([row(1)]))[0].outcome == "accepted"
        with to(server, security=security) as provider:
            [receipt] = provider.submit(batch([row(2)]))
        assert receipt.outcome == "not_submitted"
        assert "certificate" in receipt.detail
        assert len(server.messages) == 1


@pytest.mark.parametrize(("reply", "outcome"), [("235 ok", "accepted"), ("535 no", "refused_for_now")])
def test_a_wrong_password_burns_no_recipient_and_is_told_nowhere(reply: str, outcome: str) -> None:
    script: dict[str, Step] = {"EHLO": "250-test\r\n250 AUTH PLAIN", "AUTH": reply}
    secret = SecretStr("canary-8f31")
    with scripted(script) as server, to(server, username="hours", password=secret) as provider:
        receipts = provider.submit(batch([row(1), row(2)]))
        assert {one.outcome for one in receipts} == {outcome}
        assert "canary" not in repr((receipts, provider, vars(provider)))


def test_a_message_larger_than_the_server_takes_is_not_begun() -> None:
    with scripted({"EHLO": "250-test\r\n250 SIZE 200"}) as server, to(server) as provider:
        [receipt] = provider.submit(batch([row(1)]))
        assert receipt.outcome == "rejected"
        assert "200" in receipt.detail
        assert not server.commands("MAIL")


def test_the_envelope_names_one_sender_one_recipient_and_the_size() -> None:
    with scripted({"EHLO": "250-test\r\n250 SIZE 0"}) as server, to(server) as provider:
        provider.submit(batch([row(1)]))
        size = len(message_bytes(edition(), row(1), AT))
        assert server.commands("MAIL") == [f"MAIL FROM:<hours@news.example.org> SIZE={size}"]
        assert server.commands("RCPT") == ["RCPT TO:<reader1@example.org>"]


def test_a_sender_below_an_international_domain_is_written_in_ascii() -> None:
    plain = edition()
    changed = {"sender": "Jürgen <hours@bücher.example>"}
    of = Edition(**{name: getattr(plain, name) for name in plain.__slots__} | changed)
    with scripted() as server, to(server) as provider:
        provider.submit(batch([row(1)], of=of))
        assert server.commands("MAIL") == ["MAIL FROM:<hours@xn--bcher-kva.example>"]


@pytest.mark.parametrize(
    "address", ["a b@example.org", "<a@example.org>", "a@example.org>\r\nDATA", "zoë@example.org", ""]
)
def test_an_address_that_would_break_the_dialog_is_rejected_unsaid(address: str) -> None:
    bad = row(1)
    bad = type(bad)(bad.delivery_id, address, bad.message_id, bad.unsubscribe_url, bad.values)
    with scripted() as server, to(server) as provider:
        receipts = provider.submit(batch([bad, row(2)]))
        assert [one.outcome for one in receipts] == ["rejected", "accepted"]
        assert len(server.commands("RCPT")) == 1


def test_lines_that_look_like_the_end_arrive_as_lines() -> None:
    tricky = edition(words="before\n.\n..\n.hidden\n.\r\nMAIL FROM:<x@example.org>")
    with scripted() as server, to(server) as provider:
        provider.submit(batch([row(1)], of=tricky))
        [wire] = server.messages
    assert re.sub(rb"(?m)^\.", b"", wire) == message_bytes(tricky, row(1), AT)


@given(st.lists(st.sampled_from([b".", b"a", b"\r", b"\n", b"\r\n", b"..", b"QUIT"])).map(b"".join))
def test_no_body_can_end_its_message_early(body: bytes) -> None:
    wire = wire_form(body)
    lines = wire.split(b"\r\n")
    assert lines.pop() == b""
    assert b"." not in lines
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    plain = re.sub(rb"\r\n|\r|\n", b"\r\n", body).removesuffix(b"\r\n").split(b"\r\n")
    assert [line[1:] if line.startswith(b".") else line for line in lines] == plain
