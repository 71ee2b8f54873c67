"""Counts the mails that come in, and which issue they answer; nothing of who wrote them is kept."""

import logging

from newsletter.app.numbers.counting import today, write
from newsletter.app.workspace import Workspace
from newsletter.delivery.bounces.parts import field, message_ids_in, read_mail
from newsletter.delivery.planning import sender_domain
from newsletter.log_fields import about
from newsletter.model.numbers import Number
from newsletter.store import numbers

LOG = logging.getLogger(__name__)
#: Octets that are looked at, and mails that may be named; a reply names the one it answers first.
LARGEST, MOST = 200_000, 20


def count_mail(ws: Workspace, raw: bytes, outcome: str, *, by_machine: bool) -> None:
    """Count one mail by its outcome, and as a reply where it answers an issue; a fault here holds up nothing."""
    if not ws.settings.numbers.count:
        return
    try:
        found = [Number(today(ws), "mail in", outcome, 1)]
        if issue := _answered(ws, raw):
            found.append(Number(today(ws), "automatic reply" if by_machine else "reply", issue, 1))
        write(ws, found)
    except Exception:
        LOG.exception("a mail could not be counted", extra=about("numbers.failed", ws.settings.community.id))


def _answered(ws: Workspace, raw: bytes) -> str:
    """The issue that the mail answers, by the Message-IDs it names; empty where it answers none of ours."""
    message = read_mail(raw, LARGEST)
    named = message_ids_in(f"{field(message, 'In-Reply-To')} {field(message, 'References')}")[:MOST]
    ours = "@" + sender_domain(ws.settings.sender.address)
    deliveries = [one.removesuffix(ours) for one in named if one.endswith(ours)]
    if not deliveries:
        return ""
    with ws.store.read() as connection:
        return numbers.issue_of(connection, ws.settings.community.id, deliveries)
