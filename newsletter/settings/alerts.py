"""What a schema cannot say of [alerts]: that addresses are some, and that lengths of time can be read."""

import re
from collections.abc import Iterator
from email.utils import parseaddr

from newsletter.dates.spans import parse_span
from newsletter.model.workspace import Settings
from newsletter.settings.coverage import Fault

SPANS = ("late", "queue", "unknown", "events", "source_unread", "source_empty", "source_unchanged", "settle")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_alerts(settings: Settings) -> Iterator[Fault]:
    """Every fault in [alerts]."""
    alerts = settings.alerts
    for address in alerts.mail:
        if "@" not in parseaddr(address)[1]:
            yield ("alerts", "mail"), "settings.address", f"`alerts.mail`: {address!r} is not an e-mail address"
    for name in SPANS:
        if text := getattr(alerts, name):
            try:
                parse_span(text)
            except ValueError as error:
                yield ("alerts", name), "settings.value", f"`alerts.{name}`: {error}"
    if not alerts.settle:
        text = '`alerts.settle` is empty; write how long a trouble must be gone, such as "15 minutes"'
        yield ("alerts", "settle"), "settings.value", text
    yield from _webhook(settings)


def _webhook(settings: Settings) -> Iterator[Fault]:
    """What is written for `webhook_env` is not repeated, since it may be the address itself."""
    alerts = settings.alerts
    if alerts.webhook and not alerts.webhook.startswith(("https://", "http://")):
        text = "`alerts.webhook` must begin with https:// or http://"
        yield ("alerts", "webhook"), "settings.value", text
    if alerts.webhook and alerts.webhook_env:
        text = "there are `alerts.webhook` and `alerts.webhook_env`; keep one of them"
        yield ("alerts", "webhook_env"), "settings.value", text
    if alerts.webhook_env and not _VARIABLE.fullmatch(alerts.webhook_env):
        text = "`alerts.webhook_env` must be the name of an environment variable, not the address itself"
        yield ("alerts", "webhook_env"), "settings.value", text
