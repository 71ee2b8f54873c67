"""The editor's file of one issue, issues/KEY.md: TOML front matter and the note as Markdown."""

import json

import tomli

from newsletter.model.issue import Note, Slot
from newsletter.model.problem import Origin, Problem

FENCE = "+++"
KEYS = ("subject", "preheader", "by", "role")


def read_note(data: bytes, path: str) -> tuple[Note, tuple[Problem, ...]]:
    """The note and what is wrong in it; a file that cannot be read gives an empty note and an error."""
    origin = Origin("issue", path, 1)
    try:
        front, body = _split(data.decode("utf-8-sig").replace("\r\n", "\n"))
        fields = tomli.loads(front)
    except UnicodeDecodeError:
        return Note(), (Problem("error", "note.encoding", "this file is not UTF-8 text", origin),)
    except tomli.TOMLDecodeError as error:
        where = Origin("issue", path, error.lineno + 1)
        return Note(), (Problem("error", "note.toml", f"the front matter is not valid TOML: {error.msg}", where),)
    texts = {key: str(fields[key]).strip() for key in KEYS if key in fields}
    unknown = tuple(_unknown(key, origin) for key in fields if key not in KEYS)
    return Note(body=body.strip(), origin=origin, **texts), unknown


def _split(text: str) -> tuple[str, str]:
    """Front matter and body; a file without a fence is all body."""
    if not text.startswith(FENCE):
        return "", text
    front, closed, body = text[len(FENCE) :].partition(f"\n{FENCE}")
    return (front, body) if closed else ("", text)


def _unknown(key: str, origin: Origin) -> Problem:
    return Problem("warning", "note.unknown-key", f"`{key}` means nothing here; known are {', '.join(KEYS)}", origin)


def write_note(note: Note, slot: Slot) -> str:
    """A file for the editor to fill in, with the window it is about."""
    first, last = slot.window.start.date(), slot.window.end.date()
    fields = "".join(f"{key} = {json.dumps(getattr(note, key), ensure_ascii=False)}\n" for key in KEYS)
    about = f"# {slot.key}: what happens from {first} until {last} (that day not included).\n"
    hint = "# Leave a field empty and the program writes its own words.\n"
    return f"{FENCE}\n{about}{hint}{fields}{FENCE}\n\n{note.body}\n"
