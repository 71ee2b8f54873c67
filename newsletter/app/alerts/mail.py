"""Mailing an alert to an operator: by the provider's own road, in the same plain form as mails to editors."""

import hashlib

from newsletter.app.alerts.wording import mail_subject, mail_text
from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import message_id, sender_domain
from newsletter.delivery.retry import complete, settlement
from newsletter.model.alerting import Telling, TellingState, Tried
from newsletter.model.delivery import Batch, DeliveryState, Receipt
from newsletter.model.mail import Row
from newsletter.providers.registry import open_provider
from newsletter.render.plain_mail import plain_mail

_STATES: dict[DeliveryState, TellingState] = {"accepted": "told", "pending": "pending", "unknown": "unknown"}


def mail_alert(ws: Workspace, one: Telling, jitter: float) -> Tried:
    """Hand the mail over once; what was not taken is tried again, and what is unknown is not."""
    settled = settlement(_handed_over(ws, one), one.tries + 1, ws.clock(), jitter)
    return Tried(_STATES.get(settled.state, "failed"), settled.detail, settled.not_before)


def _handed_over(ws: Workspace, one: Telling) -> Receipt:
    batch = _batch(ws, one)
    name = batch.rows[0].delivery_id
    try:
        provider = open_provider(ws.settings.provider, ws.settings.secrets, ws.root)
    except Exception as error:
        return Receipt(name, "not_submitted", f"the provider cannot be opened: {error}")
    try:
        receipts = {receipt.delivery_id: receipt for receipt in provider.submit(batch)}
    except Exception as error:
        return Receipt(name, "unknown", f"the provider failed: {type(error).__name__}")
    finally:
        provider.close()
    return complete(receipts, (name,))[0]


def _batch(ws: Workspace, one: Telling) -> Batch:
    sender, community = ws.settings.sender.address, ws.settings.community.id
    about = (community, "alert", str(one.episode.id), one.turn, one.address, f"{one.episode.first_seen:%Y%m%d%H%M%S}")
    name = hashlib.sha256("\n".join(about).encode()).hexdigest()[:32]
    row = Row(name, one.address, message_id(name, sender_domain(sender)), "", {}, one_click=False)
    edition = plain_mail(sender=sender, subject=mail_subject(ws, one), text=mail_text(ws, one))
    return Batch(f"{name}-{one.tries + 1}", f"alert-{one.episode.id}", "service", edition, (row,), ws.clock())
