"""Servers whose answers come together: what one look reads of them is what is read of them one by one."""

import re
import socket
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support_mail import AT, batch, edition, row
from support_smtp import ScriptedSmtp, Step

from newsletter.model.delivery import Receipt
from newsletter.model.mail import message_bytes
from newsletter.providers import smtp_dialog
from newsletter.providers.smtp import SmtpProvider, SmtpRoute
from newsletter.providers.smtp_dialog import last_answer
from newsletter.providers.smtp_replies import NoReplyError, Replies, Reply
from newsletter.redaction import Redactor

_BOTH = "250-test\r\n250-PIPELINING\r\n"
EXTENSIONS = {"pipelined": f"{_BOTH}250 8BITMIME", "chunked": f"{_BOTH}250-CHUNKING\r\n250 8BITMIME"}
QUICK = pytest.mark.parametrize("kind", EXTENSIONS)
MORE = getattr(socket, "MSG_MORE", 0)


class Together(ScriptedSmtp):
    """Answers what belongs together in one segment, where the system can."""

    def _do(self, sock: socket.socket, step: str) -> str:
        reply = self.script[step]
        self._counts[step] = self._counts.get(step, 0) + 1
        text = reply(self._counts[step]) if callable(reply) else reply
        sock.send(f"{text}\r\n".encode(), MORE if step in ("RSET", "MAIL", "RCPT") else 0)
        return text


