"""Several connections to one server, how long each is kept, and what a server must offer for a message to fit."""

import base64
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from support_mail import AT, batch, edition, row
from support_smtp import CLOSE, ScriptedSmtp, Step, authority, certificate, scripted

from newsletter.model.delivery import Receipt
from newsletter.model.mail import Row
from newsletter.model.workspace import ProviderSettings, Secrets
from newsletter.providers import smtp_wire
from newsletter.providers.registry import ProviderError, open_provider
from newsletter.providers.smtp import SmtpProvider, SmtpRoute
from newsletter.providers.smtp_session import NoSessionError, open_session

PIPELINED: dict[str, Step] = {"EHLO": "250-test\r\n250-PIPELINING\r\n250 8BITMIME"}


def open_to(server: ScriptedSmtp, **route: object) -> SmtpProvider:
    given = {"security": "none", "timeout": 60.0, "dot_timeout": 60.0} | route
    return SmtpProvider(SmtpRoute("127.0.0.1", server.port, **given))


def rows(count: int) -> list[Row]:
    return [row(number) for number in range(1, count + 1)]


def test_a_batch_goes_over_as_many_connections_as_are_set() -> None:
    together = threading.Barrier(3, timeout=60)

    def meet(_: int) -> str:
        together.wait()  # no connection is answered before all three have a message under way
        return "250 ok"

    with scripted({"dot": meet}) as server:
        provider = open_to(server, connections=3)
        receipts = provider.submit(batch(rows(9)))
        again = provider.submit(batch(rows(3)))
        provider.close()
    assert [one.delivery_id for one in receipts] == [f"d-{number}" for number in range(1, 10)]
    assert {one.outcome for one in (*receipts, *again)} == {"accepted"}
    assert len(server.messages) == 12
    assert len(server.sessions) == 3


def test_after_an_unknown_end_no_connection_begins_another_message() -> None:
    with scripted({"dot": CLOSE}) as server:
        provider = open_to(server, connections=4)
        receipts = provider.submit(batch(rows(40)))
        provider.close()
    outcomes = [one.outcome for one in receipts]
    assert 1 <= outcomes.count("unknown") <= 4
    assert outcomes.count("unknown") + outcomes.count("not_submitted") == 40
    assert len(server.messages) == outcomes.count("unknown")


def test_where_one_connection_fails_the_others_have_ended_when_it_is_told() -> None:
    turns = iter(range(100))
    fails = threading.Event()

    def sign(_: bytes) -> bytes:
        if next(turns) == 0:
            fails.set()
            raise RuntimeError("no signature")
        fails.wait(60)
        return b""

    with scripted() as server:
        provider = open_to(server, connections=2, sign=sign)
        with pytest.raises(RuntimeError, match="no signature"):
            provider.submit(batch(rows(20)))
        assert len(server.messages) == 19
        provider.close()


def test_no_more_connections_are_opened_than_there_are_rows() -> None:
    with scripted() as server:
        provider = open_to(server, connections=5)
        assert provider.submit(batch([])) == ()
        provider.submit(batch(rows(2)))
        provider.close()
    assert len(server.sessions) <= 2


def test_a_connection_carries_no_more_messages_than_are_set() -> None:
    with scripted() as server:
        provider = open_to(server, messages_per_connection=2)
        receipts = [*provider.submit(batch(rows(3))), *provider.submit(batch(rows(2)))]
        provider.close()
    assert {one.outcome for one in receipts} == {"accepted"}
    counts = [sum(line.startswith("MAIL") for line in session) for session in server.sessions]
    assert counts == [2, 2, 1]
    assert all(session[-1] == "QUIT" for session in server.sessions)


def test_a_batch_that_takes_too_long_leaves_the_rest_for_the_next() -> None:
    moments = iter([0.0, 1.0, 901.0, 902.0])
    with scripted() as server:
        provider = SmtpProvider(SmtpRoute("127.0.0.1", server.port, "none"), clock=lambda: next(moments))
        receipts = provider.submit(batch(rows(3)))
        provider.close()
    assert [one.outcome for one in receipts] == ["accepted", "not_submitted", "not_submitted"]


