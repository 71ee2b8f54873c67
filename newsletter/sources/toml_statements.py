"""Single statements of TOML changed in its text, with everything else as it was, to the byte.

A statement is the shortest run of lines that can be read by itself: a key with its value, the head of a table, or a
line that says nothing. Values are written as basic strings on one line, which nothing in them can end.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import tomli

from newsletter.sources.blob import UnreadableError

#: Longer lists than this are changed by hand.
MOST_LINES = 2000
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_ELEMENT = re.compile(r"""\s*("(?:[^"\\\n]|\\.)*"|'[^'\n]*')\s*,?[ \t]*(#[^\n]*)?\r?\n?""")
_COMMENT = re.compile(r"[ \t]*#[^\n]*\r?\n?")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """Some lines, with their ends; `path` is the table whose head they are, or the key that gets a value."""

    kind: Literal["nothing", "table", "value"]
    lines: tuple[str, ...]
    path: Path = ()

    @property
    def text(self) -> str:
        """The lines as they stand."""
        return "".join(self.lines)


def quoted(text: str) -> str:
    """A basic string: the escapes of JSON are TOML's too, but for DEL, which TOML wants escaped."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def statements(text: str) -> tuple[Statement, ...]:
    """The text in statements, which together are the text; UnreadableError where one does not end."""
    return tuple(_statements(_LINES.findall(text)))


def with_value(
    text: str, table: Path, key: str, value: str | Sequence[str] | None, after: Collection[str] = ()
) -> str:
    """The text with that value for the key of the table; None takes the key out, and a table that has no other.

    A key that is not there comes after the last of the keys `after`, or at the end of its table; a table that is not
    there comes last.
    """
    found = list(statements(text))
    first, last = _table(found, table)
    place = next((at for at in range(first, last) if found[at].kind == "value" and found[at].path == (key,)), None)
    if place is not None:
        fresh = _changed(found[place], value) if value is not None else None
        found[place : place + 1] = [fresh] if fresh else []
        return "".join(one.text for one in (found if fresh else _without_empty(found, table)))
    if value is None:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    line = Statement("value", (f"{_key(key)} = {_value(value)}{end}",), (key,))
    if table and first == last == len(found):
        return appended(text, f"[{'.'.join(map(_key, table))}]\n{line.text}")
    found.insert(_end_of(found, first, last, after), line)
    return "".join(_ended(found, end))


def appended(text: str, table: str) -> str:
    """The text with one more table below it, a blank line between, in the line ends of the text."""
    end = "\r\n" if "\r\n" in text else "\n"
    before = text if not text or text.endswith("\n") else text + end
    gap = "" if not before or before.endswith(("\n\n", "\r\n\r\n")) else end
    return before + gap + table.replace("\r\n", "\n").replace("\n", end)


def _statements(lines: Sequence[str]) -> Iterator[Statement]:
    at = 0
    while at < len(lines):
        bare = lines[at].strip()
        if not bare or bare.startswith("#"):
            yield Statement("nothing", (lines[at],))
            at += 1
        elif bare.startswith("["):
            yield Statement("table", (lines[at],), _head(lines[at]))
            at += 1
        else:
            whole = _value_at(lines, at)
            yield whole
            at += len(whole.lines)


def _head(line: str) -> Path:
    path: list[str] = []
    found: Any = _loads(line)
    while found:
        found = found[-1] if isinstance(found, list) else found
        path += list(found)[:1]
        found = found[path[-1]] if found else None
    return tuple(path)


def _value_at(lines: Sequence[str], at: int) -> Statement:
    for end in range(at + 1, min(len(lines), at + MOST_LINES) + 1):
        try:
            data = tomli.loads("".join(lines[at:end]))
        except tomli.TOMLDecodeError:
            continue
        return Statement("value", tuple(lines[at:end]), (next(iter(data)),))
    raise UnreadableError("E-TOML", "What begins here does not end.", at + 1)


def _loads(text: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise UnreadableError("E-TOML", f"This is not TOML: {error.msg}.") from error


def _table(found: Sequence[Statement], table: Path) -> tuple[int, int]:
    """From where to where the table's own statements stand; its head is not among them."""
    heads = [at for at, one in enumerate(found) if one.kind == "table"]
    if not table:
        return 0, heads[0] if heads else len(found)
    head = next((at for at in heads if found[at].path == table), None)
    if head is None:
        return len(found), len(found)
    return head + 1, next((at for at in heads if at > head), len(found))


