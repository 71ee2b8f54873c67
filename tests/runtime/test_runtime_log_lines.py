"""What is logged: one line each, ids and never what they stand for, whoever wrote the words."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support_time import at_most

from newsletter.log_fields import FIELDS, about
from newsletter.redaction import LONGEST, Redactor, redact
from newsletter.runtime.log_lines import LogHandler, LogLines, Style, is_journal

KEY = "SG.c4n4ry-Key-0f-SendGrid.ZyXwVuTsRqPoNmLkJiHgFeDcBa9876543210-_abcd"
PASSWORD = "correct horse; battery staple"
KNOWN = Redactor([KEY, PASSWORD])
ADDRESSES = (
    "ada@example.org",
    "o'hara+weekly@mail.example.org",
    "user%tag=x!#$&*{}~^@sub.example.org",
    '"odd name"@example.org',
    "ünïcode@bücher.example",
    "reader@[192.0.2.7]",
    "bounce+ada=example.org@news.example.org",
    "%61da%40example.org",
    "ada=40example.org",
    "ADA＠EXAMPLE.ORG",
)


@pytest.fixture(params=["json", "text"])
def style(request: pytest.FixtureRequest) -> Style:
    return "json" if request.param == "json" else "text"


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    logger = logging.getLogger("newsletter.app.tests_of_logs")
    logger.propagate = False
    yield logger
    logger.handlers.clear()


def written(logger: logging.Logger, style: Style, *, journal: bool = False) -> io.StringIO:
    stream = io.StringIO()
    handler = LogHandler(stream)
    handler.setFormatter(LogLines(style, KNOWN, journal=journal))
    logger.handlers[:] = [handler]
    logger.setLevel(logging.DEBUG)
    return stream


def test_a_line_names_its_event_and_what_it_is_about(log: logging.Logger) -> None:
    stream = written(log, "json")
    ids = about("delivery.refused", "data-lab", issue="weekly-2026-12-04", delivery="f00d", attempt=3)
    log.warning("not taken: %s", "mailbox full", extra=ids)
    line = json.loads(stream.getvalue())
    moment = datetime.fromisoformat(line.pop("time"))
    assert moment.utcoffset() is not None
    assert moment.utcoffset().total_seconds() == 0
    assert line == {
        "level": "warning", "event": "delivery.refused", "community": "data-lab", "issue": "weekly-2026-12-04",
        "delivery": "f00d", "attempt": 3, "message": "not taken: mailbox full", "logger": log.name,
    }  # fmt: skip


def test_a_line_for_people_says_the_same(log: logging.Logger) -> None:
    stream = written(log, "text")
    log.info("off it goes", extra=about("issue.sent", "data-lab", issue="weekly-2026-12-04"))
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO    issue\.sent: off it goes "
        r"\[community=data-lab issue=weekly-2026-12-04\]\n",
        stream.getvalue(),
    )


def test_only_fields_that_are_documented_are_logged() -> None:
    with pytest.raises(ValueError, match="address"):
        about("x", address="ada@example.org")
    assert "address" not in FIELDS


def test_the_journal_is_given_priorities_and_keeps_its_own_time(log: logging.Logger) -> None:
    stream = written(log, "text", journal=True)
    log.error("no")
    log.info("yes")
    assert stream.getvalue() == "<3>tests_of_logs: no\n<6>tests_of_logs: yes\n"
    assert not is_journal(io.StringIO(), {"JOURNAL_STREAM": "1:2"})
    assert not is_journal(sys.__stderr__ or io.StringIO(), {"JOURNAL_STREAM": "1:2"})


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_is_logged_however_it_is_spelled(log: logging.Logger, style: Style, address: str) -> None:
    stream = written(log, style)
    for words in (
        "to %s",
        "<%s>",
        "(%s)",
        "RCPT TO:<%s> refused",
        "address=%s;",
        "{'to': '%s'}",
        "https://x/?a=%s&b=1",
    ):
        log.info(words, address)
    said = stream.getvalue()
    local, _, domain = re.split(r"(@|＠|%40|=40)", address, maxsplit=1)
    assert local not in said
    assert domain.strip("[]") not in said
    assert said.count("[address]") >= 7


def test_keys_are_known_by_value_and_by_shape(log: logging.Logger, style: Style) -> None:
    stream = written(log, style)
    import base64

    login = base64.b64encode(f"\0apikey\0{PASSWORD}".encode()).decode()
    for text in (KEY, quote(KEY), PASSWORD, quote(PASSWORD), login, PASSWORD.encode().hex()):
        log.error("the peer says: 401 %s is wrong", text)
    log.error("Authorization: Bearer abcdef-0123456789")
    log.error("password=hunter2hunter2, api_key: 'k-123'")
    log.error("GET /u/AbCdEf0123456789AbCdEf0123456789AbCdEf.x HTTP/1.1")
    log.error("-----BEGIN RSA PRIVATE KEY-----\nMIIEow+/x\n-----END RSA PRIVATE KEY-----")
    said = stream.getvalue()
    for part in (KEY, "battery", login[8:30], "abcdef-0123", "hunter2", "k-123", "AbCdEf0123456789", "MIIEow"):
        assert part not in said, part


def test_ids_names_and_places_stay_readable() -> None:
    for text in (
        "weekly-2026-12-04: 412 planned in 3 editions",
        "delivery 3f2a9c0d3f2a9c0d3f2a9c0d3f2a9c0d3f2a9c0d3f2a9c0d3f2a9c0d3f2a9c0d",
        "the token is over; the password is not set",
        "newsletter/app/sending/guarding.py, line 230, in _broke_off_and_is_tried_again_later",
        "https://news.example.org/hooks/sendgrid answers 204",
    ):
        assert redact(text) == text


def test_a_traceback_tells_where_and_neither_what_was_in_hand_nor_whose(log: logging.Logger, style: Style) -> None:
    stream = written(log, style)

    def hand_over(address: str, key: str) -> None:
        raise ValueError(f"550 <{address}> unknown\r\nkey {key}")

    try:
        hand_over("ada@example.org", KEY)
    except ValueError as first:
        try:
            raise RuntimeError("and then ada@example.org again") from first
        except RuntimeError:
            log.exception("a batch broke off")
    said = stream.getvalue()
    assert "hand_over" in said
    assert "RuntimeError" in said
    assert "ada" not in said
    assert "c4n4ry" not in said
    heads = [line for line in said.splitlines() if not line.startswith("    ")]
    assert len(heads) == 1


def test_a_line_that_does_not_fit_its_arguments_gives_nothing_away(log: logging.Logger, style: Style) -> None:
    class Secretive:
        def __str__(self) -> str:
            raise ValueError(KEY)

    stream = written(log, style)
    log.info("two %s %s", "ada@example.org")
    log.info("one %s", Secretive())
    log.info("fields", extra={"event": "x", "about": {"issue": Secretive()}})
    assert "ada" not in stream.getvalue()
    assert "c4n4ry" not in stream.getvalue()
    assert "could not be logged (ValueError)" in stream.getvalue()


LOCAL = st.text(
    st.characters(codec="utf-8", exclude_characters="@＠﹫<>()[],;:\"\\|/?&{}=' ", exclude_categories=("Z", "C")),
    min_size=3,
    max_size=40,
)
ANY = st.text(max_size=60)


@settings(max_examples=150, deadline=None)
@given(LOCAL, ANY, ANY, st.sampled_from(["to %s", "%r", "<%s>", '{"email": "%s"}', "x\n%s\ny"]))
@example("weird!#$%*+-^_`.~", "550 no such user ", "\r\n[address]", "%s")
def test_whatever_stands_around_it_a_hostile_address_is_not_logged(
    before: str, left: str, right: str, how: str
) -> None:
    address = f"zq{before}qz@zq-domain.example"
    logger = logging.getLogger("newsletter.app.hostile_logs")
    logger.propagate = False
    for style in ("json", "text"):
        stream = written(logger, style)
        logger.info("%s %s %s", left, how % address, right)
        logger.info("%s", left, extra=about("x", issue=address))
        try:
            raise ValueError(f"{left} {how % address} {right}")
        except ValueError:
            logger.exception("broken off")
        said = stream.getvalue()
        assert "zq-domain" not in said
        assert "qz@" not in said
        lines = said.splitlines()
        assert style == "text" or all(isinstance(json.loads(line), dict) for line in lines)
        assert sum(not line.startswith("    ") for line in lines) == 3
    logger.handlers.clear()


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=60), ANY, st.integers(0, 3))
def test_a_secret_that_was_learned_is_not_logged_in_any_of_its_spellings(secret: str, around: str, skip: int) -> None:
    import base64

    taught = Redactor([secret])
    coded = base64.b64encode(b"x" * skip + secret.encode() + b"yyy").decode()
    for spelling in (secret, quote(secret, safe=""), secret.encode().hex()):
        assert spelling not in taught.known(f"{around} {spelling} {around}").replace(around, "")
    assert coded[8:-8] == "" or coded not in taught.known(coded)


def test_the_keys_of_many_communities_are_learned_and_left_out_in_a_moment() -> None:
    import time

    begun = time.process_time()
    keys = [f"the-key-of-community-{number}" for number in range(300)]
    taught = Redactor()
    for number, key in enumerate(keys):
        taught.learn([key])
        assert taught.known(f"{keys[number // 2]}, {key}.") == "[secret], [secret]."
    # A pattern of all of them, compiled for each, took ten times the three seconds that were let pass once.
    assert time.process_time() - begun < at_most(0.6)


def test_what_a_key_begins_with_is_no_reason_to_show_its_end() -> None:
    for order in (["key-of-the-lab", "key-of-the-lab-in-autumn"], ["key-of-the-lab-in-autumn", "key-of-the-lab"]):
        assert Redactor(order).known("key-of-the-lab-in-autumn") == "[secret]"


def test_a_book_is_cut_where_a_word_ends() -> None:
    said = redact("word " * 2_000 + "ada@example.org")
    assert len(said) < LONGEST + 20
    assert said.endswith("[...]")


@pytest.mark.parametrize(
    "piece", ["@", "a@", "=", "%40", '"', "token=", "SG.", "-----BEGIN PRIVATE KEY-----", "aA1", ". "]
)
def test_no_line_makes_the_redactor_work_for_long(piece: str) -> None:
    import time

    begun = time.process_time()
    redact(piece * (4_000 // len(piece)))
    KNOWN.whole(piece * (12_000 // len(piece)))
    assert time.process_time() - begun < at_most(0.4)
