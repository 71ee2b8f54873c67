"""Reports that come by mail: each becomes a notice, as a provider's event does, where it names a delivery of ours.

Anybody can write such a mail. It is believed only about the delivery whose Message-ID or return path it names, which
none but those who carried or got that mail can know; and it ends nothing for an address that its reader left behind.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from newsletter.app.numbers.replies import count_mail
from newsletter.app.sending.reports import apply_notices
from newsletter.app.workspace import Workspace
from newsletter.delivery.bounces.reading import read_report
from newsletter.delivery.bounces.report import Nature, Report
from newsletter.delivery.planning import sender_domain
from newsletter.delivery.return_path import delivery_of
from newsletter.log_fields import about
from newsletter.model.delivery import Notice, NoticeKind
from newsletter.providers.inbound.registry import open_inbox
from newsletter.store import notices

LOG = logging.getLogger(__name__)
#: Messages dealt with in one go.
AT_ONCE = 500
#: Servers try for days, not for months: a report that says it is older has a wrong clock.
OLDEST = timedelta(days=60)
#: What a report of each nature says of its delivery, and whether for good; "pass" says nothing.
_MEANS: dict[Nature, tuple[NoticeKind, bool]] = {
    "hard": ("bounced", True),
    "soft": ("bounced", False),
    "block": ("bounced", False),
    "delay": ("deferred", False),
    "complaint": ("complained", True),
    "leave": ("unsubscribed", True),
}


def read_bounces(ws: Workspace) -> Counter[str]:
    """Deal with the mails in the box for reports, and count them by what they said, or "passed over".

    MailboxError, with nothing lost, where the box cannot be read: what was dealt with twice changes nothing.
    """
    tally: Counter[str] = Counter()
    box = ws.settings.bounces
    if not box.kind:
        return tally
    with open_inbox(box, ws.settings.secrets.bounces_password, ws.root) as inbox:
        for name, raw in inbox.messages(AT_ONCE):
            outcome = take_report(ws, read_report(raw))
            tally[outcome] += 1
            count_mail(ws, raw, f"report: {outcome}", by_machine=True)
            inbox.remove(name)
    return tally


def take_report(ws: Workspace, report: Report) -> str:
    """Take a report in, and say what it told: the notice's kind, "told before", "not ours" or "passed over"."""
    if report.nature == "pass":
        LOG.info(
            "a mail is passed over: %s", report.detail, extra=about("mail.passed_over", ws.settings.community.id)
        )
        return "passed over"
    for notice in _notices(ws, report, ws.clock()):
        result = apply_notices(ws, (notice,))
        if result.new or result.repeated:
            return notice.kind if result.new else "told before"
    LOG.warning(
        "a report names no mail that was sent from here: %s",
        report.detail,
        extra=about("bounce.foreign", ws.settings.community.id),
    )
    return "not ours"


def _notices(ws: Workspace, report: Report, now: datetime) -> Iterator[Notice]:
    """What the report says, of each delivery that it may be about."""
    kind, permanent = _MEANS[report.nature]
    at = report.at if report.at and now - OLDEST < report.at < now else now
    detail = f"blocked: {report.detail}" if report.nature == "block" else report.detail
    for delivery_id in _ours(ws, tuple(_named(ws, report))):
        yield Notice(delivery_id, kind, at, detail, permanent, address=report.returned_to)


def _ours(ws: Workspace, named: Sequence[str]) -> tuple[str, ...]:
    """Those of the deliveries that there are: whoever makes them up costs one look, and no turn at writing."""
    with ws.store.read() as connection:
        known = notices.about_all(connection, ws.settings.community.id, named)
    return tuple(one for one in named if one in known)


def _named(ws: Workspace, report: Report) -> Iterator[str]:
    """The deliveries that the report may be about, those named by a return path first."""
    own = ws.settings.bounces.address
    for address in report.sent_to:
        if own and (found := delivery_of(address, own, ws.keys)):
            yield found
    ours = "@" + sender_domain(ws.settings.sender.address)
    yield from (one.removesuffix(ours) for one in report.message_ids if one.endswith(ours))
