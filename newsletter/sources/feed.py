"""RSS, Atom and JSON Feed: every entry an announcement, told since its publishing date.

When an entry was published is not when something takes place, so no event is made of it, unless it says so itself in
the fields of RSS's event module (ev:startdate).
"""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from newsletter.dates.zones import find_zone
from newsletter.sources.blob import Blob, SourceContext, UnreadableError, check_bytes, decode, decode_or_windows
from newsletter.sources.document import Document, Value, as_text
from newsletter.sources.html_markdown import markdown_of, markdown_of_text
from newsletter.sources.json_text import Table, load_json
from newsletter.sources.plain import first_paragraph, shorten
from newsletter.sources.record import Record
from newsletter.sources.report import Report
from newsletter.sources.stamps import read_stamp

#: What an XML declaration may name; others, such as UTF-7, can hide markup from the checks below.
_ENCODINGS = re.compile(r"utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d|latin-?1", re.IGNORECASE)
_DECLARATION = re.compile(rb"""\A\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)["'][^>]*\?>""")
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
#: A document type that only names itself, as RSS 0.91 has; one with declarations of its own is refused.
_PLAIN_DOCTYPE = re.compile(
    r"""<!DOCTYPE\s+[\w:.-]+(?:\s+(?:PUBLIC|SYSTEM)(?:\s+(?:"[^"\[]*"|'[^'\[]*')){1,2})?\s*>""", re.IGNORECASE
)
_NO_ELEMENT = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)(?=[\s>])", re.IGNORECASE)
_TAG = re.compile(r"<(/?)[A-Za-z][^<>]*?(/?)>")
MAX_HEADING = 80
MAX_ENTRIES = 2_000
MAX_DEPTH = 2_000


def read_feed(blob: Blob, context: SourceContext, report: Report) -> Iterator[Record]:
    """A record for each entry; UnreadableError for what is no feed, or declares entities."""
    check_bytes(blob.data)
    zone = find_zone(context.timezone) or ZoneInfo("UTC")
    if blob.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        yield from _json_feed(blob, zone, report)
    else:
        yield from _xml_feed(blob, zone, report)


def _xml_feed(blob: Blob, zone: ZoneInfo, report: Report) -> Iterator[Record]:
    text = _xml_text(blob.data, report)
    _refuse_declarations(text)
    visible = _HIDDEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    _refuse_depth(visible)
    text, lines = _capped(text, visible, report)
    feed = _parsed(text)
    if not feed.get("version") and not feed.entries:
        raise UnreadableError("E-FEED", "This is no RSS, Atom or JSON feed.", _fault_line(feed))
    if feed.bozo and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        what = "what could be read of it was" if feed.entries else "no entry of it could be"
        report.warning("W-XML", f"The feed is not well-formed XML; {what} read.", _fault_line(feed))
    known = len(lines) == len(feed.entries)
    for number, entry in enumerate(feed.entries):
        yield _record(blob.path, _of_entry(entry, zone, report), lines[number] if known else None)


def _xml_text(data: bytes, report: Report) -> str:
    """The document as text without its XML declaration, its lines where they were."""
    declared = _DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf"))
    name = declared[1].decode("ascii", "replace") if declared else "utf-8"
    if not _ENCODINGS.fullmatch(name):
        raise UnreadableError("E-ENCODING", f"The feed says that it is in {name[:40]!r}; save it as UTF-8.", 1)
    if name.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        text = data.decode(name, "replace")
    else:
        text, line = decode_or_windows(data)
        if line is not None:
            report.warning("W-ENCODING", "The feed is not UTF-8; it was read as Windows-1252.", line)
    return re.sub(r"\A\s*<\?xml\b[^>]*\?>", lambda found: "\n" * found[0].count("\n"), text)


def _refuse_declarations(text: str) -> None:
    """Entities that a document declares can grow without bound or name files: no feed needs them."""
    prolog = _NO_ELEMENT.sub(lambda found: " " * len(found[0]), text)
    root = re.search(r"<[A-Za-z]", prolog)
    found = _DOCTYPE.search(prolog, 0, root.start() if root else len(prolog))
    if found and not _PLAIN_DOCTYPE.match(prolog, found.start()):
        line = text.count("\n", 0, found.start()) + 1
        raise UnreadableError("E-XML", "The feed declares entities or elements of its own; it is not read.", line)


def _fault_line(feed: Any) -> int | None:
    told = getattr(feed.get("bozo_exception"), "getLineNumber", None)
    line = told() if told else None
    return line if isinstance(line, int) and line > 0 else None


def _refuse_depth(visible: str) -> None:
    depth = 0
    for found in _TAG.finditer(visible):
        depth += -1 if found[1] else not found[2]
        if depth > MAX_DEPTH:
            raise UnreadableError("E-XML", f"Elements lie more than {MAX_DEPTH:,} deep; the feed is not read.")


