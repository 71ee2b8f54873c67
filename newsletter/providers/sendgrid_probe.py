"""Asking SendGrid whether it would take our mail: its sandbox checks a whole request and sends nothing of it."""

from typing import Any

from newsletter.model.probe import Probe
from newsletter.providers.mailbox import mailbox
from newsletter.providers.sendgrid_answer import Reply
from newsletter.providers.sendgrid_http import NoAnswerError, NotSubmittedError, post_mail

_SUBJECT = "Would this be taken? Nothing is sent."


def ask_sandbox(api_url: str, key: str, timeout: float, sender: str) -> Probe:
    """What one checked request says of the key and the sender; `timeout` in seconds bounds each wait."""
    try:
        reply = post_mail(api_url, key, timeout, _body(sender))
    except (NotSubmittedError, NoAnswerError) as error:
        text = f"{api_url} cannot be reached: {error}"
        advice = "Let this machine out to it, or mend provider.api_url"
        return Probe(fault=text, code="doctor.provider-unreachable", advice=advice)
    return _judge(api_url, reply)


def _body(sender: str) -> dict[str, Any]:
    name, address = mailbox(sender)
    return {
        "personalizations": [{"to": [{"email": address}]}],
        "from": {"email": address} | ({"name": name} if name else {}),
        "subject": _SUBJECT,
        "content": [{"type": "text/plain", "value": _SUBJECT}],
        "mail_settings": {"sandbox_mode": {"enable": True}},
    }


def _judge(api_url: str, reply: Reply) -> Probe:
    date = reply.headers.get("date", "")
    if reply.status == 200:
        return Probe(f"{api_url} takes mail with this key and this sender", date=date)
    if reply.status in (401, 403):
        text = f"{api_url} refuses the key, or the sender is not verified there ({reply.status})"
        advice = "Make an API key that may send mail, put it into NEWSLETTER_SENDGRID_KEY, and verify the domain"
        return Probe(fault=text, code="doctor.provider-login", advice=advice, date=date)
    text = f"{api_url} answers {reply.status} to a request that it should check"
    advice = "Look at SendGrid's status page, and try again"
    return Probe(fault=text, code="doctor.provider-answer", advice=advice, date=date)
