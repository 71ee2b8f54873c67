"""A workspace whose issue went out through SendGrid, and the events that SendGrid would post about it."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr
from support_workspace import KEY, NOW, open_at, render, with_issue, with_readers

from newsletter.app.sending.pump import plan_issue, pump, this_worker
from newsletter.app.workspace import Workspace, with_settings
from newsletter.devsink.events import Signer
from newsletter.model.delivery import Batch, Outcome, Receipt
from newsletter.model.workspace import ProviderSettings, Secrets
from newsletter.store.tables import attempt_item, delivery, subscriber

PATH = "/hooks/data-lab/sendgrid"
JSON = {"Content-Type": "application/json"}
SIGNER = Signer()
LATER = NOW + timedelta(minutes=5)


class Road:
    """Takes every batch, or answers as told."""

    def __init__(self, outcome: Outcome = "accepted") -> None:
        self.outcome = outcome

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        return [Receipt(row.delivery_id, self.outcome, "told so") for row in batch.rows]

    def close(self) -> None: ...


@dataclass(frozen=True)
class Sent:
    """One mail that left: its delivery, its attempt, and its reader's address."""

    delivery_id: str
    attempt_id: str
    address: str

    def event(self, event: str, at: datetime = LATER, **more: Any) -> dict[str, Any]:
        """As the webhook tells it."""
        base = {
            "email": self.address,
            "timestamp": int(at.timestamp()),
            "event": event,
            "sg_event_id": f"{event}-{self.delivery_id[:8]}-{int(at.timestamp())}",
            "sg_message_id": "message.recvd-1",
            "delivery_id": self.delivery_id,
            "attempt_id": self.attempt_id,
        }
        return base | more


def sendgrid_at(root: Path, clock: Callable[[], datetime], **road: Any) -> Workspace:
    """A workspace whose road out is SendGrid, which signs with SIGNER."""
    settings = ProviderSettings(**{"kind": "sendgrid", "webhook_key": SIGNER.public, **road})
    secrets = Secrets(signing=SecretStr("a key for tests"), sendgrid_key=SecretStr("SG.test"))
    return with_settings(open_at(root, clock), provider=settings, secrets=secrets)


def send(ws: Workspace, readers: int, key: str = KEY, outcome: Outcome = "accepted", batch: int = 100) -> list[Sent]:
    """Hand the issue over to so many readers, and say what left, by address."""
    if readers:
        with_readers(ws, readers)
    with_issue(ws, key)
    plan_issue(ws, key, render, NOW)
    pump(ws, Road(outcome), key, ws.clock, batch=batch, worker_id=this_worker())
    return what_left(ws)


def what_left(ws: Workspace) -> list[Sent]:
    """Every mail that left, by its reader's address."""
    found = (
        sa.select(delivery.c.id, attempt_item.c.attempt_id, subscriber.c.address)
        .join(attempt_item, attempt_item.c.delivery_id == delivery.c.id)
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .order_by(subscriber.c.address)
    )
    with ws.store.read() as connection:
        return [Sent(*row) for row in connection.execute(found)]


def body_of(*events: object) -> bytes:
    """A post as SendGrid writes it: it ends with a line break, which is signed too."""
    return json.dumps(events).encode() + b"\r\n"


def signed(body: bytes, at: datetime | float = NOW, signer: Signer = SIGNER) -> dict[str, str]:
    """The headers of a post that was signed at that moment."""
    moment = at.timestamp() if isinstance(at, datetime) else at
    return JSON | signer.headers(body, moment)


def now_seconds() -> float:
    """For tests on the real clock."""
    return time.time()