class Looks:
    """Counts the envelopes that were read at one look, and those that were not."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.found: list[bool] = []
        truly = Replies.went

        def went(replies: Replies, kinds: str) -> bool:
            self.found.append(truly(replies, kinds))
            return self.found[-1]

        patch.setattr(Replies, "went", went)


def sent(
    kind: str, script: dict[str, Step], count: int, server: type[ScriptedSmtp] = Together
) -> tuple[list[Receipt], ScriptedSmtp]:
    there = server({"EHLO": EXTENSIONS[kind], **script})
    provider = SmtpProvider(SmtpRoute("127.0.0.1", there.port, "none", timeout=60, dot_timeout=60))
    receipts = provider.submit(batch([row(number) for number in range(1, count + 1)]))
    provider.close()
    there.close()
    return list(receipts), there


def arrived(kind: str, server: ScriptedSmtp) -> list[bytes]:
    """The messages that a server has, without the dots that DATA doubles."""
    return [raw if kind == "chunked" else raw.replace(b"\r\n..", b"\r\n.") for raw in server.messages]


@QUICK
def test_most_envelopes_are_read_at_one_look_and_what_arrives_is_the_message(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks(monkeypatch)
    receipts, server = sent(kind, {}, 20)
    assert [one.outcome for one in receipts] == ["accepted"] * 20
    assert arrived(kind, server) == [message_bytes(edition(), row(number), AT) for number in range(1, 21)]
    assert not MORE or looks.found.count(True) >= 10


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        *(("pipelined", step) for step in ("MAIL", "RCPT", "DATA", "dot")),
        *(("chunked", step) for step in ("RSET", "MAIL", "RCPT", "BDAT")),
    ],
)
@pytest.mark.parametrize("said", ["550 no", "421 bye", "354 go on", "250-two\r\n250 lines"])
def test_what_is_unusual_means_the_same_in_whatever_company_it_comes(kind: str, step: str, said: str) -> None:
    """The fourth answer of its step is another; what becomes of each message, and what arrives, is as one by one."""
    usual = str(ScriptedSmtp({}).script[step])
    script: dict[str, Step] = {step: lambda n: said if n == 4 else usual}
    together, there = sent(kind, script, 6)
    apart, elsewhere = sent(kind, script, 6, ScriptedSmtp)
    if kind == "pipelined":  # with CHUNKING how many are under way is a matter of time
        assert together == apart
        assert there.messages == elsewhere.messages
    made = {message_bytes(edition(), row(n), AT): f"d-{n}" for n in range(1, 7)}
    came = [made[raw] for raw in arrived(kind, there) if raw in made]
    assert {one.delivery_id for one in together if one.outcome == "accepted"} <= set(came)
    assert len(came) == len(set(came)) or said == "421 bye"  # which says that it was not taken


LINES = [b"250 ok\r\n", b"250 ok\n", b"250\r\n", b"250-ok\r\n", b"354 go\r\n", b"451 no\r\n", b"250ok\r\n", b"25"]


@settings(max_examples=150)
@given(
    said=st.lists(st.sampled_from(LINES), max_size=6),
    kinds=st.sampled_from(["22", "222", "223", "2223"]),
    cut=st.integers(0, 40),
)
@example(said=[b"250-ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"], kinds="22", cut=8)
@example(said=[b"250 ok\r\n"] * 2 + [b"250-ok\r\n"] + [b"250 ok\r\n"] * 2 + [b"354 go\r\n"], kinds="22", cut=24)
def test_a_look_takes_exactly_the_replies_it_is_about_or_none(said: list[bytes], kinds: str, cut: int) -> None:
    """Read in two parts, with a look whenever something is there, or without any."""
    data = b"".join(said)
    plain, looking = Replies(), Replies()
    one_by_one, looked = list[Reply](), list[Reply | str]()
    for part in (data[:cut], data[cut:]):
        plain.add(part)
        one_by_one += _there(plain)
        looking.add(part)
        while NONE not in looked and looking.went(kinds):
            looked += kinds
        looked += _there(looking)
    assert len(looked) == len(one_by_one)
    for seen, reply in zip(looked, one_by_one, strict=True):
        assert seen == (str(reply.kind) if isinstance(seen, str) else reply)


NONE = Reply(0, "none")


def _there(replies: Replies) -> list[Reply]:
    """The replies that are there, and at the end whether there is something that is none."""
    found: list[Reply] = []
    try:
        while (reply := replies.next()) is not None:
            found.append(reply)
    except NoReplyError:
        found.append(NONE)
    return found


WORDS = [
    "queued",
    "as",
    "AS",
    "Ok:",
    "for delivery",
    "mail",
    "<X1>",
    "ID",
    "A-1.b_2",
    "queued as",
    "\t",
    "\n",
    "x" * 290,
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=8))
@example(["2.0.0", "Ok:", "queued", "as", "4F1C"])
@example(["queued as", "ID", "queued as", "A-1.b_2"])
def test_whatever_a_server_accepts_with_its_id_is_found_and_the_words_before_it_kept(said: list[str]) -> None:
    answer = last_answer(Reply(250, " ".join(said)))
    words = " ".join(f"250 {' '.join(said)}".split())[:300]
    found = re.search(r"queued (?:mail for delivery )?as <?([A-Za-z0-9._-]+)", words, re.IGNORECASE)
    kept, its_id = (words[: found.start(1)].rstrip(" <"), found[1]) if found else (words, "")
    assert (answer.outcome, answer.detail, answer.provider_id, answer.alive) == ("accepted", kept, its_id, True)


def test_an_id_that_is_a_secret_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_dialog, "redact", Redactor(["canary-8f31"]))
    assert "canary" not in str(last_answer(Reply(250, "Ok: queued as canary-8f31")))


def test_before_anything_leaves_it_is_known_that_it_does() -> None:
    """Whoever is to know takes its time, in which nothing of the message reaches its end."""
    journal: list[str] = []

    class Listening:
        def begins(self, delivery_ids: Sequence[str]) -> None:
            time.sleep(0.03)
            assert len(server.messages) == len(journal)
            journal.extend(delivery_ids)

        def ends(self, receipts: Sequence[Receipt]) -> None:
            assert {one.delivery_id for one in receipts} <= set(journal)

    server = Together({"EHLO": EXTENSIONS["pipelined"]})
    provider = SmtpProvider(SmtpRoute("127.0.0.1", server.port, "none", timeout=60, dot_timeout=60))
    provider.submit(replace(batch([row(n) for n in range(1, 7)]), witness=Listening()))
    provider.close()
    server.close()
    assert journal == [f"d-{n}" for n in range(1, 7)]
