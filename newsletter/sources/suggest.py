"""Finds events that stand only in the prose of pages and announcements, for a person to accept.

Nothing found here enters an issue by itself: what comes out is text that somebody may save as a page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from newsletter.dates.zones import find_zone
from newsletter.model.item import Item
from newsletter.model.problem import Origin
from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import Blob, SourceContext, UnreadableError, decode
from newsletter.sources.document import Document
from newsletter.sources.frontmatter import split_page
from newsletter.sources.items import build_item
from newsletter.sources.markdown import read_markdown
from newsletter.sources.registry import read_source, settled_source
from newsletter.sources.report import Report
from newsletter.sources.suggesting.offer import Suggestion, registration_of, title_for
from newsletter.sources.suggesting.passages import Sentence, sentences_of
from newsletter.sources.suggesting.spans import Span, spans_of
from newsletter.sources.suggesting.timing import Timing, timing_of
from newsletter.sources.suggesting.verdict import candidates
from newsletter.sources.suggesting.writing import Line, page_text, path_of

__all__ = ["Suggestion", "suggest"]

_ANNOUNCING = frozenset({"announcement", "announcements", "news"})


@dataclass(frozen=True, slots=True)
class _Prose:
    """A text and all that a suggestion takes over from where it stands; an entry's text is all in one line."""

    item: Item
    body: str
    body_line: int | None
    style: str
    document: Document
    source: SourceSettings
    home: ZoneInfo


def suggest(
    source: SourceSettings, blobs: Sequence[Blob], context: SourceContext, today: date
) -> tuple[Suggestion, ...]:
    """What the source's pages and announcements tell of in prose, in order of path and line.

    Events, unpublished pages and news that has expired are passed over. `today` is the community's date; what was
    over by then is marked.
    """
    texts = _pages(source, blobs, context) if source.format == "markdown" else _entries(source, blobs, context)
    found = (one for prose in texts if _is_current(prose.item, today) for one in _in_prose(prose, today))
    return tuple({(one.origin.path, one.title, one.when_text): one for one in found}.values())


def _pages(source: SourceSettings, blobs: Sequence[Blob], context: SourceContext) -> Iterator[_Prose]:
    settled = settled_source(source, blobs, context)
    for blob in sorted(blobs, key=lambda one: one.path):
        if prose := _prose(blob, settled, context):
            yield prose


def _entries(source: SourceSettings, blobs: Sequence[Blob], context: SourceContext) -> Iterator[_Prose]:
    """The announcements of feeds and tables; what they tell of would become a page of one's own."""
    page = SourceSettings(name=source.name, format="markdown", path="content/*.md")
    home = find_zone(source.naive or context.timezone) or ZoneInfo("UTC")
    for item in read_source(source, blobs, context).items:
        if item.kind != "event" and not item.held_back:
            yield _Prose(item, item.body or item.summary, None, "yaml", Document({}), page, home)


def _prose(blob: Blob, source: SourceSettings, context: SourceContext) -> _Prose | None:
    """The page behind a file, or None where it is an event, is not published, or cannot be read."""
    try:
        record = next(read_markdown(blob, source, Report(Origin(source.name, blob.path))), None)
    except UnreadableError:
        return None
    item = build_item(record, source, context).item if record else None
    if record is None or item is None or item.kind == "event":
        return None
    page = split_page(decode(blob.data))
    home = find_zone(source.naive or context.timezone) or ZoneInfo("UTC")
    return _Prose(item, page.body, page.body_line, page.style, page.document, source, home)


def _is_current(item: Item, today: date) -> bool:
    return item.expires is None or item.expires >= today


def _in_prose(prose: _Prose, today: date) -> Iterator[Suggestion]:
    for sentence in sentences_of(prose.body, prose.body_line or 1):
        for spans in candidates(sentence.searched, spans_of(sentence.searched)):
            yield _suggestion(prose, sentence, spans, today)


def _suggestion(prose: _Prose, sentence: Sentence, spans: Sequence[Span], today: date) -> Suggestion:
    timing = timing_of(sentence.text, spans, prose.home, today, prose.item.publish)
    origin = replace(prose.item.origin, line=sentence.line) if prose.body_line else prose.item.origin
    bare = Suggestion(
        title=title_for(sentence, prose.item.title),
        when_text=timing.text,
        when=timing.when,
        sentence=sentence.text,
        origin=origin,
        style=prose.style,
        page="",
        tags=tuple(tag for tag in prose.item.tags if tag.casefold() not in _ANNOUNCING),
        registration_url=registration_of(sentence),
        findings=timing.findings,
        hint=timing.blanks.hint,
        over=timing.over,
    )
    return replace(bare, page=_page(prose, bare, timing))


def _page(prose: _Prose, found: Suggestion, timing: Timing) -> str:
    fields: list[tuple[str, str | tuple[str, ...]]] = [
        ("title", found.title),
        ("kind", "event"),
        ("dates", found.when_text),
        ("tags", found.tags),
        ("registration_url", found.registration_url),
    ]
    lines: list[Line] = []
    for name, value in fields:
        if value:
            lines.append(Line(path_of(name, prose.source, prose.document), value))
        if name == "dates":
            lines += _open_lines(prose, timing)
    return page_text(prose.style, (f"{found.origin} says: {found.sentence}",), lines, found.sentence)


def _open_lines(prose: _Prose, timing: Timing) -> Iterator[Line]:
    """What a person has to fill in, commented out, under its advice."""
    hint = timing.blanks.hint
    for name, value in timing.blanks.fields:
        yield Line(path_of(name, prose.source, prose.document), value, comment=True, hint=hint)
        hint = ""
