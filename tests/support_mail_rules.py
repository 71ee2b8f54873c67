"""The rules S1 to S10 for a message as it leaves, read from its bytes by the standard library alone.

Each rule is one function that takes a `Sent` and asserts; `assert_good_message` asks them all. None of them knows how
the program makes a mail, so they hold for whatever a provider, a file or a sink was given.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime
from functools import cached_property

#: RFC 5322, 2.1.1: what a line may have, and what it should have, without its CRLF.
LONGEST, LONG = 998, 78
#: How far the Date may be from the moment of handing over.
CLOSE = timedelta(minutes=5)
_ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")
_FEEDBACK = re.compile(r"[^:\s]{1,50}(:[^:\s]{1,50}){0,2}:[^:\s]{5,15}")


@dataclass(frozen=True)
class Sent:
    """A message's bytes, when and to whom they left, and what kind of mail it is.

    A mail `to_list` can be left; with `leave_elsewhere` its list is kept by somebody else. An `automatic` one answers
    something its reader did; so does whatever goes to no list.
    """

    raw: bytes
    at: datetime
    to: str
    to_list: bool = True
    leave_elsewhere: bool = False
    automatic: bool = False

    @cached_property
    def head(self) -> bytes:
        """The header section, without the empty line that ends it."""
        return self.raw.partition(b"\r\n\r\n")[0]

    @cached_property
    def modern(self) -> EmailMessage:
        """As `email.policy.default` reads it."""
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @cached_property
    def legacy(self) -> Message:
        """As `email.policy.compat32` reads it, which most programs in the world resemble."""
        return message_from_bytes(self.raw, policy=policy.compat32)

    def fields(self, name: str) -> list[str]:
        """The raw values of a header field, unfolded."""
        lines = re.sub(rb"\r\n(?=[ \t])", b"", self.head).split(b"\r\n")
        start = name.lower().encode() + b":"
        return [line[len(start) :].strip().decode("ascii") for line in lines if line.lower().startswith(start)]


def s1_one_click_leaving(sent: Sent) -> None:
    """RFC 8058: one List-Unsubscribe with one https address, and one List-Unsubscribe-Post; none in service mails."""
    addresses, posts = sent.fields("List-Unsubscribe"), sent.fields("List-Unsubscribe-Post")
    if not sent.to_list:
        assert (addresses, posts) == ([], [])
        return
    assert len(addresses) == 1
    assert re.fullmatch(r"<https://[!-;=?-~]+>", addresses[0]), addresses
    assert posts == ([] if sent.leave_elsewhere else ["List-Unsubscribe=One-Click"])


def s2_signature_covers_leaving(sent: Sent) -> None:
    """Where a message is signed already, the signature covers both headers of RFC 8058 and who wrote to whom."""
    for signature in sent.fields("DKIM-Signature"):
        found = re.search(r"(?:^|;)\s*h\s*=([^;]*)", signature)
        assert found
        covered = {name.strip().lower() for name in found[1].split(":")}
        wanted = {"from", "to", "subject", "date", "message-id"}
        assert covered >= wanted | ({"list-unsubscribe", "list-unsubscribe-post"} if sent.to_list else set())


def s3_leaving_takes_a_token(sent: Sent) -> None:
    """The address of leaving is opaque: it shows no address of its reader, and its token has 128 bits or more."""
    if not sent.to_list or sent.leave_elsewhere:
        return
    address = sent.fields("List-Unsubscribe")[0].strip("<>")
    assert "@" not in address
    assert sent.to.partition("@")[0].lower() not in re.split(r"[/?&=.]", address.lower())
    assert len(address.rpartition("/")[2]) >= 22


def s4_leaving_on_one_line(sent: Sent) -> None:
    """List-Unsubscribe is one raw line of ASCII, never folded and never encoded words."""
    lines = [line for line in sent.head.split(b"\r\n") if line.lower().startswith(b"list-unsubscribe:")]
    assert len(lines) == sent.to_list
    for line in lines:
        assert line.isascii()
        assert len(line) <= LONGEST
        assert line.endswith(b">")
        assert b"=?" not in line


def s5_lines(sent: Sent) -> None:
    """RFC 5322: CRLF alone, no NUL, 7 bits; no line above 998 octets, nor above 78 but what must not be folded."""
    assert re.sub(rb"\r\n", b"", sent.raw).count(b"\r") == 0
    assert re.sub(rb"\r\n", b"", sent.raw).count(b"\n") == 0
    assert b"\0" not in sent.raw
    assert sent.raw.isascii()
    for line in sent.raw.split(b"\r\n"):
        assert len(line) <= LONGEST
        assert len(line) <= LONG or line.lower().startswith((b"list-", b"to:", b"message-id:", b" <")), line


def s6_headers_come_back(sent: Sent) -> None:
    """RFC 2047: encoded words of at most 75 characters; both readers find the same fields and no defect."""
    assert all(len(word) <= 75 for word in _ENCODED_WORD.findall(sent.head))
    assert sent.modern.keys() == sent.legacy.keys()
    for part in (*sent.modern.walk(), *sent.legacy.walk()):
        assert not part.defects
    for name in ("Subject", "From", "List-Id"):
        if name in sent.modern:
            assert not sent.modern[name].defects
            assert _decoded(sent.legacy[name]) == re.sub(r"[ \t]+", " ", str(sent.modern[name])), name


def s7_each_field_once(sent: Sent) -> None:
    """One From, To, Subject, Date and Message-ID; the Date is that of sending, the Message-ID our own domain's."""
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"):
        assert len(sent.modern.get_all(name) or []) == 1, name
    assert abs(parsedate_to_datetime(str(sent.legacy["Date"])) - sent.at) <= CLOSE
    domain = parseaddr(str(sent.legacy["From"]))[1].rpartition("@")[2]
    assert re.fullmatch(rf"<[A-Za-z0-9._-]+@{re.escape(domain)}>", sent.fields("Message-ID")[0])


