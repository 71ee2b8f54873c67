"""Whom the settings name to be told, and by which roads."""

from collections.abc import Iterator
from email.utils import parseaddr

from newsletter.app.workspace import Workspace
from newsletter.model.alerting import CHANNELS, Channel
from newsletter.settings.secrets import read_secret
from newsletter.store.episodes import Addressee


def addressees(ws: Workspace) -> tuple[Addressee, ...]:
    """The log always, the webhook where there is one, and each operator once."""
    return tuple(_addressees(ws))


def _addressees(ws: Workspace) -> Iterator[Addressee]:
    settings = ws.settings.alerts
    yield "log", ""
    if settings.webhook or settings.webhook_env:
        yield "webhook", ""
    for address in dict.fromkeys(parseaddr(one)[1] for one in settings.mail):
        yield "mail", address


def channels(ws: Workspace) -> tuple[Channel, ...]:
    """The roads by which anybody is told."""
    used = {channel for channel, _ in addressees(ws)}
    return tuple(one for one in CHANNELS if one in used)


def webhook_address(ws: Workspace) -> str:
    """Where alerts are posted to; empty where the variable that names it is not set."""
    settings = ws.settings.alerts
    return settings.webhook or read_secret(settings.webhook_env, ws.environ)[0].strip()
