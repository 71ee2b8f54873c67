"""Messages that follow each other without waiting: what is under way, what is in doubt, and who is spared."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_mail import AT, batch, edition, row
from support_smtp import CLOSE, ScriptedSmtp, Step, certificate, scripted

from newsletter.model.delivery import Receipt
from newsletter.model.mail import Row, message_bytes
from newsletter.providers import smtp_wire
from newsletter.providers.smtp import SmtpProvider, SmtpRoute
from newsletter.providers.smtp_outflow import Outflow

PIPELINED: dict[str, Step] = {"EHLO": "250-test\r\n250-PIPELINING\r\n250 8BITMIME"}
CHUNKED: dict[str, Step] = {"EHLO": "250-test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME"}
QUICK = pytest.mark.parametrize("server_kind", [PIPELINED, CHUNKED], ids=["pipelined", "chunked"])


class Journal:
    """Keeps what it hears, or forbids it."""

    def __init__(self, forbidden: frozenset[str] = frozenset()) -> None:
        self.begun: list[str] = []
        self.ended: dict[str, str] = {}
        self._forbidden = forbidden

    def begins(self, delivery_ids: Sequence[str]) -> None:
        if self._forbidden & set(delivery_ids):
            raise OSError("the lease is over")
        self.begun += delivery_ids

    def ends(self, receipts: Sequence[Receipt]) -> None:
        self.ended.update((one.delivery_id, one.outcome) for one in receipts)


def rows(count: int) -> list[Row]:
    return [row(number) for number in range(1, count + 1)]


def sent(server: ScriptedSmtp, of: Sequence[Row], **route: object) -> list[str]:
    given = {"timeout": 60.0, "dot_timeout": 60.0} | route
    provider = SmtpProvider(SmtpRoute("127.0.0.1", server.port, "none", **given))
    receipts = provider.submit(batch(of))
    provider.close()
    assert [one.delivery_id for one in receipts] == [one.delivery_id for one in of]
    return [one.outcome for one in receipts]


def test_with_chunking_what_arrives_is_the_message_octet_by_octet() -> None:
    with scripted(CHUNKED) as server:
        assert sent(server, rows(40)) == ["accepted"] * 40
    assert server.messages == [message_bytes(edition(), one, AT) for one in rows(40)]
    assert len(server.sessions) == 1
    assert len(server.commands("RSET")) == 39


def test_the_first_message_of_a_session_goes_alone_and_then_ever_more() -> None:
    seen: list[tuple[int, int]] = []
    with scripted(CHUNKED) as server:
        provider = SmtpProvider(SmtpRoute("127.0.0.1", server.port, "none"))
        journal = Journal()
        truly = journal.ends

        def ends(receipts: Sequence[Receipt]) -> None:
            truly(receipts)
            seen.append((len(journal.begun), len(journal.ended)))

        journal.ends = ends  # type: ignore[method-assign]  # looks on while it listens
        provider.submit(replace(batch(rows(200)), witness=journal))
        provider.close()
    assert seen[0] == (1, 1)
    assert max(begun - ended for begun, ended in seen) <= 32
    assert max(begun - ended for begun, ended in seen) > 1


@QUICK
@pytest.mark.parametrize("reply", ["550 nobody", "451 later"])
def test_a_refused_recipient_costs_only_itself(server_kind: dict[str, Step], reply: str) -> None:
    with scripted({**server_kind, "RCPT": lambda n: reply if n in (2, 5, 6) else "250 ok"}) as server:
        outcomes = sent(server, rows(9))
    refused = "rejected" if reply[0] == "5" else "refused_for_now"
    assert outcomes == [refused if n in (2, 5, 6) else "accepted" for n in range(1, 10)]
    assert len(server.sessions) == 1
    assert len([one for one in server.messages if len(one) > 500]) >= 6


@pytest.mark.parametrize("fault", [CLOSE, "what?"])
def test_with_chunking_what_was_under_way_is_in_doubt_and_nothing_else_is_begun(fault: str) -> None:
    script = {**CHUNKED, "BDAT": lambda n: fault if n == 4 else "250 ok"}
    with scripted(script) as server:
        outcomes = sent(server, rows(50))
    assert outcomes[:3] == ["accepted"] * 3
    doubtful = outcomes.count("unknown")
    assert 1 <= doubtful <= 4
    assert outcomes[3 : 3 + doubtful] == ["unknown"] * doubtful
    assert set(outcomes[3 + doubtful :]) == {"not_submitted"}
    assert 4 <= len(server.messages) <= 3 + doubtful


@QUICK
def test_a_session_that_ends_itself_hands_over_to_another(server_kind: dict[str, Step]) -> None:
    with scripted({**server_kind, "MAIL": lambda n: "421 enough" if n == 3 else "250 ok"}) as server:
        server.orderly = True
        outcomes = sent(server, rows(4)[:3])
    assert outcomes == ["accepted"] * 3
    assert len(server.sessions) == 2


@QUICK
def test_no_more_than_is_set_goes_over_one_connection(server_kind: dict[str, Step]) -> None:
    with scripted(server_kind) as server:
        assert sent(server, rows(7), messages_per_connection=3) == ["accepted"] * 7
    assert [sum(line.startswith("MAIL") for line in one) for one in server.sessions] == [3, 3, 1]
    assert all(one[-1] == "QUIT" for one in server.sessions)


@QUICK
def test_many_connections_share_a_batch(server_kind: dict[str, Step]) -> None:
    with scripted(server_kind) as server:
        assert sent(server, rows(60), connections=4) == ["accepted"] * 60
    assert len(server.messages) == 60
    assert len(server.sessions) <= 4


@QUICK
def test_who_is_to_know_is_told_before_and_after_each_message(server_kind: dict[str, Step]) -> None:
    journal = Journal()
    with scripted(server_kind) as server:
        provider = SmtpProvider(SmtpRoute("127.0.0.1", server.port, "none"))
        provider.submit(replace(batch(rows(9)), witness=journal))
        provider.close()
    assert journal.begun == [f"d-{number}" for number in range(1, 10)]
    assert journal.ended == dict.fromkeys(journal.begun, "accepted")


@QUICK
def test_what_may_not_leave_any_more_does_not(server_kind: dict[str, Step]) -> None:
    journal = Journal(frozenset({"d-4"}))
    with scripted(server_kind) as server:
        provider = SmtpProvider(SmtpRoute("127.0.0.1", server.port, "none"))
        receipts = provider.submit(replace(batch(rows(4)), witness=journal))
        provider.close()
    outcomes = {one.delivery_id: one.outcome for one in receipts}
    assert outcomes["d-4"] == "not_submitted"
    assert {name for name, outcome in outcomes.items() if outcome == "accepted"} >= set(journal.begun)
    assert len(server.messages) == len(journal.begun)


def test_a_server_that_cannot_bear_many_at_once_is_led_command_by_command() -> None:
    """It says that it can, and answers nonsense when it is done to it."""
    script = {**PIPELINED, "RCPT": lambda n: "what?" if n == 1 else "250 ok"}
    with scripted(script) as server:
        outcomes = sent(server, rows(5))
    assert outcomes == ["not_submitted", "accepted", "accepted", "accepted", "accepted"]
    first, second = server.sessions
    assert "RCPT TO:<reader2@example.org>" in second
    assert len(first) <= 4


def test_a_server_that_speaks_unasked_is_left() -> None:
    script = {**PIPELINED, "dot": "250 ok\r\n250 and one more"}
    with scripted(script) as server:
        outcomes = sent(server, rows(3))
    assert outcomes[0] == "accepted"
    assert "unknown" not in outcomes
    assert len(server.messages) == outcomes.count("accepted")


def test_a_server_that_takes_a_message_whose_sender_it_refused_leaves_doubt() -> None:
    with scripted({**CHUNKED, "MAIL": "550 not you"}) as server:
        server.orderly = False
        outcomes = sent(server, rows(2))
    assert outcomes == ["unknown", "not_submitted"]


@QUICK
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_many_at_once_within_tls(server_kind: dict[str, Step], security: str, tmp_path: Path) -> None:
    serving, trusting = certificate(tmp_path)
    script: dict[str, Step] = {"EHLO": str(server_kind["EHLO"]).replace("250-test", "250-test\r\n250-STARTTLS")}
    with scripted(script, tls=serving, implicit=security == "tls") as server:
        route = SmtpRoute("127.0.0.1", server.port, security, timeout=60, dot_timeout=60, tls=trusting)  # type: ignore[arg-type]  # one of its words
        provider = SmtpProvider(route)
        long = edition(words="0123456789 \n" * 20_000)
        receipts = provider.submit(batch(rows(6), of=long))
        provider.close()
    assert [one.outcome for one in receipts] == ["accepted"] * 6
    assert len(server.messages) == 6
    assert min(map(len, server.messages)) > 200_000


@settings(max_examples=25)
@given(st.lists(st.binary(min_size=1, max_size=40), max_size=30), st.lists(st.integers(0, 50), max_size=60))
def test_however_little_leaves_at_once_the_order_stays_and_the_ends_are_known(
    pieces: list[bytes], takes: list[int]
) -> None:
    class Narrow:
        def __init__(self) -> None:
            self.taken, self.turns = b"", iter(takes)

        def write_some(self, offered: Sequence[bytes | memoryview]) -> int:
            piece = b"".join(offered)[: next(self.turns, 10_000)]
            self.taken += piece
            return len(piece)

    wire, out = Narrow(), Outflow[int]()
    known: list[int] = []
    for number, piece in enumerate(pieces):
        out.add([piece], len(piece))
        out.end(number)
        out.push(wire, known.append)  # type: ignore[arg-type]  # as much of a wire as it needs
        assert known == [n for n in range(number + 1) if len(b"".join(pieces[: n + 1])) <= len(wire.taken)]
    while out.left:
        out.push(wire, known.append)  # type: ignore[arg-type]  # as much of a wire as it needs
    assert wire.taken == b"".join(pieces)


@QUICK
def test_a_write_that_takes_a_few_octets_at_a_time_ends_well(
    server_kind: dict[str, Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    truly = smtp_wire.Wire.write_some

    def a_few(wire: smtp_wire.Wire, pieces: list[bytes]) -> int:
        return truly(wire, [b"".join(pieces)[:301]])

    monkeypatch.setattr(smtp_wire.Wire, "write_some", a_few)
    with scripted(server_kind) as server:
        assert sent(server, rows(3)) == ["accepted"] * 3
