"""Asking SendGrid how it posts events to us, and having it post some that are about nobody."""

import json
from typing import Any

from newsletter.model.probe import Probe
from newsletter.providers.sendgrid_answer import Reply
from newsletter.providers.sendgrid_http import NoAnswerError, NotSubmittedError, call

_WEBHOOKS = ("user", "webhooks", "event")
_WHERE = "SendGrid, Settings, Mail Settings, Event Webhooks"


def ask_hook(api_url: str, key: str, timeout: float, url: str, keys: str) -> Probe:
    """How the account's webhook to `url` is; where it is well, SendGrid is posting its test events to it."""
    try:
        reply = call(api_url, key, timeout, (*_WEBHOOKS, "settings", "all"))
        if reply.status != 200:
            return _unasked(reply)
        ours = next((one for one in _hooks(reply) if str(one.get("url", "")).rstrip("/") == url), None)
        if fault := _fault(ours, url, keys):
            return fault
        asked = {"id": str((ours or {}).get("id", "")), "url": url}
        tested = call(api_url, key, timeout, (*_WEBHOOKS, "test"), asked)
    except (NotSubmittedError, NoAnswerError) as error:
        return _unknown(f"SendGrid could not be asked about its webhooks: {error}")
    return Probe("SendGrid posts events here") if tested.status in (200, 202, 204) else _unasked(tested)


def _hooks(reply: Reply) -> list[dict[str, Any]]:
    try:
        found = json.loads(reply.body).get("webhooks")
    except (ValueError, AttributeError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _fault(hook: dict[str, Any] | None, url: str, keys: str) -> Probe | None:
    if hook is None:
        text = f"No webhook of the account posts to {url}: bounces and complaints stay unknown"
        return Probe(fault=text, code="doctor.webhook-missing", advice=f"Add it: {_WHERE}")
    if not hook.get("enabled"):
        text = f"The webhook that posts to {url} is switched off"
        return Probe(fault=text, code="doctor.webhook-off", advice=f"Switch it on: {_WHERE}")
    if str(hook.get("public_key") or "") not in keys.split():
        text = f"The webhook that posts to {url} is not signed by provider.webhook_key: every post is refused"
        advice = f"Turn Signed Event Webhook on, and copy its verification key: {_WHERE}"
        return Probe(fault=text, code="doctor.webhook-key", advice=advice)
    return None


def _unasked(reply: Reply) -> Probe:
    return _unknown(f"SendGrid does not let this key ask about webhooks ({reply.status})")


def _unknown(text: str) -> Probe:
    advice = f"Press Test Integration there, and look at newsletter events: {_WHERE}"
    return Probe(text, code="doctor.webhook-unasked", advice=advice)
