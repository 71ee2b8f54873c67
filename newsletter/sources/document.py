"""Data as its author typed it: every scalar a string, every key with its line.

Formats disagree about what `12:30`, `NO` and `1.10` are; here they are text until a field says what it expects.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
Path = tuple[str | int, ...]

_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,4})\]")
_SEPARATORS = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, slots=True)
class Document:
    """A mapping and the line (1-based) of each of its keys and list entries, by path."""

    data: dict[str, Value]
    lines: Mapping[Path, int] = field(default_factory=dict)
    line: int | None = None

    def line_of(self, path: Path) -> int | None:
        """The line of the path, or of the nearest thing around it."""
        while path and self.lines:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return self.line


@lru_cache(maxsize=4096)
def squash(key: str) -> str:
    """A key without case, blanks, `_` and `-`: `Start Date` and `start_date` are one."""
    return _SEPARATORS.sub("", key).casefold()


def parse_path(text: str) -> Path:
    """`time[0][0].start` as its steps."""
    return tuple(name.strip() if name else int(index) for name, index in _STEP.findall(text))


@lru_cache(maxsize=4096)
def path_text(path: Path) -> str:
    """The path as one would write it in a field map."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def find(data: Value, path: Path) -> tuple[Value, Path] | None:
    """The value at the path, keys compared without case, and the path as the author wrote it."""
    found: Path = ()
    for step in path:
        key = _key(data, step)
        if key is None:
            return None
        data = data[key]  # type: ignore[index]  # _key answers a str for a dict, an int for a list
        found = (*found, key)
    return data, found


def _key(data: Value, step: str | int) -> str | int | None:
    if isinstance(data, list):
        return step if isinstance(step, int) and step < len(data) else None
    if not isinstance(data, dict) or isinstance(step, int):
        return None
    if step in data:
        return step
    wanted = squash(step)
    return next((key for key in data if squash(key) == wanted), None)


def is_empty(value: Value) -> bool:
    """Whether nothing was written."""
    return not value or (isinstance(value, str) and not value.strip())


def as_list(value: Value, separators: str = ",;\n") -> list[str]:
    """The texts of a list, or of a string that separates them."""
    parts = re.split(f"[{re.escape(separators)}]", value) if isinstance(value, str) and separators else _texts(value)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def as_text(value: Value) -> str:
    """One line of text for whatever was written; a mapping gives its name or title, or all its values."""
    return ", ".join(as_list(value, "")) if not isinstance(value, str) else value.strip()


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    else:
        yield from _mapping_texts(value)


def _mapping_texts(value: dict[str, Value]) -> Iterator[str]:
    named = next((value[key] for key in value if squash(key) in ("name", "title", "text", "label")), None)
    if named is not None:
        yield from _texts(named)
    else:
        for entry in value.values():
            yield from _texts(entry)
