"""What an operator should know of: written down once for each thing it is about, logged at once, shown later."""

import logging
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.model.joining import Alert
from newsletter.store import alerts

LOG = logging.getLogger(__name__)


def sound_alert(connection: Connection, ws: Workspace, alert: Alert, **ids: object) -> bool:
    """Write the alert down in the caller's transaction, and log it with these ids; False where it was told before."""
    new = alerts.sound(connection, ws.settings.community.id, alert)
    if new:
        LOG.warning("%s", alert.text, extra=about("alert.sounded", ws.settings.community.id, **ids))
    return new


def alerts_since(ws: Workspace, moment: datetime) -> tuple[Alert, ...]:
    """The alerts from that moment on, newest first."""
    with ws.store.read() as connection:
        return alerts.since(connection, ws.settings.community.id, moment)
