"""A one-off mail as a file: TOML front matter (subject, preheader, by, role, send_at) and Markdown."""

from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from newsletter.model.issue import Note
from newsletter.model.problem import Origin, Problem
from newsletter.sources.blob import UnreadableError, decode
from newsletter.sources.document import as_text
from newsletter.sources.issue_file import split
from newsletter.sources.toml_text import toml_document

#: The source that its problems name.
SOURCE = "mail"
WORDS = ("subject", "preheader", "by", "role")
KEYS = (*WORDS, "send_at")
_FIRST_LINE = 2


@dataclass(frozen=True, slots=True)
class MessageFile:
    """What the file says; `send_at` is as written: aware, on the community's clock, a day, or not at all."""

    note: Note
    send_at: datetime | date | None = None
    problems: tuple[Problem, ...] = ()


def read_message_file(data: bytes, path: str) -> MessageFile:
    """The mail, and what is wrong with it; a file that cannot be read at all gives only that."""
    origin = Origin(SOURCE, path, 1)
    try:
        front, body = split(decode(data))
        document = toml_document(front, _FIRST_LINE)
    except UnreadableError as fault:
        code = {"E-TOML": "note.toml", "note.fence": "note.fence"}.get(fault.code, "note.encoding")
        problem = Problem("error", code, fault.text, Origin(SOURCE, path, fault.line or 1))
        return MessageFile(Note(origin=origin), problems=(problem,))
    words = {key: as_text(value) for key in WORDS if isinstance(value := document.data.get(key, ""), str)}
    faults = [
        _fault(Origin(SOURCE, path, document.lines.get((key,), 1)), key)
        for key, value in document.data.items()
        if not _is_good(key, value)
    ]
    note = Note(body=body.strip(), origin=origin, **words)
    moment = document.data.get("send_at")
    empty = [_missing(origin, what) for what, text in (("subject", note.subject), ("body", note.body)) if not text]
    return MessageFile(note, _moment(moment), (*faults, *empty))


def _is_good(key: str, value: object) -> bool:
    return isinstance(value, str) and (key in WORDS or (key == "send_at" and _moment(value) is not None))


def _fault(where: Origin, key: str) -> Problem:
    if key == "send_at":
        text = "`send_at` is not a time; write send_at = 2026-12-07T09:00:00, or a day"
        return Problem("error", "note.value", text, where)
    if key in WORDS:
        return Problem("error", "note.value", f'`{key}` is one text: {key} = "..."', where)
    near = get_close_matches(key, KEYS, 1)
    hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(KEYS)}"
    return Problem("error", "note.unknown-key", f"`{key}` means nothing here; {hint}", where)


def _missing(origin: Origin, what: str) -> Problem:
    text = {
        "subject": 'the mail has no subject; write subject = "..." between two lines of +++ at its beginning',
        "body": "the mail says nothing; write it below the front matter, as Markdown",
    }[what]
    return Problem("error", "note.value", text, origin)


def _moment(text: object) -> datetime | date | None:
    """The moment of a text in ISO 8601; a day is one of ten characters."""
    try:
        if not isinstance(text, str):
            return None
        return date.fromisoformat(text) if len(text) == len("2026-12-07") else datetime.fromisoformat(text)
    except ValueError:
        return None
