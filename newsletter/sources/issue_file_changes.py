"""Changes to an editor's file of an issue: what is asked for is changed, and every other byte stays.

What was written is read again and held against what was meant, so that no value can end up as anything else.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from newsletter.sources.blob import UnreadableError, decode, unify_lines
from newsletter.sources.issue_file import FENCE, NAMES, WORDS, split
from newsletter.sources.toml_statements import appended, loads, quoted, with_value

BOM = "\ufeff"
#: Behind which keys a new one is put.
_ORDER = (*WORDS, *NAMES, "merges")


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be other: words and lists by their keys, the note, and overrides by id and field ("" takes one out).

    Lists of none take their key out. `silence` is one more rule, where, and the reason.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str | None = None
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    silence: tuple[str, str, str] | None = None


def with_changes(data: bytes, changes: Changes) -> bytes:
    """The file with the changes in it; UnreadableError where it is written so that a hand has to change it."""
    decode(data)
    text = data.decode("utf-8")
    mark = BOM if text.startswith(BOM) else ""
    front, body, end = _parts(text.removeprefix(mark))
    fresh_front, fresh_body = _front(front, changes), _body(body, changes.note, end)
    whole = fresh_body if not fresh_front and not _needs_fence(fresh_body) else _fenced(fresh_front, fresh_body, end)
    _hold_against(whole, _meant(_loaded(front), changes), body if changes.note is None else changes.note)
    return (mark + whole).encode("utf-8")


def _parts(text: str) -> tuple[str, str, str]:
    """Front matter and body with their line ends as they are, and the line end of the file."""
    end = "\r\n" if "\r\n" in text else "\n"
    front, _ = split(unify_lines(text))
    if not text.startswith(FENCE):
        return "", text, end
    lines = text.split("\n")
    height = front.count("\n") + 1 if front or lines[1].rstrip() != FENCE else 0
    return "".join(f"{line}\n" for line in lines[1 : 1 + height]), "\n".join(lines[2 + height :]), end


def _front(front: str, changes: Changes) -> str:
    for key, text in changes.words.items():
        front = with_value(front, (), key, text, _ORDER[: _ORDER.index(key)])
    for key, names in changes.lists.items():
        front = with_value(front, (), key, names or None, _ORDER[: _ORDER.index(key)])
    for name, fields in changes.overrides.items():
        for key, text in fields.items():
            front = with_value(front, ("overrides", name), key, text or None)
    if changes.silence:
        front = appended(front, _silence(*changes.silence))
    return front if not front or front.endswith("\n") else front + "\n"


def _silence(rule: str, where: str, reason: str) -> str:
    rows = (("rule", rule), ("where", where), ("reason", reason))
    return "\n".join(["[[silence]]", *(f"{key} = {quoted(text)}" for key, text in rows if text), ""])


def _body(body: str, note: str | None, end: str) -> str:
    """The body with another note between the blank lines that it had around the old one."""
    if note is None:
        return body
    old = body.strip()
    lead, _, trail = body.partition(old) if old else (end, "", end)
    return f"{lead}{unify_lines(note).strip().replace(chr(10), end)}{trail}"


def _needs_fence(body: str) -> bool:
    """Whether a body alone would be taken for front matter."""
    return body.split("\n")[0].rstrip() in (FENCE, "---")


def _fenced(front: str, body: str, end: str) -> str:
    return f"{FENCE}{end}{front}{FENCE}{end}{body}"


def _loaded(front: str) -> dict[str, Any]:
    return loads(unify_lines(front))


def _meant(data: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """What the front matter says once it is changed."""
    data = deepcopy(data)
    data |= {key: _whole(text) for key, text in changes.words.items()}
    for key, names in changes.lists.items():
        data = {**data, key: [_whole(name) for name in names]} if names else _without(data, key)
    for name, fields in changes.overrides.items():
        said = {**data.get("overrides", {}).get(name, {}), **{key: _whole(text) for key, text in fields.items()}}
        said = {key: value for key, value in said.items() if value or key not in fields}
        others = _without(data.get("overrides", {}), name)
        data["overrides"] = {**others, name: said} if said else others
    if changes.silence:
        keys = zip(("rule", "where", "reason"), map(_whole, changes.silence), strict=True)
        data["silence"] = [*data.get("silence", []), {key: text for key, text in keys if text}]
    return data


def _without(data: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != key}


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _hold_against(whole: str, meant: dict[str, Any], note: str) -> None:
    """UnreadableError where the file would not say what was meant."""
    try:
        front, body = split(unify_lines(whole))
        said = loads(front)
    except UnreadableError:
        said, body = {}, ""
    tidy = [{key: value for key, value in one.items() if value != {}} for one in (said, meant)]
    if tidy[0] != tidy[1] or body.strip() != unify_lines(note).strip():
        text = "this is written in a way that is not changed from here; change it in the file itself"
        raise UnreadableError("note.by-hand", text)


def overridden(data: bytes, name: str) -> Mapping[str, str]:
    """The texts that the file has below [overrides.NAME], as they are written."""
    fields = loads(split(decode(data))[0]).get("overrides", {})
    found = fields.get(name, {}) if isinstance(fields, dict) else {}
    return {key: str(value) for key, value in found.items()} if isinstance(found, dict) else {}