def test_one_write_carries_a_message_and_the_next_envelope(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    truly = smtp_wire.Wire.write_some

    def write_some(wire: smtp_wire.Wire, pieces: list[bytes]) -> int:
        written.append(b"".join(pieces))
        return truly(wire, pieces)

    monkeypatch.setattr(smtp_wire.Wire, "write_some", write_some)
    with scripted(PIPELINED) as server:
        provider = open_to(server)
        receipts = provider.submit(batch(rows(3)))
        provider.close()
    assert {one.outcome for one in receipts} == {"accepted"}
    envelopes = [
        f"MAIL FROM:<hours@news.example.org>\r\nRCPT TO:<reader{n}@example.org>\r\nDATA\r\n".encode()
        for n in (1, 2, 3)
    ]
    assert written[0] == envelopes[0]
    assert written[1].endswith(b"\r\n.\r\n" + envelopes[1])
    assert written[2].endswith(b"\r\n.\r\n" + envelopes[2])
    assert written[3].endswith(b"\r\n.\r\n")
    assert len(written) == 4


def test_a_server_that_wants_a_message_for_nobody_gets_an_empty_one_and_the_next_is_whole() -> None:
    script = {**PIPELINED, "RCPT": lambda n: "550 no" if n == 1 else "250 ok"}
    with scripted(script) as server:
        server.orderly = False
        provider = open_to(server)
        receipts = provider.submit(batch(rows(2)))
        provider.close()
    assert [one.outcome for one in receipts] == ["rejected", "accepted"]
    assert server.messages[0] == b""
    assert len(server.messages[1]) > 500
    assert len(server.sessions) == 1


def test_a_server_that_refused_the_sender_and_has_a_recipient_all_the_same_gets_no_empty_message() -> None:
    with scripted({**PIPELINED, "MAIL": lambda n: "550 not you" if n == 1 else "250 ok"}) as server:
        server.orderly = False
        provider = open_to(server)
        receipts = provider.submit(batch(rows(2)))
        provider.close()
    assert [one.outcome for one in receipts] == ["rejected", "accepted"]
    assert [len(one) > 500 for one in server.messages] == [True]
    assert len(server.sessions) == 2


@pytest.mark.parametrize(("refusal", "outcome"), [("421 4.7.0 closing", "refused_for_now"), ("550 no", "rejected")])
def test_a_refusal_is_heard_although_the_line_is_lost_behind_it(refusal: str, outcome: str) -> None:
    with scripted({**PIPELINED, "MAIL": refusal, "RCPT": CLOSE}) as server:
        server.orderly = False
        provider = open_to(server)
        [receipt] = provider.submit(batch([row(1)]))
        provider.close()
    assert (receipt.outcome, receipt.detail) == (outcome, refusal)


def unread(address: str) -> Row:
    return replace(row(1), address=address)


def one(script: dict[str, Step], sent: Row, words: str = "Hello") -> tuple[Receipt, ScriptedSmtp]:
    with scripted(script) as server:
        provider = open_to(server)
        [receipt] = provider.submit(batch([sent], of=edition(words=words)))
        provider.close()
    return receipt, server


def test_a_mail_larger_than_the_server_takes_is_rejected_with_both_figures() -> None:
    receipt, server = one({"EHLO": "250-test\r\n250 SIZE 5000"}, row(1), words="0123456789\n" * 1000)

    assert receipt.outcome == "rejected"
    assert "5000" in receipt.detail
    assert "MAIL" not in str(server.sessions)


def test_an_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    receipt, server = one({"EHLO": "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8"}, unread("zoë@example.org"))

    assert receipt.outcome == "accepted"
    assert server.commands("MAIL") == ["MAIL FROM:<hours@news.example.org> BODY=8BITMIME SMTPUTF8"]
    assert server.commands("RCPT")[0].encode("latin-1").decode() == "RCPT TO:<zoë@example.org>"
    assert "To: zoë@example.org".encode() in server.messages[0]
    for offers in ("250 test", "250-test\r\n250 8BITMIME"):
        receipt, server = one({"EHLO": offers}, unread("zoë@example.org"))
        assert receipt.outcome == "rejected"
        assert "SMTPUTF8" in receipt.detail
        assert not server.commands("MAIL")


@pytest.mark.parametrize(
    "address", ["zoë\u2028@example.org", "zo\x85e@example.org", "zoë @example.org", "z\u202eoë@e.org"]
)
def test_what_only_looks_like_a_letter_is_no_part_of_an_address(address: str) -> None:
    receipt, server = one({"EHLO": "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8"}, unread(address))

    assert receipt.outcome == "rejected"
    assert not server.commands("MAIL")


def test_octets_beyond_ascii_need_a_server_that_takes_them() -> None:
    plain = edition()
    eight = replace(plain, mime=(*plain.mime, "epilogue: é\r\n".encode()))
    for offers, outcome in (("250-test\r\n250 8BITMIME", "accepted"), ("250 test", "rejected")):
        with scripted({"EHLO": offers}) as server:
            provider = open_to(server)
            [receipt] = provider.submit(batch([row(1)], of=eight))
            provider.close()
        assert receipt.outcome == outcome
        assert ("BODY=8BITMIME" in str(server.commands("MAIL"))) == (outcome == "accepted")


def test_the_return_path_of_a_row_is_its_envelope() -> None:
    receipt, server = one({}, replace(row(1), return_path="bounce+abc@news.example.org"))

    assert receipt.outcome == "accepted"
    assert server.commands("MAIL") == ["MAIL FROM:<bounce+abc@news.example.org>"]


SECRET = SecretStr("canary-8f31")


@pytest.mark.parametrize(
    ("offers", "said"),
    [
        ("AUTH PLAIN LOGIN", ["AUTH PLAIN " + base64.b64encode(b"\0hours\0canary-8f31").decode()]),
        ("AUTH=PLAIN", ["AUTH PLAIN " + base64.b64encode(b"\0hours\0canary-8f31").decode()]),
        (
            "AUTH LOGIN",
            ["AUTH LOGIN", base64.b64encode(b"hours").decode(), base64.b64encode(b"canary-8f31").decode()],
        ),
    ],
)
def test_credentials_are_given_as_the_server_wants_them(offers: str, said: list[str]) -> None:
    steps = iter(["334 user", "334 password", "235 ok"])
    login = "LOGIN" in offers and "PLAIN" not in offers
    script: dict[str, Step] = {"EHLO": f"250-test\r\n250 {offers}", "AUTH": "334 user" if login else "235 ok"}
    next(steps)
    if login:
        script["NOOP"] = lambda _: next(steps, "250 ok")  # a line that is no command is what follows AUTH LOGIN
    with scripted(script) as server:
        provider = open_to(server, username="hours", password=SECRET)
        [receipt] = provider.submit(batch([row(1)]))
        provider.close()
    assert receipt.outcome == "accepted"
    [session] = server.sessions
    assert session[1 : 1 + len(said)] == said


@pytest.mark.parametrize("offers", ["AUTH CRAM-MD5", "SIZE 0"])
def test_a_server_that_wants_other_credentials_is_named(offers: str) -> None:
    with scripted({"EHLO": f"250-test\r\n250 {offers}"}) as server:
        provider = open_to(server, username="hours", password=SECRET)
        [receipt] = provider.submit(batch([row(1)]))
    assert receipt.outcome == "not_submitted"
    assert "AUTH PLAIN" in receipt.detail


def test_a_password_never_crosses_a_network_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_wire.Wire, "peer", property(lambda _: "192.0.2.7"))
    with scripted({"EHLO": "250-test\r\n250 AUTH PLAIN"}) as server:
        route = SmtpRoute("127.0.0.1", server.port, "none", username="hours", password=SECRET, timeout=60)
        with pytest.raises(NoSessionError, match="in clear"):
            open_session(route)
    assert not server.commands("AUTH")