def s8_one_recipient(sent: Sent) -> None:
    """To is one address, that of its reader, and nobody gets a copy."""
    assert [one.addr_spec for one in sent.modern["To"].addresses] == [sent.to]
    assert sent.modern["Cc"] is None
    assert sent.modern["Bcc"] is None


def s9_says_what_it_is(sent: Sent) -> None:
    """A list's mail has List-Id (RFC 2919) and Precedence; an automatic one says that it is that (RFC 3834)."""
    automatic = sent.automatic or not sent.to_list
    assert sent.fields("Auto-Submitted") == (["auto-generated"] if automatic else [])
    assert sent.fields("Precedence") == ([] if automatic else ["bulk"])
    if not sent.to_list:
        assert not [name for name in sent.modern if name.lower().startswith("list-")]
        return
    assert len(sent.fields("List-Id")) == 1
    assert re.search(r"<[A-Za-z0-9._-]+\.[A-Za-z0-9._-]+>$", sent.fields("List-Id")[0])
    for name in ("List-Help", "List-Archive", "List-Owner"):
        for value in sent.fields(name):
            assert re.fullmatch(r"<(?:https?://|mailto:)[!-;=?-~]+>", value), value


def s10_feedback_id(sent: Sent) -> None:
    """At most four fields, the last of 5 to 15 characters, and nothing in it that is one reader's."""
    found = sent.fields("Feedback-ID")
    assert len(found) == (sent.to_list and not sent.automatic)
    for value in found:
        assert _FEEDBACK.fullmatch(value), value
        assert "@" not in value


RULES: tuple[Callable[[Sent], None], ...] = (
    s1_one_click_leaving,
    s2_signature_covers_leaving,
    s3_leaving_takes_a_token,
    s4_leaving_on_one_line,
    s5_lines,
    s6_headers_come_back,
    s7_each_field_once,
    s8_one_recipient,
    s9_says_what_it_is,
    s10_feedback_id,
)


def assert_good_message(sent: Sent) -> None:
    """Every rule; the message of the assertion names the rule."""
    for rule in RULES:
        try:
            rule(sent)
        except AssertionError as error:
            raise AssertionError(f"{rule.__name__}: {error}") from error


def _decoded(value: object) -> str:
    """A header value as the old parser leaves it, with its folds and encoded words undone."""
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", str(value))
    return re.sub(r"[ \t]+", " ", str(make_header(decode_header(unfolded)))).strip()
