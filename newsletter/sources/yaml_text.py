"""YAML without its surprises: scalars stay strings, duplicate keys are refused, aliases and depth are bounded.

Built from the parser's events and not by its composer, so that a bomb is refused before it is built.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from newsletter.sources.blob import UnreadableError
from newsletter.sources.document import Document, Path, Value
from newsletter.sources.yaml_faults import Told, tell_character, tell_fault

MAX_DEPTH = 50
MAX_NODES = 200_000
MAX_ALIASES = 100
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_NO_KEY = "A key must be plain text, not a list or a mapping; put a text that begins with { or [ in quotes."

_Loader: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being filled."""

    value: dict[str, Value] | list[Value]
    path: Path
    line: int
    anchor: str | None
    key: str | None = None


class _Builder:
    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.lines: dict[Path, int] = {}
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.stack: list[_Open] = []
        self.root: Value | None = None
        self.nodes = 0
        self.aliases = 0

    def feed(self, event: yaml.Event) -> None:
        line = self.first_line + (event.start_mark.line if event.start_mark else 0)
        match event:
            case yaml.ScalarEvent():
                self._scalar(event, line)
            case yaml.AliasEvent():
                self._alias(event.anchor or "", line)
            case yaml.MappingStartEvent():
                self._start({}, event.anchor, line)
            case yaml.SequenceStartEvent():
                self._start([], event.anchor, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()
            case yaml.DocumentStartEvent() if self.root is not None:
                raise UnreadableError("E-YAML", "A second YAML document begins here; keep one in a file.", line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text = "" if event.implicit[0] and event.value in _NULLS else str(event.value)
        if event.anchor:
            self.anchors[event.anchor] = (text, 1)
        self._count(1, line)
        self._put(text, line)

    def _alias(self, anchor: str, line: int) -> None:
        if anchor not in self.anchors:
            raise UnreadableError("E-YAML", f"*{anchor} names nothing that was marked &{anchor} before.", line)
        value, size = self.anchors[anchor]
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise UnreadableError("E-YAML", f"More than {MAX_ALIASES} aliases; write the values out.", line)
        self._count(size, line)
        self._put(value, line)

    def _start(self, value: dict[str, Value] | list[Value], anchor: str | None, line: int) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise UnreadableError("E-YAML", f"Nested more than {MAX_DEPTH} levels deep.", line)
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.value, dict) and top.key is None:
            raise UnreadableError("E-YAML", _NO_KEY, line)
        self._count(1, line)
        self.stack.append(_Open(value, self._path(), line, anchor))

    def _end(self) -> None:
        done = self.stack.pop()
        if done.anchor:
            self.anchors[done.anchor] = (done.value, _size(done.value))
        self._put(done.value, done.line)

    def _path(self) -> Path:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.path, len(top.value) if isinstance(top.value, list) else top.key or "")

    def _put(self, value: Value, line: int) -> None:
        if not self.stack:
            self.root = value
            self.lines.setdefault((), line)
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            self.lines[(*top.path, len(top.value))] = line
            top.value.append(value)
        elif top.key is None:
            self._key(top, value, line)
        else:
            self._entry(top, top.value, value)

    def _key(self, top: _Open, value: Value, line: int) -> None:
        if not isinstance(value, str):
            raise UnreadableError("E-YAML", _NO_KEY, line)
        path = (*top.path, value)
        if path in self.lines and value in top.value:
            raise UnreadableError(
                "E-YAML", f"The key {value!r} is written twice, first in line {self.lines[path]}.", line
            )
        self.lines[path] = line
        top.key = value

    def _entry(self, top: _Open, table: dict[str, Value], value: Value) -> None:
        key, top.key = top.key or "", None
        if key == "<<":
            for merged in value if isinstance(value, list) else [value]:
                if isinstance(merged, dict):
                    table.update({name: entry for name, entry in merged.items() if name not in table})
        else:
            table[key] = value

    def _count(self, size: int, line: int) -> None:
        self.nodes += size
        if self.nodes > MAX_NODES:
            raise UnreadableError("E-YAML", f"More than {MAX_NODES:,} values, aliases written out.", line)


def load_yaml(text: str, first_line: int = 1) -> tuple[Value, dict[Path, int]]:
    """The value and the line of each path, `first_line` being the text's; UnreadableError for what is broken."""
    builder = _Builder(first_line)
    try:
        for event in _events(text):
            builder.feed(event)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(tell_fault(error, text), first_line) from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise _unreadable(tell_character(text, str(error).splitlines()[0]), first_line) from error
    return ("" if builder.root is None else builder.root), builder.lines


def yaml_document(text: str, first_line: int = 1) -> Document:
    """The YAML mapping in the text; UnreadableError if it is something else."""
    value, lines = load_yaml(text, first_line)
    if value == "":
        value = {}
    if not isinstance(value, dict):
        raise UnreadableError("E-YAML", "Expected `key: value` lines here.", first_line)
    return Document(value, lines, first_line)


def _events(text: str) -> Iterator[yaml.Event]:
    loader = _Loader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _unreadable(told: Told, first_line: int) -> UnreadableError:
    sentence, line = told
    return UnreadableError("E-YAML", f"{sentence}.", first_line + line)


def _size(value: Value) -> int:
    """Values in all, shared ones counted each time; bounded by what `_count` let in."""
    total, todo = 0, [value]
    while todo and total <= MAX_NODES:
        entry = todo.pop()
        total += 1
        if isinstance(entry, list):
            todo.extend(entry)
        elif isinstance(entry, dict):
            todo.extend(entry.values())
    return total