def test_where_encryption_is_taken_away_neither_mail_nor_password_is_sent() -> None:
    """A middleman strips STARTTLS from the offer, refuses the command, or slips in what is not encrypted."""
    stripped: dict[str, Step] = {"EHLO": "250-test\r\n250 AUTH PLAIN"}
    refused: dict[str, Step] = {"EHLO": "250-test\r\n250-AUTH PLAIN\r\n250 STARTTLS", "STARTTLS": "454 not now"}
    injected: dict[str, Step] = {"EHLO": "250-test\r\n250 STARTTLS", "STARTTLS": "220 go on\r\n250 injected"}
    for script in (stripped, refused, injected):
        with scripted(script) as server:
            provider = open_to(server, security="starttls", username="hours", password=SECRET)
            [receipt] = provider.submit(batch([row(1)]))
            provider.close()
        assert receipt.outcome == "not_submitted"
        assert "canary" not in receipt.detail
        assert not server.commands("AUTH")
        assert not server.commands("MAIL")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_ones_own_authority_is_believed_where_its_file_is_set(security: str, tmp_path: Path) -> None:
    serving = authority(tmp_path)
    script: dict[str, Step] = {"EHLO": "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN"}
    outcomes = {}
    for name, more in {"set": {"ca_file": "ca.pem"}, "not set": {}}.items():
        with scripted(script, tls=serving, implicit=security == "tls") as server:
            given = {"kind": "smtp", "host": "127.0.0.1", "port": server.port, "security": security, "username": "h"}
            provider = open_provider(
                ProviderSettings.model_validate({**given, **more}), Secrets(smtp_password=SECRET), tmp_path
            )
            [receipt] = provider.submit(batch([row(1)]))
            provider.close()
            outcomes[name] = (receipt.outcome, len(server.messages), bool(server.commands("AUTH")))
    assert outcomes == {"set": ("accepted", 1, True), "not set": ("not_submitted", 0, False)}


