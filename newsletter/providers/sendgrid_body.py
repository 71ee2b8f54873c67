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
_NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": _OFF,
    "subscription_tracking": _OFF,
    "ganalytics": _OFF,
}


def request_body(batch: Batch, rows: Sequence[Row], *, sandbox: bool = False) -> dict[str, Any]:
    """The body for at most 1000 rows whose addresses differ; KeyError or ValueError where a slot cannot be filled."""
    edition = batch.edition
    mark = slot_mark(edition)
    body = {
        "personalizations": [personalization(batch, row, mark) for row in rows],
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


def personalization(batch: Batch, row: Row, mark: str) -> dict[str, Any]:
    """What one reader gets; KeyError or ValueError where it cannot be made or would not be taken."""
    slots = _slots(batch.edition)
    substitutions = {_key(slot, mark): escape(row.values[slot.name], slot.context) for slot in slots}
    if len(json.dumps(substitutions)) > MOST_BYTES:
        raise ValueError(f"the values of this reader take more than {MOST_BYTES} bytes")
    one: dict[str, Any] = {
        "to": [{"email": row.address}],
        # All of them here: whether a reader's headers join or replace the request's own is not documented.
        "headers": {**_static_headers(batch.edition.headers), **_headers(row)},
        "custom_args": {"delivery_id": row.delivery_id, "attempt_id": batch.attempt_id},
    }
    return one | ({"substitutions": substitutions} if substitutions else {})


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


def _headers(row: Row) -> dict[str, str]:
    headers = {"Message-ID": row.message_id}
    if row.unsubscribe_url:
        headers["List-Unsubscribe"] = row.list_unsubscribe
        if row.one_click:
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if not all(escape(value, "header").isascii() for value in (*headers.values(), row.address)):
        raise ValueError("an address or link of this reader is not ASCII")
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
