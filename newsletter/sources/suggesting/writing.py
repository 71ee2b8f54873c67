"""A suggestion as the text of a page: TOML or YAML like its source, each field where the source's map looks.

What a person has to decide stands in comments, so that the file says no more than the sentence did.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.model.workspace import SourceSettings
from newsletter.sources.document import Document, Path, parse_path, squash

_INNER = ("extra", "params")


@dataclass(frozen=True, slots=True)
class Line:
    """A field and its value under a path of tables, or as a comment where it is to be filled in."""

    path: Path
    value: str | tuple[str, ...]
    comment: bool = False
    hint: str = ""


def path_of(name: str, source: SourceSettings, document: Document) -> Path:
    """Where the source looks for the field: by its map, in a generator's own table, or at the top."""
    mapped = source.field_map.get(name, "").split("|")[0].strip()
    if mapped:
        return tuple(step for step in parse_path(mapped) if isinstance(step, str)) or (mapped,)
    tables = (key for key, value in document.data.items() if isinstance(value, dict))
    inner = next((key for key in tables if squash(key) in _INNER), "")
    if name == "tags" and any(squash(key) == "taxonomies" for key in document.data):
        return "taxonomies", "tags"
    key = "when" if name == "dates" else name
    return (inner, key) if inner and name not in ("title", "tags") else (key,)


def page_text(style: str, notes: Sequence[str], lines: Sequence[Line], body: str) -> str:
    """The whole file; `style` is "toml", or anything else for YAML."""
    fence = "+++" if style == "toml" else "---"
    told = [f"# {note}" for note in notes]
    rows = _toml(lines) if style == "toml" else _yaml(lines)
    return "\n".join([fence, *told, *rows, fence, "", body, ""])


def _toml(lines: Sequence[Line]) -> Iterator[str]:
    yield from _rows([line for line in lines if len(line.path) == 1], " = ")
    for table in dict.fromkeys(line.path[:-1] for line in lines if len(line.path) > 1):
        yield ""
        yield f"[{'.'.join(_toml_key(str(step)) for step in table)}]"
        yield from _rows([line for line in lines if line.path[:-1] == table], " = ")


def _yaml(lines: Sequence[Line]) -> Iterator[str]:
    yield from _rows([line for line in lines if len(line.path) == 1], ": ")
    for name in dict.fromkeys(line.path[0] for line in lines if len(line.path) > 1):
        yield f"{name}:"
        inner = [Line(line.path[1:], line.value, line.comment, line.hint) for line in lines if line.path[0] == name]
        yield from (f"  {row}" for row in _yaml([line for line in inner if line.path]))


def _rows(lines: Sequence[Line], sign: str) -> Iterator[str]:
    for line in lines:
        if line.hint:
            yield f"# {line.hint}"
        key = str(line.path[-1])
        yield f"{'# ' if line.comment else ''}{_toml_key(key) if sign == ' = ' else key}{sign}{_value(line.value)}"


def _value(value: str | tuple[str, ...]) -> str:
    """JSON's strings and lists are TOML's and YAML's too."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _toml_key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else json.dumps(key)
