"""TOML 1.1 with every scalar as text and every key with its line; the parser itself tells no lines."""

import re
from datetime import date, datetime, time
from typing import Any

import tomli

from newsletter.sources.blob import UnreadableError
from newsletter.sources.document import Document, Path, Value

MAX_DEPTH = 50
_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]\n]+?)\s*\]\]?\s*(?:#.*)?$")
_PART = r"""[A-Za-z0-9_\-]+|"[^"\n]*"|'[^'\n]*'"""
_NAME = re.compile(_PART)
_KEY = re.compile(rf"\s*((?:{_PART})(?:\s*\.\s*(?:{_PART}))*)\s*=")


def toml_document(text: str, first_line: int = 1) -> Document:
    """The TOML tables in the text; UnreadableError names the broken line. `first_line` is that of its start."""
    try:
        data = tomli.loads(text, parse_float=str)
        table = {key: _text_value(value, 1) for key, value in data.items()}
    except tomli.TOMLDecodeError as error:
        raise UnreadableError("E-TOML", f"This is not TOML: {error.msg}.", first_line + error.lineno - 1) from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("E-TOML", f"This TOML cannot be read: {error}.", first_line) from error
    return Document(table, toml_lines(text, first_line), first_line)


def _text_value(value: Any, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise UnreadableError("E-TOML", f"Nested more than {MAX_DEPTH} levels deep.")
    if isinstance(value, dict):
        return {key: _text_value(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list):
        return [_text_value(entry, depth + 1) for entry in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def toml_lines(text: str, first_line: int) -> dict[Path, int]:
    """The line of each table and key, found by looking; keys inside inline tables are not looked for."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    fence = ""
    for number, row in enumerate(text.split("\n"), first_line):
        if not fence and (header := _TABLE.match(row)):
            table = _table_path(header, counts)
            lines.setdefault(table, number)
        elif not fence and (key := _KEY.match(row)):
            lines.setdefault((*table, *_names(key[1])), number)
        fence = _fence_after(row, fence)
    return lines


def _table_path(header: re.Match[str], counts: dict[Path, int]) -> Path:
    path: Path = ()
    names = _names(header[2])
    for name in names[:-1]:
        path = (*path, name)
        path = (*path, counts[path]) if path in counts else path
    path = (*path, *names[-1:])
    if header[1] == "[[":
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    return path


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip("\"'") for name in _NAME.findall(dotted))


def _fence_after(row: str, fence: str) -> str:
    """The triple quote that is open after this line; one in a comment counts too, which costs a line number."""
    position = 0
    while True:
        marks = [fence] if fence else ['"""', "'''"]
        found = [(at, mark) for mark in marks if (at := row.find(mark, position)) >= 0]
        if not found:
            return fence
        at, mark = min(found)
        fence = "" if fence else mark
        position = at + 3
