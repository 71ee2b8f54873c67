"""A test mail: one edition as a reader would get it, to one address of an editor's, outside of every count."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from newsletter.app.accounting.deeds import note_alone
from newsletter.app.checking import build_edition, find_persona, persona_choices
from newsletter.app.drafting import draft_named, last_sent_draft
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import message_id, sender_domain
from newsletter.model.delivery import Batch, Provider, Receipt
from newsletter.model.issue import Draft
from newsletter.model.mail import SLOT_NAMES, Edition, MimeParts, Row
from newsletter.people.address import parse_address

PREFIX = "[Test] "
_SUBJECT = b"\r\nSubject: "


def try_out(ws: Workspace, provider: Provider, name: str, persona: str | None, address: str, at: datetime) -> Receipt:
    """Send an issue, as a persona would get it, to one address as a test; UsageError as `send_trial`."""
    draft = draft_named(ws, name, at.isoformat() if name in ws.settings.digests else None)
    built = build_edition(draft, persona_choices(find_persona(ws, persona)), last_sent_draft(ws, draft))
    note_alone(ws, "tested", draft.key)
    return send_trial(provider, draft, built.edition, address, at)


def send_trial(provider: Provider, draft: Draft, edition: Edition, address: str, at: datetime) -> Receipt:
    """Hand the edition to the provider for this one address; UsageError where that is none.

    The parts are those of the mail that leaves; its subject begins with "[Test]", and its personal links open
    nothing. It is written in no ledger: whoever asks twice gets two.
    """
    found = parse_address(address)
    if not found.key:
        raise UsageError(f"{address!r} is no address a test can go to")
    row = inert_row(draft, found.address, f"test-{uuid4().hex}")
    batch = Batch(uuid4().hex, f"test-{draft.key}", "test", _as_test(edition), (row,), at)
    return provider.submit(batch)[0]


def inert_row(draft: Draft, address: str, delivery_id: str) -> Row:
    """A recipient whose links are shaped like real ones and open nothing."""
    base = draft.base_url.rstrip("/")
    values = dict.fromkeys(SLOT_NAMES, "") | {
        "unsubscribe_url": f"{base}/u/preview",
        "preferences_url": f"{base}/p/preview",
        "web_url": f"{base}/w/preview",
        "action_url": f"{base}/a/preview",
        "name": "Robin",
        "address": address,
    }
    its_id = message_id(delivery_id, sender_domain(draft.sender))
    return Row(delivery_id, address, its_id, values["unsubscribe_url"], values)


def _as_test(edition: Edition) -> Edition:
    headers = tuple((name, PREFIX + value if name == "Subject" else value) for name, value in edition.headers)
    return replace(edition, subject=PREFIX + edition.subject, headers=headers, mime=_mime_as_test(edition.mime))


def _mime_as_test(mime: MimeParts) -> MimeParts:
    """The prefix stands in plain characters before the subject, encoded or not (RFC 2047, 5)."""
    return tuple(_prefixed(part) if isinstance(part, bytes) else part for part in mime)


def _prefixed(part: bytes) -> bytes:
    return part.replace(_SUBJECT, _SUBJECT + PREFIX.encode())
