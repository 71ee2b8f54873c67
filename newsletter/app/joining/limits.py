"""What keeps the sign-up form from being a weapon: limits for an address, a network and everybody, with an alert."""

import hashlib
from datetime import datetime
from typing import Literal

from sqlalchemy.engine import Connection

from newsletter.app.alerting import sound_alert
from newsletter.app.workspace import Workspace
from newsletter.model.joining import Alert, Limit
from newsletter.store import limits

HOUR, DAY = 3600.0, 86400.0
#: May be mailed; was mailed just now (which nobody is told); the network, or everybody, asked too often.
Verdict = Literal["free", "again", "network", "everybody"]


def weigh(connection: Connection, ws: Workspace, mailbox: str, network: str, now: datetime) -> Verdict:
    """Count this request and say whether it may lead to a mail; whether anybody has the address is not asked.

    Of no network is what a program asks for with a token, which has a limit of its own. It undoes what it is refused,
    and tells the operator of that afterwards.
    Whoever is refused for everybody's sake is so whatever their address, so the answer tells nothing of it.
    """
    community, settings = ws.settings.community.id, ws.settings.joining
    everybody = Limit("everybody", settings.per_hour, HOUR)
    if network and not limits.take(connection, community, Limit("network", settings.per_network, HOUR), network, now):
        tell_refused(connection, ws, "network", network, now)
        return "network"
    if limits.is_full(connection, community, everybody, "", now):
        if network:
            tell_refused(connection, ws, "everybody", "", now)
        return "everybody"
    address = Limit("address", settings.a_day, DAY, spacing=60.0 * settings.minutes_apart)
    if not limits.take(connection, community, address, mailbox, now):
        return "again"
    limits.take(connection, community, everybody, "", now)
    return "free"


def tell_refused(
    connection: Connection, ws: Workspace, kind: Literal["network", "everybody"], key: str, now: datetime
) -> None:
    """Tell the operator once an hour, and never which network it was."""
    settings = ws.settings.joining
    most, whose = {
        "network": (settings.per_network, "one network"),
        "everybody": (settings.per_hour, "everybody together"),
    }[kind]
    text = f"more than {most} sign-ups in an hour from {whose}: the rest are turned away until it is over"
    about = hashlib.sha256(f"{key} {now:%Y-%m-%dT%H}".encode()).hexdigest()[:32]
    sound_alert(connection, ws, Alert(f"joining-{kind}", about, now, text))
