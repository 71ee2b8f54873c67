"""What a mail to the list's own address asks for: to join, to leave, or nothing that a program should answer.

Whoever answers every mail sooner or later answers another program, and both go on for ever: so what machines write
is passed over (RFC 3834, 2), and nothing is believed of a sender but what their own confirmation says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import default
from typing import Literal

#: Octets of a message that are looked at; who joins needs few words.
LARGEST = 200_000
JOIN = ("join", "subscribe", "anmelden", "abonnieren", "alta", "suscribir", "inscription", "登録", "اشتراك")
LEAVE = ("leave", "unsubscribe", "abmelden", "abbestellen", "baja", "désinscription", "désabonner", "解除", "إلغاء")
_MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "bounce", "bounces", "listserv", "majordomo")
#: Header fields that only lists and programs set.
_OF_LISTS = ("list-id", "list-unsubscribe", "x-loop", "x-autoreply", "x-autorespond", "feedback-id")
_BULK = ("bulk", "junk", "list", "auto_reply")


@dataclass(frozen=True, slots=True)
class MailCommand:
    """What a mail asks for, by whom as far as it says, on which list (empty: not said), and the token it carries.

    `why` says in words why it is passed over; `by_machine` that a program wrote it, or that nobody can tell.
    """

    kind: Literal["join", "leave", "pass"]
    sender: str = ""
    list: str = ""
    token: str = ""
    why: str = ""
    by_machine: bool = False


def read_command(raw: bytes, own: Collection[str], lists: Collection[str]) -> MailCommand:
    """What the message asks for; `own` are the addresses that we write from, `lists` the names there are.

    It never raises. The subject says it, or without one the first line: "join", "leave", or those words with the name
    of a list.
    """
    try:
        message = message_from_bytes(raw[:LARGEST], policy=default)
        return _command(message, own, lists) if isinstance(message, EmailMessage) else _passed("it is no mail")
    except Exception as error:  # the library raises many kinds for mails that are none
        return _passed(f"it cannot be read ({type(error).__name__})")


def _command(message: EmailMessage, own: Collection[str], lists: Collection[str]) -> MailCommand:
    sender = _sender(message)
    machine = _machine(message, sender, own)
    if machine:
        return MailCommand("pass", why=machine, by_machine=True)
    words = (_subject(message) or _first_line(message)).split()
    while words and words[0].casefold().rstrip(":") in ("re", "aw", "sv", "fwd", "fw"):
        words = words[1:]
    first = words[0].casefold().strip(".,!:") if words else ""
    kind: Literal["join", "leave", "pass"] = "join" if first in JOIN else "leave" if first in LEAVE else "pass"
    if kind == "pass":
        return _passed("neither the subject nor the first line says join or leave")
    rest = words[1] if len(words) > 1 else ""
    named = next((name for name in lists if name.casefold() == rest.casefold()), "")
    return MailCommand(kind, sender, named, "" if named else rest)


def _sender(message: EmailMessage) -> str:
    """The one address in From; Reply-To is somebody else's word for it."""
    header = message["From"]
    found: tuple[Mailbox, ...] = header.addresses if header is not None else ()
    return str(found[0].addr_spec) if len(found) == 1 and found[0].domain else ""


def _machine(message: EmailMessage, sender: str, own: Collection[str]) -> str:
    """Why the mail is a program's, in words; empty where a person may have written it."""
    local = sender.partition("@")[0].casefold()
    if not sender or str(message.get("Return-Path", "")).strip() == "<>":
        return "it has no sender to answer"
    if sender.casefold() in {one.casefold() for one in own}:
        return "it is from ourselves"
    if local in _MACHINES or local.endswith(("-request", "-bounces", "-owner")):
        return "it is from a program"
    if str(message.get("Auto-Submitted", "no")).split(";")[0].strip().casefold() != "no":
        return "it was sent by itself (Auto-Submitted)"
    if str(message.get("Precedence", "")).strip().casefold() in _BULK or any(name in message for name in _OF_LISTS):
        return "it is from a list"
    return "it is a report" if _is_report(message) else ""


def _is_report(message: EmailMessage) -> bool:
    return message.get_content_type() == "multipart/report" or "X-Auto-Response-Suppress" in message


def _subject(message: EmailMessage) -> str:
    return str(message.get("Subject", "")).strip()


def _first_line(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    text = part.get_content() if part is not None else ""
    return next((line.strip() for line in str(text).splitlines() if line.strip()), "")


def _passed(why: str) -> MailCommand:
    return MailCommand("pass", why=why)
