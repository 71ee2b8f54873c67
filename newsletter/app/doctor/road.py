"""Whether the provider takes mail from us: a call that checks everything and sends nothing."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from newsletter.app.workspace import Workspace
from newsletter.model.health import Finding, ok
from newsletter.model.probe import Probe, Probed
from newsletter.providers.registry import ProviderError, open_provider

Road = tuple[tuple[Finding, ...], datetime | None]


def look_down(ws: Workspace) -> Road:
    """How the road out is, and what the provider says the time is, where it says so."""
    try:
        found = _probe(ws)
    except ProviderError as error:
        return (Finding("provider", "error", "doctor.provider-settings", str(error), "Set what is missing"),), None
    return (*((_judge(found),) if found else ()), *_into_the_void(ws)), _date(found.date) if found else None


def _probe(ws: Workspace) -> Probe | None:
    provider = open_provider(ws.settings.provider, ws.settings.secrets, ws.root)
    try:
        return provider.probe(ws.settings.sender.address) if isinstance(provider, Probed) else None
    finally:
        provider.close()


def _judge(found: Probe) -> Finding:
    if found.fault:
        return Finding("provider", "error", found.code, found.fault, found.advice)
    return ok("provider", found.text)


def _into_the_void(ws: Workspace) -> tuple[Finding, ...]:
    if ws.settings.provider.kind == "outbox":
        text = "provider.kind is outbox: mails are written to files, and nobody gets one"
        advice = 'Set provider.kind to "smtp" or "sendgrid" when you are ready'
        return (Finding("provider", "warning", "doctor.provider-outbox", text, advice),)
    if ws.settings.provider.kind == "sendgrid" and ws.settings.provider.sandbox:
        text = "provider.sandbox is on: everything is checked there, and nobody gets a mail"
        return (Finding("provider", "warning", "doctor.provider-sandbox", text, "Take sandbox out of [provider]"),)
    return ()


def _date(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else None
