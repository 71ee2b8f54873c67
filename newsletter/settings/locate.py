"""Finds the line of a key in a TOML file, so that a problem can point at it; TOML parsers keep no positions."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*\[(\[)?\s*(?P<name>[^\[\]]+?)\s*\]")
_PART = re.compile(r'"([^"]*)"|\'([^\']*)\'|([A-Za-z0-9_-]+)')


def key_line(text: str, path: Sequence[str | int]) -> int | None:
    """The 1-based line of the key at `path`, or of the nearest enclosing table; None where neither is found."""
    wanted = tuple(path)
    best: tuple[int, int] | None = None
    for line, found in _keys(text):
        depth = _shared(found, wanted)
        if depth == len(found) and depth and (best is None or depth > best[0]):
            best = (depth, line)
    return best[1] if best else None


def _shared(found: tuple[str | int, ...], wanted: tuple[str | int, ...]) -> int:
    depth = 0
    for left, right in zip(found, wanted, strict=False):
        if left != right:
            break
        depth += 1
    return depth


def _keys(text: str) -> list[tuple[int, tuple[str | int, ...]]]:
    """Every table header and key with its full path, in file order; keys inside multi-line values may add noise."""
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    found: list[tuple[int, tuple[str | int, ...]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _table(header, counts)
            found.append((number, table))
        elif "=" in line and not line.lstrip().startswith("#"):
            found.append((number, table + _parts(line.split("=", 1)[0])))
    return found


def _table(header: re.Match[str], counts: dict[tuple[str, ...], int]) -> tuple[str | int, ...]:
    name = _parts(header["name"])
    if not header[1]:
        return name
    counts[name] = counts.get(name, -1) + 1
    return (*name, counts[name])


def _parts(text: str) -> tuple[str, ...]:
    return tuple(next(group for group in match.groups() if group is not None) for match in _PART.finditer(text))
