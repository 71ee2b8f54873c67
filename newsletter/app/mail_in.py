"""Joining and leaving by mail: each message of the mailbox becomes a request, answered by mail to its owner.

Nobody is believed to be who they write they are. Whoever asks to join is asked to confirm; whoever asks to leave is
mailed their own link, unless the mail carries the token of a leave link, which only mails of ours hold.
"""

import logging
from collections import Counter
from email.utils import parseaddr

from newsletter.app.bounces_in import take_report
from newsletter.app.joining.asking import request
from newsletter.app.numbers.replies import count_mail
from newsletter.app.owning.leaving import leave
from newsletter.app.workspace import Workspace
from newsletter.delivery.bounces.reading import read_report
from newsletter.log_fields import about
from newsletter.model.joining import SignupKind, Wish
from newsletter.people.address import parse_address
from newsletter.people.mail_commands import MailCommand, read_command
from newsletter.providers.inbound.registry import open_inbox

LOG = logging.getLogger(__name__)
#: Messages dealt with in one go.
AT_ONCE = 100


def read_mailbox(ws: Workspace) -> Counter[str]:
    """Deal with what lies in the mailbox, and count it: joining, leaving, link, passed over, waiting, or as reports.

    What waits stays there for the next time: there were too many requests just now. MailboxError, with nothing lost,
    where the mailbox cannot be read.
    """
    tally: Counter[str] = Counter()
    settings = ws.settings.mailbox
    if not settings.kind:
        return tally
    with open_inbox(settings, ws.settings.secrets.imap_password, ws.root) as inbox:
        for name, raw in inbox.messages(AT_ONCE):
            outcome, by_machine = _outcome(ws, raw)
            tally[outcome] += 1
            if outcome != "waiting":
                count_mail(ws, raw, outcome, by_machine=by_machine)
            if outcome != "waiting":
                inbox.remove(name)
    return tally


def _outcome(ws: Workspace, raw: bytes) -> tuple[str, bool]:
    """What became of one mail, and whether a program wrote it; a stray report is taken for what it is."""
    report = read_report(raw)
    if report.nature != "pass":
        return take_report(ws, report), True
    command = read_command(raw, _own(ws), ws.settings.lists)
    return deal_with(ws, command), command.by_machine


def deal_with(ws: Workspace, command: MailCommand) -> str:
    """Do what one mail asks for, as far as its word goes; what became of it."""
    if command.kind == "pass":
        LOG.info("a mail is passed over: %s", command.why, extra=about("mail.passed_over", ws.settings.community.id))
        return "passed over"
    if command.kind == "leave" and command.token and leave(ws, command.token, "mail"):
        return "leaving"
    parsed, name = parse_address(command.sender), command.list or _list(ws, command.kind)
    if parsed.problems or not name:
        LOG.info(
            "a mail is passed over: its sender or list is not known",
            extra=about("mail.passed_over", ws.settings.community.id),
        )
        return "passed over"
    joins = command.kind == "join" and ws.settings.lists[name].sign_up
    verdict = request(ws, _wish(ws, name, parsed.address, parsed.key, "join" if joins else "link"), "mail")
    return {"free": "joining" if joins else "link", "again": "passed over"}.get(verdict, "waiting")


def _wish(ws: Workspace, name: str, address: str, key: str, kind: SignupKind) -> Wish:
    settings = ws.settings.lists[name]
    text = settings.consent_text if kind == "join" else ""
    return Wish(name, address, key, digests=settings.digests[:1], how="mail", text=text, kind=kind)


def _list(ws: Workspace, kind: str) -> str:
    """The list that is meant where none is named: the mailbox's, or the only one; to leave, any will do."""
    names = [name for name, entry in ws.settings.lists.items() if not entry.address]
    return ws.settings.mailbox.list or (names[0] if len(names) == 1 or (names and kind == "leave") else "")


def _own(ws: Workspace) -> tuple[str, ...]:
    settings = ws.settings
    written = (settings.sender.address, settings.sender.reply_to, settings.mailbox.address)
    return tuple(parseaddr(one)[1] for one in written if one)
