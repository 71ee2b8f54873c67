"""Mails that report failures, as the programs of the world write them: what each says, and of which mail of ours."""

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.delivery.bounces.reading import read_report
from newsletter.delivery.bounces.status import Failure, judge, together
from newsletter.delivery.return_path import LONGEST_NAME, delivery_of, return_path
from newsletter.settings import mailbox as settings_mailbox

MAILS = Path(__file__).parents[1] / "data" / "bounces"
DELIVERY = "5d41402abc4b2a76b9719d911017c592"
#: Each mail in tests/data/bounces: what it reports, and of whom.
CORPUS = {
    "arf-auth-failure": ("pass", ""),
    "arf-headers-only": ("complaint", "ada@example.com"),
    "arf-not-spam": ("pass", ""),
    "arf-opt-out": ("leave", ""),
    "barracuda-vague-spam": ("block", "ada@example.com"),
    "base64-returned-mail": ("hard", "ada@example.edu"),
    "challenge": ("pass", ""),
    "comcast-arf-verp": ("complaint", "ada@example.com"),
    "exchange-2010-quota": ("soft", "ada@example.edu"),
    "exchange-55-prose": ("hard", "ada@example.edu"),
    "exchange-online-5-1-10": ("hard", "ada@example.edu"),
    "exchange-online-edge-5-4-1": ("hard", "ada@example.edu"),
    "exchange-restricted": ("block", "ada@example.edu"),
    "exim-dsn": ("hard", "ada@example.com"),
    "exim-prose": ("hard", "ada@example.com"),
    "gmail-delay": ("delay", "ada@gmail.example"),
    "gmail-dmarc": ("block", "ada@gmail.example"),
    "gmail-no-such-user": ("hard", "ada@gmail.example"),
    "gmail-over-quota": ("soft", "ada@gmail.example"),
    "icloud-closed": ("hard", "ada@icloud.example"),
    "mailman-held": ("pass", ""),
    "mimecast-content": ("block", "ada@example.com"),
    "no-blank-line-between-blocks": ("hard", "ada@example.com"),
    "null-mx": ("hard", "ada@nomail.example"),
    "outlook-com-unknown": ("hard", "ada@outlook.example"),
    "outlook-jmrp-arf": ("complaint", "ada@hotmail.example"),
    "postfix-alias-one-of-two": ("soft", "team@example.com"),
    "postfix-delayed": ("delay", "ada@example.com"),
    "postfix-expired": ("soft", "ada@example.com"),
    "postfix-headers-only": ("hard", "ada@example.com"),
    "postfix-host-not-found": ("hard", "ada@gone.example.net"),
    "postfix-listed": ("block", "ada@example.com"),
    "postfix-mailbox-full": ("soft", "ada@example.com"),
    "postfix-sender-refused": ("block", "ada@example.com"),
    "postfix-smtputf8": ("hard", "zoë@bücher.example"),
    "postfix-success": ("pass", ""),
    "postfix-user-unknown": ("hard", "ada@example.com"),
    "postfix-verp-no-returned-mail": ("hard", "ada@example.com"),
    "qmail": ("hard", "ada@example.com"),
    "qmail-over-quota": ("soft", "ada@example.com"),
    "read-receipt": ("pass", ""),
    "reader-forwards-a-bounce": ("pass", ""),
    "sendmail-unknown": ("hard", "ada@example.com"),
    "ses-like-mixed-case": ("hard", "ADA@example.com"),
    "smtp32": ("soft", "ada@example.com"),
    "vacation": ("pass", ""),
    "vague-without-words": ("soft", "ada@example.com"),
    "yahoo-arf": ("complaint", ""),
    "yahoo-deferred-ts": ("soft", "ada@yahoo.example"),
    "yahoo-no-account": ("hard", "ada@yahoo.example"),
    "yahoo-prose": ("hard", "ada@yahoo.example"),
}
#: Reports that return nothing of the mail, and name it by the address they were sent to.
BY_RETURN_PATH = {"postfix-verp-no-returned-mail", "comcast-arf-verp"}


