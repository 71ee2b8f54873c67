"""One-off mails: a Markdown file becomes a draft to everybody on a list, and stays what was approved."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

from newsletter.app.archiving.pictures import with_pictures
from newsletter.app.mail_drafting import MailDrafted, mail_draft, save_mail
from newsletter.app.mail_keys import OPEN, open_key
from newsletter.app.subscribing import find_list
from newsletter.app.timing import UsageError, home_zone
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import load_draft
from newsletter.dates.zones import localise
from newsletter.model.issue import Draft, IssueState, Note, Slot, Window
from newsletter.model.ledger import IssueRow
from newsletter.model.problem import Origin, Problem, has_errors
from newsletter.people.segments import parse_segment
from newsletter.sources.message_file import MessageFile, read_message_file
from newsletter.store import issues, mails

A_DAY = timedelta(days=1)
#: States of a mail that somebody may have got.
OUT: tuple[IssueState, ...] = ("sending", "paused", "sent")


class MessageError(Exception):
    """The file cannot become a mail; `problems` say where and why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def draft_message(ws: Workspace, file: Path, list_name: str, at: datetime, where: str = "") -> MailDrafted:
    """Freeze the file as a mail to the list's members, and store it; a draft of it that is not sent yet is replaced.

    `where` is a segment: of the members, those alone. MessageError where the file is at fault, SegmentError where
    the segment is, UsageError where this very mail was sent before.
    """
    find_list(ws, list_name)
    parse_segment(where, home_zone(ws))
    read = _read(ws, file)
    send_at = _moment(ws, read)
    problems = (*read.problems, *_past(read, send_at, at))
    if has_errors(problems):
        raise MessageError(problems)
    key = _key(ws, file, list_name, read.note, send_at or at)
    leaves = send_at or at
    slot = Slot("", key, leaves, at, Window(leaves, leaves + A_DAY))
    draft = mail_draft(ws, "one-off", slot, list_name, at, read.note)
    return save_mail(ws, with_pictures(ws, replace(draft, problems=problems, segment=where.strip())), send_at)


def _key(ws: Workspace, file: Path, list_name: str, note: Note, leaves: datetime) -> str:
    """The key of this file's mail that is still being written, else a new one."""
    for row, draft in _drafts(ws, list_name):
        if row.state in OPEN and draft.note.origin == note.origin:
            return row.key
        if row.state in OUT and draft.note == note:
            raise UsageError(
                f"{file} went to list {list_name!r} as {row.key} already; write another mail for another"
            )
    with ws.store.read() as connection:
        return open_key(connection, ws, "mail", leaves.astimezone(home_zone(ws)).date(), file.stem)


def changed_since(ws: Workspace, draft: Draft) -> str:
    """Whether the file says something else than the draft; empty where it does not, or is gone."""
    path = _path(ws, draft.note)
    if path is None or not path.is_file():
        return ""
    read = _read(ws, path)
    moment = _moment(ws, read)
    if read.note == draft.note and not has_errors(read.problems) and moment in (None, draft.slot.send_at):
        return ""
    return f"{path.name} has changed since {draft.key} was drafted"


def _read(ws: Workspace, file: Path) -> MessageFile:
    try:
        name = file.resolve().relative_to(ws.root.resolve()).as_posix()
    except ValueError:
        name = file.resolve().as_posix()
    return read_message_file(file.read_bytes(), name)


def _path(ws: Workspace, note: Note) -> Path | None:
    return ws.root / note.origin.path if note.origin else None


def _moment(ws: Workspace, read: MessageFile) -> datetime | None:
    """When it is to leave, on the community's clock where it names no offset."""
    moment = read.send_at
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment if moment.tzinfo else localise(moment, home_zone(ws))


def _past(read: MessageFile, send_at: datetime | None, at: datetime) -> tuple[Problem, ...]:
    if send_at is None or send_at >= at or read.note.origin is None:
        return ()
    text = f"`send_at` is over ({send_at:%Y-%m-%d %H:%M}); write a later one, or leave it out and send it yourself"
    return (Problem("error", "note.value", text, Origin("mail", read.note.origin.path, 1)),)


def _drafts(ws: Workspace, list_name: str) -> Iterator[tuple[IssueRow, Draft]]:
    """Every one-off to the list, with its draft."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        keys = [row.key for row in mails.rows(connection, community, "one-off") if row.list == list_name]
        found = [issues.find_issue(connection, community, key) for key in keys]
    return ((row, load_draft(row.draft)) for row in found if row and row.draft)