def test_a_certificate_for_another_name_is_none(tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    with scripted(tls=serving, implicit=True) as server:
        route = SmtpRoute("localhost", server.port, "tls", timeout=60, tls=trusting)
        with pytest.raises(NoSessionError, match="certificate"):
            open_session(route)


def test_a_file_of_certificates_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing here")
    for name in ("empty.pem", "missing.pem"):
        settings = ProviderSettings(kind="smtp", ca_file=name)
        with pytest.raises(ProviderError, match=f"ca_file.*{name}"):
            open_provider(settings, Secrets(), tmp_path)


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["250 ok", "354 go on", "451 later", "550 no", "421 bye"]), min_size=3, max_size=3))
def test_whatever_a_pipelining_server_answers_only_a_whole_message_is_accepted(answers: list[str]) -> None:
    script = {**PIPELINED, "MAIL": answers[0], "RCPT": answers[1], "DATA": answers[2]}
    with scripted(script) as server:
        server.orderly = False
        provider = open_to(server)
        [receipt] = provider.submit(batch(rows(1)))
        provider.close()
    well = answers == ["250 ok", "250 ok", "354 go on"]
    assert (receipt.outcome == "accepted") == well
    assert receipt.outcome != "unknown"
    assert any(len(one) > 500 for one in server.messages) == well


def test_a_message_is_dated_once_for_all_who_get_it() -> None:
    with scripted() as server:
        provider = open_to(server, connections=2)
        provider.submit(batch(rows(4)))
        provider.close()
    dates = {line for raw in server.messages for line in raw.split(b"\r\n") if line.startswith(b"Date:")}
    assert dates == {f"Date: {AT:%a, %d %b %Y %H:%M:%S} +0000".encode()}
