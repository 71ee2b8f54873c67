"""A page's front matter and its body: `+++` TOML, `---` YAML, a JSON object, bare `Title:` headers, or none."""

import json
import re
from dataclasses import dataclass
from typing import Literal

from newsletter.sources.blob import UnreadableError
from newsletter.sources.document import Document, Path, Value
from newsletter.sources.json_text import load_json
from newsletter.sources.toml_text import toml_document
from newsletter.sources.yaml_text import yaml_document

MAX_CHARACTERS = 256_000

_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9_ -]{0,40}):(?:[ \t]+(.*))?$")
_JSON_OPENING = re.compile(r"\{\s*(?:\"[^\"\n]*\"\s*:|\}\s*$)")
_JSON_KEY = re.compile(r"\"([^\"\\]*)\"\s*:")
_KEY_LINE = re.compile(r"[\"']?[A-Za-z_][\w .-]*[\"']?\s*[:=]")


@dataclass(frozen=True, slots=True)
class Page:
    """A file taken apart; `fault` says why its front matter could not be read, which leaves `document` empty."""

    style: Literal["toml", "yaml", "json", "headers", "none"]
    document: Document
    body: str
    body_line: int
    fault: UnreadableError | None = None


def split_page(text: str) -> Page:
    """Take a page apart. A first `---` that opens no front matter is a rule across the page and part of the body."""
    rows = text.split("\n")
    first = next((number for number, row in enumerate(rows) if row.strip()), 0)
    fence = rows[first].rstrip() if rows else ""
    if fence in ("+++", "---"):
        return _fenced(rows, first, fence)
    if _JSON_OPENING.match("\n".join(rows[first : first + 2])):
        return _json_page(rows, first)
    end = _headers_end(rows, first)
    if end is None:
        return Page("none", Document({}, {}, 1), text, 1)
    document = _headers_document(rows, first, end)
    return Page("headers", document, "\n".join(rows[end:]), end + 1)


def _json_page(rows: list[str], first: int) -> Page:
    """Front matter as one JSON object, which Hugo takes too; it ends where the object does."""
    text = "\n".join(rows[first:])
    close = _json_end(text)
    body = text[close:]
    body_line = first + 1 + text[:close].count("\n")
    try:
        if close > MAX_CHARACTERS:
            raise UnreadableError("E-SIZE", f"The front matter has more than {MAX_CHARACTERS:,} characters.", 1)
        value = load_json(text[:close])
        data = value if isinstance(value, dict) else {}
        return Page("json", Document(data, _key_lines(text[:close], data, first + 1), first + 1), body, body_line)
    except UnreadableError as fault:
        where = UnreadableError(fault.code, fault.text, first + (fault.line or 1))
        return Page("json", Document({}, {}, first + 1), "", body_line, where)


def _json_end(text: str) -> int:
    """Behind the object that the text begins with; the end of the text where it never closes."""
    try:
        return json.JSONDecoder().raw_decode(text)[1]
    except (json.JSONDecodeError, RecursionError):
        return len(text)


def _key_lines(text: str, data: dict[str, Value], first_line: int) -> dict[Path, int]:
    """The lines of the object's own keys, each where it stands first as a key."""
    lines: dict[Path, int] = {}
    for number, row in enumerate(text.split("\n")):
        for key in _JSON_KEY.findall(row):
            if key in data:
                lines.setdefault((key,), first_line + number)
    return lines


def _fenced(rows: list[str], first: int, fence: str) -> Page:
    closings = {fence, "..."} if fence == "---" else {fence}
    close = next((number for number in range(first + 1, len(rows)) if rows[number].rstrip() in closings), None)
    inside = rows[first + 1 : close]
    if not _looks_like_data(inside, fence):
        return Page("none", Document({}, {}, 1), "\n".join(rows), 1)
    style: Literal["toml", "yaml"] = "toml" if fence == "+++" else "yaml"
    if close is None:
        fault = UnreadableError("E-FRONT-MATTER", f"The front matter opened by {fence} is never closed.", first + 1)
        return Page(style, Document({}, {}, first + 1), "", len(rows), fault)
    body, body_line = "\n".join(rows[close + 1 :]), close + 2
    try:
        return Page(style, _document(style, "\n".join(inside), first + 2), body, body_line)
    except UnreadableError as fault:
        return Page(style, Document({}, {}, first + 1), body, body_line, fault)


def _looks_like_data(rows: list[str], fence: str) -> bool:
    """Whether fenced text is front matter: TOML fences always are, dashes where they hold keys or nothing."""
    written = [row for row in rows if row.strip() and not row.lstrip().startswith("#")]
    return fence == "+++" or not written or any(_KEY_LINE.match(row) for row in written[:20])


def _document(style: str, text: str, first_line: int) -> Document:
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError("E-SIZE", f"The front matter has more than {MAX_CHARACTERS:,} characters.", first_line)
    return toml_document(text, first_line) if style == "toml" else yaml_document(text, first_line)


def _headers_end(rows: list[str], first: int) -> int | None:
    """Where bare headers end: a run of `Key: value` lines from the top, one of them the title."""
    names: list[str] = []
    for number in range(first, min(len(rows), first + 60)):
        row = rows[number]
        header = _HEADER.match(row)
        if header:
            names.append(header[1].strip().casefold())
        elif not (row[:1].isspace() and row.strip() and names):
            return number if "title" in names and not row.strip() else None
    return len(rows) if "title" in names and len(rows) < first + 60 else None


def _headers_document(rows: list[str], first: int, end: int) -> Document:
    data: dict[str, Value] = {}
    lines: dict[Path, int] = {}
    key = ""
    for number in range(first, end):
        header = _HEADER.match(rows[number])
        if header and header[1].strip() not in data:
            key = header[1].strip()
            data[key] = (header[2] or "").strip()
            lines[(key,)] = number + 1
        elif key:
            data[key] = f"{data[key]} {rows[number].strip()}".strip()
    return Document(data, lines, first + 1)
