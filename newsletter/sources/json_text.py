"""JSON with every scalar as text and every object with its line; the parser itself tells no lines."""

import json
import re
from collections.abc import Iterator
from typing import Any

from newsletter.sources.blob import UnreadableError
from newsletter.sources.document import Value

MAX_DEPTH = 50
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\n]', re.DOTALL)
#: Half a character, which an escape of JSON may name and no text may hold: whatever writes it down would fail.
_HALF = re.compile("[\ud800-\udfff]")
_WORDS = {"NaN": "NaN", "Infinity": "Infinity", "-Infinity": "-Infinity"}


class Table(dict[str, Value]):
    """A JSON object that knows its line."""

    line: int = 1


def load_json(text: str) -> Value:
    """The value, its objects being `Table`s; UnreadableError for what is broken, too deep, or says a key twice."""
    lines = _object_lines(text)

    def table(pairs: list[tuple[str, Any]]) -> Table:
        return _table(pairs, next(lines, 1))

    try:
        value = json.loads(text, object_pairs_hook=table, parse_int=str, parse_float=str, parse_constant=_WORDS.get)
    except json.JSONDecodeError as error:
        raise UnreadableError("E-JSON", f"This is not JSON: {error.msg}.", error.lineno) from error
    except RecursionError as error:
        raise UnreadableError("E-JSON", f"Nested more than {MAX_DEPTH} levels deep.") from error
    return _text_value(value, 0)


def _table(pairs: list[tuple[str, Any]], line: int) -> Table:
    pairs = [(_whole(name), value) for name, value in pairs]
    table = Table(pairs)
    table.line = line
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableError("E-JSON", f"The key {twice!r} is written twice in this object.", line)
    return table


def _object_lines(text: str) -> Iterator[int]:
    """The lines on which objects begin, in the order in which they end: that of the parser's calls."""
    line = 1
    begun: list[int] = []
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "\n":
                line += 1
            case "{":
                begun.append(line)
            case "}":
                if begun:
                    yield begun.pop()
            case string:
                line += string.count("\n")


def _text_value(value: Any, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise UnreadableError("E-JSON", f"Nested more than {MAX_DEPTH} levels deep.")
    if isinstance(value, Table):
        for key in value:
            value[key] = _text_value(value[key], depth + 1)
        return value
    if isinstance(value, list):
        return [_text_value(entry, depth + 1) for entry in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _whole(str(value))


def _whole(text: str) -> str:
    """The text with U+FFFD for each half of a character."""
    return _HALF.sub("\ufffd", text)
