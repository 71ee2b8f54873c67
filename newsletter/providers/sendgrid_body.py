"""The JSON of one mail/send request: an edition once, and for each reader what differs.

A reader's values go in as substitutions. Each key is bound to one slot in one context (the value for HTML is escaped,
the one for text is not) and carries a digest of the edition, so that no content can forge it. What stays with the
provider for good (custom arguments, categories) holds opaque ids only.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from email.header import Header
from typing import Any

from newsletter.model.delivery import Batch
from newsletter.model.mail import Edition, Parts, Row, SlotRef, escape
from newsletter.providers.mailbox import mailbox

#: The most recipients one request may have.
MOST_ROWS = 1000
#: The most bytes a reader's substitutions, and custom arguments, may take.
MOST_BYTES = 10_000

#: Headers the API refuses, and those it or a personalization sets.
_NOT_OURS = frozenset(
    {
        *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"),
        *("to", "from", "subject", "reply-to", "cc", "bcc", "date", "mime-version"),
        *("message-id", "list-unsubscribe", "list-unsubscribe-post"),
    }
)
_CATEGORY = re.compile(r"[A-Za-z0-9._:-]{1,255}")
_OFF = {"enable": False}
#: A string as JSON in ASCII.
_quoted = json.encoder.encode_basestring_ascii
_NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": _OFF,
    "subscription_tracking": _OFF,
    "ganalytics": _OFF,
}


class RequestForm:
    """The JSON of one batch's requests, in constant pieces; only what differs between readers is written anew."""

    def __init__(self, batch: Batch, *, sandbox: bool = False) -> None:
        edition = batch.edition
        mark = slot_mark(edition)
        static = _static_headers(edition.headers)
        self._headers = "".join(f"{_quoted(name)}:{_quoted(value)}," for name, value in static.items())
        self._attempt = f',"attempt_id":{_quoted(batch.attempt_id)}}}'
        self._slots = [(slot.name, slot.context, f"{_quoted(_key(slot, mark))}:") for slot in _slots(edition)]
        self._rest = json.dumps(_common(batch, mark, sandbox=sandbox), separators=(",", ":"))[1:].encode()

    def personalization(self, row: Row) -> str:
        """What one reader gets; KeyError or ValueError where it cannot be made or would not be taken."""
        headers = self._headers + _headers(row)
        ids = f'"custom_args":{{"delivery_id":{_quoted(row.delivery_id)}{self._attempt}'
        return (
            f'{{"to":[{{"email":{_quoted(row.address)}}}],"headers":{{{headers}}},{ids}{self._substitutions(row)}}}'
        )

    def body(self, personalizations: Sequence[str]) -> bytes:
        """The request for at most 1000 readers whose addresses differ."""
        return b'{"personalizations":[' + ",".join(personalizations).encode("ascii") + b"]," + self._rest

    def _substitutions(self, row: Row) -> str:
        if not self._slots:
            return ""
        values = row.values
        pairs = ",".join(
            [key + _quoted(escape(values[name], context)) for name, context, key in self._slots]  # a list is quicker
        )
        if len(pairs) > MOST_BYTES - 4 * len(self._slots):
            raise ValueError(f"the values of this reader take more than {MOST_BYTES} bytes")
        return f',"substitutions":{{{pairs}}}'


def _common(batch: Batch, mark: str, *, sandbox: bool) -> dict[str, Any]:
    """What a request says of all its readers."""
    edition = batch.edition
    body = {
        "from": _mailbox(edition.sender),
        "subject": edition.subject,
        "content": _content(edition, mark),
        "categories": [name for name in dict.fromkeys((batch.kind, batch.mailing)) if _CATEGORY.fullmatch(name)],
        "tracking_settings": _NO_TRACKING,
    }
    optional = {
        "reply_to": _mailbox(edition.reply_to) if edition.reply_to else None,
        "mail_settings": {"sandbox_mode": {"enable": True}} if sandbox else None,
    }
    return body | {name: value for name, value in optional.items() if value}


def slot_mark(edition: Edition) -> str:
    """What no content of this edition can hold but by knowing its own digest; part of every slot's key."""
    static = json.dumps([part if isinstance(part, str) else None for part in (*edition.text, *edition.html)])
    return hashlib.sha256(static.encode()).hexdigest()[:16]


def groups(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows as requests: at most 1000 in each, and each address once."""
    made: list[list[Row]] = []
    seen: list[set[str]] = []
    for row in rows:
        address = row.address.casefold()
        place = next(
            (n for n, known in enumerate(seen) if address not in known and len(known) < MOST_ROWS), len(made)
        )
        if place == len(made):
            made.append([])
            seen.append(set())
        made[place].append(row)
        seen[place].add(address)
    return made


def _headers(row: Row) -> str:
    """A reader's own headers. All of them are here: whether they join or replace a request's is not documented."""
    leave = row.list_unsubscribe if row.unsubscribe_url else ""
    said = f"{row.message_id}{leave}{row.address}"
    if not escape(said, "header").isascii():
        raise ValueError("an address or link of this reader is not ASCII")
    headers = f'"Message-ID":{_quoted(row.message_id)}'
    if leave:
        headers += f',"List-Unsubscribe":{_quoted(leave)}'
        if row.one_click:
            headers += ',"List-Unsubscribe-Post":"List-Unsubscribe=One-Click"'
    return headers


def _content(edition: Edition, mark: str) -> list[dict[str, str]]:
    parts = (("text/plain", edition.text), ("text/html", edition.html))
    return [{"type": kind, "value": _template(part, mark)} for kind, part in parts if part]


def _template(parts: Parts, mark: str) -> str:
    return "".join(part if isinstance(part, str) else _key(part, mark) for part in parts)


def _slots(edition: Edition) -> list[SlotRef]:
    found = [part for part in (*edition.text, *edition.html) if not isinstance(part, str)]
    return list(dict.fromkeys(found))


def _key(slot: SlotRef, mark: str) -> str:
    return f"-{slot.context}.{slot.name}.{mark}-"


def _static_headers(headers: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    return {name: _encoded(value) for name, value in headers if name.casefold() not in _NOT_OURS}


def _encoded(value: str) -> str:
    """ASCII (RFC 2047); what stands between angle brackets at the end, as in List-Id, is an address and stays."""
    safe = escape(value, "header")
    if safe.isascii():
        return safe
    words, bracket, address = safe.partition(" <") if safe.endswith(">") else (safe, "", "")
    return Header(words, "utf-8").encode(linesep=" ").replace("  ", " ") + bracket + address


def _mailbox(address: str) -> dict[str, str]:
    name, email = mailbox(address)
    return {"email": email} | ({"name": name} if name else {})