def raw(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


def test_every_mail_of_the_corpus_has_its_line() -> None:
    assert sorted(path.stem for path in MAILS.glob("*.eml")) == sorted(CORPUS)
    assert len(CORPUS) >= 30


@pytest.mark.parametrize("name", CORPUS)
def test_each_program_is_understood(name: str) -> None:
    report = read_report(raw(name))

    assert (report.nature, report.recipient) == CORPUS[name], report
    assert report.detail


@pytest.mark.parametrize("name", [name for name, (nature, _) in CORPUS.items() if nature != "pass"])
def test_the_mail_that_is_meant_is_named(name: str) -> None:
    report = read_report(raw(name))

    if name in BY_RETURN_PATH:
        assert any(DELIVERY in address for address in report.sent_to)
    else:
        assert f"{DELIVERY}@news.example.org" in report.message_ids


@pytest.mark.parametrize("name", CORPUS)
def test_line_ends_change_nothing(name: str) -> None:
    text = raw(name)

    assert read_report(text.replace(b"\n", b"\r\n")) == read_report(text)


def test_a_report_says_when_it_was_written_and_what_the_server_said() -> None:
    assert read_report(raw("yahoo-prose")).at == datetime(2026, 12, 4, 17, 0, 5, tzinfo=UTC)
    assert read_report(raw("exchange-55-prose")).at == datetime(
        2026, 12, 4, 18, 0, 5, tzinfo=timezone(timedelta(hours=1))
    )
    assert read_report(raw("postfix-mailbox-full")).detail == "552 5.2.2 <(address)>: user is over quota"
    assert read_report(raw("postfix-mailbox-full")).returned_to == "ada@example.com"


STATUSES = [
    ("failed", "5.1.1", "", "hard"),
    ("failed", "5.1.2", "", "hard"),
    ("failed", "5.1.3", "", "hard"),
    ("failed", "5.1.6", "", "hard"),
    ("failed", "5.1.10", "", "hard"),
    ("failed", "5.2.1", "", "hard"),
    ("failed", "5.1.7", "", "block"),
    ("failed", "5.1.8", "", "block"),
    ("failed", "5.2.2", "", "soft"),
    ("failed", "5.3.4", "message too big", "soft"),
    ("failed", "5.4.6", "routing loop", "soft"),
    ("failed", "5.6.0", "", "block"),
    ("failed", "5.7.1", "user unknown", "block"),
    ("failed", "5.7.515", "", "block"),
    ("failed", "4.4.7", "", "soft"),
    ("failed", "4.1.1", "", "soft"),
    ("delayed", "4.4.1", "", "delay"),
    ("delayed", "5.1.1", "", "delay"),
    ("", "4.2.2", "", "delay"),
    ("", "5.1.1", "", "hard"),
    ("delivered", "2.0.0", "", "pass"),
    ("relayed", "2.0.0", "", "pass"),
    ("expanded", "2.0.0", "", "pass"),
    ("failed", "5.0.0", "smtp; 550 5.1.1 unknown", "hard"),
    ("failed", "5.0.0", "smtp; 550 5.7.1 no", "block"),
    ("failed", "", "smtp; 550 no such user", "hard"),
    ("failed", "", "smtp; 450 no such user, greylisted", "soft"),
    ("failed", "5.0.0", "smtp; 550 account disabled", "hard"),
    ("failed", "5.0.0", "smtp; 552 quota exceeded, user unknown to have room", "soft"),
    ("failed", "5.1.0", "address rejected", "hard"),
    ("failed", "5.1.0", "sender blocked by policy", "block"),
    ("failed", "5.9.9", "what no table has", "soft"),
    ("failed", "", "", "soft"),
]


@pytest.mark.parametrize(("action", "status", "diagnostic", "nature"), STATUSES)
def test_a_status_means(action: str, status: str, diagnostic: str, nature: str) -> None:
    assert judge(Failure("ada@example.com", action, status, diagnostic)) == nature


def test_of_several_recipients_only_an_end_for_all_is_an_end() -> None:
    assert together(["hard", "hard"]) == "hard"
    assert together(["hard", "soft"]) == together(["hard", "pass"]) == together(["block", "delay"]) == "soft"
    assert together(["delay", "pass"]) == "delay"
    assert together([]) == "pass"


@pytest.mark.parametrize("name", CORPUS)
def test_no_address_stays_in_the_words_that_are_kept(name: str) -> None:
    assert "@" not in read_report(raw(name)).detail


def test_a_report_names_no_more_mails_than_anybody_sends_in_one() -> None:
    many = b"In-Reply-To: " + b" ".join(b"<%d@news.example.org>" % number for number in range(900)) + b"\n"
    to = b"To: " + b", ".join(b"a%d@example.org" % number for number in range(100)) + b"\n"
    report = read_report(many + to + raw("postfix-user-unknown"))

    assert len(report.message_ids) == len(report.sent_to) == 20
    assert f"{DELIVERY}@news.example.org" == report.message_ids[0], "what is returned comes first"


def test_a_mail_in_a_mail_in_a_report_is_not_the_report() -> None:
    inner = raw("postfix-user-unknown").decode().replace("B0UND", "INNER")
    forwarded = (
        "From: ada@example.com\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nLook\n"
    )
    forwarded += f"--x\nContent-Type: message/rfc822\n\n{inner}\n--x--\n"

    assert read_report(forwarded.encode()).nature == "pass"


@settings(max_examples=40)
@given(st.binary(max_size=1_000))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    assert read_report(data).nature == "pass" or b"@" in data or b":" in data


@settings(max_examples=60)
@given(st.data())
def test_no_damage_to_a_report_is_too_odd(data: st.DataObject) -> None:
    text = raw(data.draw(st.sampled_from(sorted(CORPUS))))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    damaged = text[:start] + data.draw(st.binary(max_size=30)) + text[end:]

    found = read_report(damaged)

    assert len(found.detail) <= 400
    assert found.at is None or found.at.tzinfo is not None


@pytest.mark.parametrize(
    "hostile",
    [
        b"From: mailer-daemon@x\n\n" + b"> " * 60_000,
        b"From: mailer-daemon@x\n\n" + b"\n" * 12_000,
        b"From: mailer-daemon@x\n\n" + b"user unknown " * 20_000,
        b"From: mailer-daemon@x\n\n" + b"550 <a@b>: " * 20_000,
        b"To: " + b"a@b," * 50_000 + b"\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n",
        b"Content-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 2_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 5_000,
    ],
    ids=["quotes", "lines", "words", "codes", "addresses", "nested", "parts"],
)
def test_nothing_takes_long(hostile: bytes) -> None:
    begun = time.process_time()
    read_report(hostile)
    assert time.process_time() - begun < 20


OWN, KEY = "bounce@news.example.org", b"a-key"


@settings(max_examples=30)
@given(st.binary(min_size=16, max_size=16).map(bytes.hex), st.booleans())
def test_a_return_path_names_its_delivery_whatever_becomes_of_its_case(delivery_id: str, shouted: bool) -> None:
    path = return_path(OWN, delivery_id, KEY)

    assert delivery_of(path.upper() if shouted else path, OWN, (b"newer", KEY)) == delivery_id


def test_a_return_path_that_we_did_not_make_names_nothing() -> None:
    path = return_path(OWN, DELIVERY, KEY)

    assert not delivery_of(path, OWN, (b"another",))
    assert not delivery_of(path.replace(DELIVERY, DELIVERY[::-1]), OWN, (KEY,))
    assert not delivery_of(path, "hours@news.example.org", (KEY,))
    assert not delivery_of(path.replace("news.", "other."), OWN, (KEY,))
    assert not delivery_of(OWN, OWN, (KEY,))


def test_the_longest_name_still_fits_a_local_part() -> None:
    path = return_path("n" * LONGEST_NAME + "@example.org", DELIVERY, KEY)

    assert len(path.partition("@")[0]) == 64
    assert settings_mailbox.LONGEST_NAME == LONGEST_NAME
