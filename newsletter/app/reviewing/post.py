"""Handing over mails to editors: marked before a byte leaves, settled after, and never sent twice blindly."""

import hashlib
import logging
import random
from collections.abc import Callable
from datetime import datetime

from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import message_id, sender_domain
from newsletter.delivery.retry import complete, settlement
from newsletter.log_fields import about
from newsletter.model.delivery import Batch, Provider, Receipt
from newsletter.model.mail import Row
from newsletter.model.reviewing import DueEditorMail
from newsletter.providers.registry import open_provider
from newsletter.render.plain_mail import plain_mail
from newsletter.store import editor_mails

LOG = logging.getLogger(__name__)


def post_editor_mails(
    ws: Workspace,
    now: datetime,
    jitter: Callable[[], float] = random.random,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Hand over the mails that are due, and say how many were taken.

    What cannot be sent is logged and waits for a later call, and so does what is left when `stopping` says so; drafts
    and issues depend on none of it.
    """
    with ws.store.read() as connection:
        due = editor_mails.due(connection, ws.settings.community.id, now)
    if not due:
        return 0
    try:
        provider = open_provider(ws.settings.provider, ws.settings.secrets, ws.root)
    except Exception as error:
        LOG.warning(
            "mails to editors wait (%d): %s",
            len(due),
            error,
            extra=about("editor_mail.waits", ws.settings.community.id, count=len(due)),
        )
        return 0
    try:
        return sum(_post(ws, provider, one, now, jitter()) for one in due if not stopping())
    finally:
        provider.close()


def _post(ws: Workspace, provider: Provider, one: DueEditorMail, now: datetime, jitter: float) -> bool:
    with ws.hands.taking() as may:
        return may and _hand_over(ws, provider, one, now, jitter)


def _hand_over(ws: Workspace, provider: Provider, one: DueEditorMail, now: datetime, jitter: float) -> bool:
    with ws.store.begin() as connection:
        if not editor_mails.mark_submitting(connection, one.id):
            return False
    receipt = _handed_over(ws, provider, one, now)
    settled = settlement(receipt, one.tries + 1, now, jitter)
    with ws.store.begin() as connection:
        editor_mails.settle(connection, one.id, settled)
    if settled.state != "accepted":
        mail = one.mail
        LOG.warning(
            "the %s mail about %s is %s: %s",
            mail.kind,
            mail.key,
            settled.state,
            settled.detail,
            extra=about(
                "editor_mail.failed", ws.settings.community.id, issue=mail.key, mail=mail.kind, attempt=one.tries + 1
            ),
        )
    return settled.state == "accepted"


def _handed_over(ws: Workspace, provider: Provider, one: DueEditorMail, now: datetime) -> Receipt:
    """The provider's answer; where it fails, nobody knows whether the mail left."""
    batch = _batch(ws, one, now)
    name = batch.rows[0].delivery_id
    try:
        receipts = {receipt.delivery_id: receipt for receipt in provider.submit(batch)}
    except Exception as error:
        return Receipt(name, "unknown", f"the provider failed: {type(error).__name__}")
    return complete(receipts, (name,))[0]


def _batch(ws: Workspace, one: DueEditorMail, now: datetime) -> Batch:
    mail, sender = one.mail, ws.settings.sender.address
    named = (ws.settings.community.id, mail.key, mail.kind, mail.about, mail.address)
    name = hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]
    row = Row(
        delivery_id=name,
        address=mail.address,
        message_id=message_id(name, sender_domain(sender)),
        unsubscribe_url="",
        values={},
        one_click=False,
    )
    edition = plain_mail(sender=sender, subject=mail.subject, text=mail.text)
    return Batch(f"{name}-{one.tries + 1}", f"{mail.key}-{mail.kind}", "service", edition, (row,), now)