def _end_of(found: Sequence[Statement], first: int, last: int, after: Collection[str]) -> int:
    """Behind the last of these keys, else behind the last value, else behind what is said at the beginning."""
    values = [at for at in range(first, last) if found[at].kind == "value"]
    named = [at for at in values if found[at].path[0] in after]
    if named or values:
        return (named or values)[-1] + 1
    return next((at for at in range(first, last) if not found[at].text.lstrip().startswith("#")), last)


def _ended(found: Sequence[Statement], end: str) -> Iterator[str]:
    """Each statement, those that others follow with a line end."""
    for at, one in enumerate(found):
        yield one.text if one.text.endswith("\n") or at == len(found) - 1 else one.text + end


def _without_empty(found: Sequence[Statement], table: Path) -> Sequence[Statement]:
    """Without the head of a table that says nothing any more; what is remarked in it stays."""
    first, last = _table(found, table)
    if not table or any(one.kind == "value" for one in found[first:last]):
        return found
    before = first - 2 if first > 1 and not found[first - 2].text.strip() else first - 1
    return [*found[:before], *found[first:]]


def _changed(old: Statement, value: str | Sequence[str]) -> Statement:
    if isinstance(value, str) or len(old.lines) == 1:
        return _on_one_line(old, value)
    return _element_by_element(old, value) or _on_one_line(old, value)


def _on_one_line(old: Statement, value: str | Sequence[str]) -> Statement:
    """With the remark behind the old value where there is one; remarks between the lines come above."""
    end = re.search(r"\r?\n?$", old.lines[-1])
    kept = [line for line in old.lines[1:-1] if _COMMENT.fullmatch(line)]
    head = (
        old.lines[0].partition("=")[0] if old.path[0] in old.lines[0].partition("=")[0] else f"{_key(old.path[0])} "
    )
    line = f"{head}= {_value(value)}{_remark(old)}{end[0] if end else ''}"
    return replace(old, lines=(*kept, line))


def _remark(old: Statement) -> str:
    """The remark behind a value on one line, with the blanks before it."""
    if len(old.lines) > 1:
        return ""
    line, data = old.text.rstrip("\r\n"), _loads(old.text)
    for match in re.finditer("#", line):
        before = line[: match.start()]
        if _is(before, data):
            return line[len(before.rstrip()) :]
    return ""


def _is(text: str, data: object) -> bool:
    try:
        return bool(tomli.loads(text) == data)
    except tomli.TOMLDecodeError:
        return False


def _element_by_element(old: Statement, value: Sequence[str]) -> Statement | None:
    """A list with each element on a line of its own: kept ones with their remarks, new ones below; else None."""
    if old.lines[0].split("#")[0].rstrip()[-1:] != "[" or old.lines[-1].strip() != "]":
        return None
    blocks: dict[str, list[str]] = {}
    waiting: list[str] = []
    for line in old.lines[1:-1]:
        match = _ELEMENT.fullmatch(line)
        if match:
            blocks[_loads(f"a = {match[1]}")["a"]] = [*waiting, line]
            waiting = []
        elif _COMMENT.fullmatch(line) or not line.strip():
            waiting.append(line)
        else:
            return None
    return replace(old, lines=(old.lines[0], *_rows(value, blocks, old.lines[0]), *waiting, old.lines[-1]))


def _rows(value: Sequence[str], blocks: dict[str, list[str]], first: str) -> Iterator[str]:
    end = "\r\n" if first.endswith("\r\n") else "\n"
    for one in value:
        yield from _with_comma(blocks[one]) if one in blocks else (f"    {quoted(one)},{end}",)


def _with_comma(block: Sequence[str]) -> Iterator[str]:
    """The element's lines; the last of a list may have had no comma, and is followed by others now."""
    yield from block[:-1]
    match = _ELEMENT.fullmatch(block[-1])
    bare = block[-1] if match is None else block[-1][: match.end(1)]
    rest = block[-1][len(bare) :]
    yield bare + ("" if rest.lstrip().startswith(",") else ",") + rest


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def _value(value: str | Sequence[str]) -> str:
    return quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"


#: Reads TOML as it is, where what was written is to be compared with what was meant.
loads: Callable[[str], dict[str, Any]] = _loads
