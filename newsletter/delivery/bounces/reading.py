"""Reads a mail that may report a failure of ours: RFC 3464, RFC 5965, or what older and odder programs write.

It never raises, and believes nothing: whether the mail is about one that we sent is for the ledger to say, by the
Message-IDs and addresses that are named here.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from newsletter.delivery.bounces.parts import (
    addresses_in,
    blocks_of,
    enclosed_in,
    field,
    fields,
    message_ids_in,
    parts_of,
    read_mail,
)
from newsletter.delivery.bounces.prose import prose_failure, returned_in_prose
from newsletter.delivery.bounces.report import Nature, Report
from newsletter.delivery.bounces.status import Failure, judge, together

#: Octets that are looked at; a report that returns a long mail says what matters before it.
LARGEST = 1_000_000
#: Mails and addresses that a report may name before the rest is left unread.
MOST_NAMED = 20
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
#: What a server says of an address stays with the reader, and is erased with them; the words are enough.
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,@]{1,64}@[^\s<>()\[\]:;,@]{1,255}")
_ARRIVED_FOR = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Apparently-To")
#: RFC 5965, 7.3, and what large mailbox providers add; "not-spam" and reports about signatures complain of nothing.
_FEEDBACK: dict[str, Nature] = {
    **dict.fromkeys(("abuse", "fraud", "virus", "other", "miscategorized"), "complaint"),
    "opt-out": "leave",
    "opt-out-list": "leave",
}


def read_report(raw: bytes) -> Report:
    """What a mail reports; "pass" with the reason where it is no report, or cannot be read."""
    try:
        message = read_mail(raw, LARGEST)
        found = _report(message)
        return found if found.nature == "pass" else _named(message, found)
    except Exception as error:  # the library raises many kinds for mails that are none
        return Report("pass", f"it cannot be read ({type(error).__name__})")


def _report(message: Message) -> Report:
    for part in parts_of(message):
        if part.get_content_type() in _STATUS_PARTS:
            return _delivery_status(part)
        if part.get_content_type() == "message/feedback-report":
            return _feedback(part)
        if part.get_content_type() == "message/disposition-notification":
            return Report("pass", "it says what a reader did with a mail")
    return _prose(message)


def _delivery_status(part: Message) -> Report:
    failures = list(_failures(part))
    natures = [judge(one) for one in failures]
    nature = together(natures)
    if nature == "pass":
        return Report("pass", "it reports no failure")
    worst = next((one for one, kind in zip(failures, natures, strict=True) if kind == nature), failures[0])
    return Report(nature, worst.words, worst.recipient)


def _failures(part: Message) -> Iterator[Failure]:
    for block in blocks_of(part):
        if "Action" in block or "Status" in block or "Final-Recipient" in block:
            yield Failure(
                _typed(field(block, "Original-Recipient") or field(block, "Final-Recipient")),
                field(block, "Action").lower().partition(" ")[0],
                field(block, "Status"),
                _typed(field(block, "Diagnostic-Code"))[:2_000],
            )


def _typed(value: str) -> str:
    """A value behind its type ("rfc822; ada@example.org"), in either order of care."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else value


def _feedback(part: Message) -> Report:
    block = next(iter(blocks_of(part)), None)
    if block is None:
        return Report("pass", "it is a complaint without words")
    kind = field(block, "Feedback-Type").lower()
    if kind not in _FEEDBACK:
        return Report("pass", f"its feedback is of the kind {kind or 'none'!r}")
    to = (*fields(block, "Original-Rcpt-To"), *fields(block, "Removal-Recipient"))
    told = f"{kind} by {field(block, 'User-Agent') or field(block, 'Reporting-MTA') or 'a feedback loop'}"
    recipient = next(iter(addresses_in(*to)), "")
    return Report(_FEEDBACK[kind], told[:300], recipient, sent_to=addresses_in(field(block, "Original-Mail-From")))


def _prose(message: Message) -> Report:
    failure = prose_failure(message)
    if failure is None:
        return Report("pass", "it is no report")
    return Report(judge(failure), failure.words, failure.recipient)


def _named(message: Message, found: Report) -> Report:
    """The report with all by which the mail it is about may be known."""
    returned = enclosed_in(message)
    own = field(returned, "Message-ID") if returned is not None else returned_in_prose(message)
    answered = (field(message, name) for name in ("In-Reply-To", "References", "X-Original-Message-ID"))
    arrived = [value for name in _ARRIVED_FOR for value in fields(message, name)]
    return replace(
        found,
        detail=_shown(_ADDRESS.sub("(address)", found.detail)),
        recipient=_shown(found.recipient),
        message_ids=tuple(dict.fromkeys(message_ids_in(" ".join((own, *answered)))))[:MOST_NAMED],
        sent_to=tuple(dict.fromkeys((*found.sent_to, *addresses_in(*arrived))))[:MOST_NAMED],
        returned_to=next(iter(addresses_in(field(returned, "To"))), "") if returned is not None else "",
        at=_written(message),
    )


def _shown(text: str) -> str:
    """What people may be shown, and any store can hold."""
    return "".join(one if one.isprintable() else " " for one in text)[:300]


def _written(message: Message) -> datetime | None:
    """When the mail was written, where it says so; without a zone it is UTC, as with "-0000" (RFC 5322, 3.3)."""
    try:
        at = parsedate_to_datetime(field(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