def _capped(text: str, visible: str, report: Report) -> tuple[str, list[int]]:
    """The document up to the last entry that is read, and the line of each entry."""
    lines: list[int] = []
    line, position = 1, 0
    for found in _ENTRY.finditer(visible):
        line += visible.count("\n", position, found.start())
        position = found.start()
        if len(lines) == MAX_ENTRIES:
            report.error("E-CAP", f"More than {MAX_ENTRIES:,} entries; the rest is not read.", line)
            return text[:position], lines
        lines.append(line)
    return text, lines


def _parsed(text: str) -> Any:
    """The feed as feedparser reads it, which on odd namespaces and the like raises instead of saying so."""
    try:
        return feedparser.parse(
            io.BytesIO(text.encode()), response_headers={"content-type": "application/xml; charset=utf-8"}
        )
    except Exception as error:
        raise UnreadableError("E-FEED", f"The feed cannot be read: {error}.", 1) from error


def _of_entry(entry: Any, zone: ZoneInfo, report: Report) -> dict[str, Value]:
    contents = [_text(part, "value") for part in entry.get("content") or []]
    body = next(filter(None, contents), "") or _text(entry, "summary")
    return _without_blanks(
        {
            "id": _text(entry, "id"),
            "title": _plain_title(_text(entry, "title")),
            "url": _text(entry, "link"),
            "summary": first_paragraph(markdown_of(_text(entry, "summary"))) if any(contents) else "",
            "body": markdown_of(body),
            "publish": _entry_day(entry, zone, report),
            "tags": [tag.get("term") or tag.get("label") or "" for tag in entry.get("tags") or []],
            "authors": [author.get("name", "") for author in entry.get("authors") or [] if author.get("name")],
            **_event_module(entry),
        }
    )


def _event_module(entry: Any) -> dict[str, Value]:
    """What RSS's event module says; without a start it says nothing."""
    if not entry.get("ev_startdate"):
        return {}
    names = {"start": "ev_startdate", "end": "ev_enddate", "place": "ev_location", "hosts": "ev_organizer"}
    return {"kind": "event", **{ours: str(entry.get(theirs, "")) for ours, theirs in names.items()}}


def _entry_day(entry: Any, zone: ZoneInfo, report: Report) -> str:
    """The publishing date; of an Atom entry without one, that of its last change."""
    for key in ("published", "updated"):
        if written := str(entry.get(key, "")).strip():
            return _day(written, zone, report, entry.get(f"{key}_parsed"))
    return ""


def _day(written: str, zone: ZoneInfo, report: Report, utc: Any = None) -> str:
    """The day of publishing where the community is; a date without a zone stays the date that was written."""
    if stamp := read_stamp(written):
        return (stamp.in_zone(zone).date() if stamp.offset is not None else stamp.day).isoformat()
    try:
        moment = parsedate_to_datetime(written)
        return (moment.astimezone(zone) if moment.tzinfo else moment).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        pass
    if utc:
        return date(*utc[:3]).isoformat()
    report.warning("W-DATE", f"The publishing date {written[:60]!r} cannot be read and is left out.")
    return ""


def _json_feed(blob: Blob, zone: ZoneInfo, report: Report) -> Iterator[Record]:
    value = load_json(decode(blob.data))
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(items, list):
        raise UnreadableError("E-FEED", "This is no JSON feed: it has no list of `items`.", 1)
    for item in items:
        if isinstance(item, Table):
            yield _record(blob.path, _of_json(item, zone, report), item.line)
        else:
            report.error("E-ROW", f"Expected an entry of the feed here, found {str(item)[:60]!r}.")


def _of_json(item: Table, zone: ZoneInfo, report: Report) -> dict[str, Value]:
    def text(name: str) -> str:
        return as_text(item.get(name, ""))

    html, plain = text("content_html"), text("content_text")
    published = text("date_published") or text("date_modified")
    authors = item.get("authors") or ([item["author"]] if "author" in item else [])
    return _without_blanks(
        {
            "id": text("id"),
            "title": _plain_title(text("title")),
            "url": text("url") or text("external_url"),
            "summary": text("summary"),
            "body": markdown_of(html) if html else _paragraphs(plain or text("summary")),
            "publish": _day(published, zone, report) if published else "",
            "tags": item.get("tags", []),
            "authors": [as_text(author) for author in authors] if isinstance(authors, list) else [],
            "image": text("image"),
        }
    )


def _paragraphs(text: str) -> str:
    return "\n".join(markdown_of_text(line) for line in text.split("\n"))


def _text(part: Mapping[str, Any], name: str) -> str:
    """A value as text; feedparser gives None for an element that was never closed."""
    return str(part.get(name) or "")


def _plain_title(title: str) -> str:
    """Titles may hold HTML; what is left of it is text, and shown as such."""
    return " ".join(markdown_of(title).split())


def _without_blanks(fields: dict[str, Value]) -> dict[str, Value]:
    fields.setdefault("kind", "announcement")
    return {name: value for name, value in fields.items() if value}


def _record(path: str, fields: dict[str, Value], line: int | None) -> Record:
    document = Document(fields, {}, line)
    body = as_text(fields.pop("body", ""))
    heading = "" if "title" in fields else shorten(first_paragraph(body), MAX_HEADING)
    return Record(path, line, document, body, line or 1, row=True, heading=heading, hint="announcement")
