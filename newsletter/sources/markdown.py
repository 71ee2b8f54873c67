"""Pages: one Markdown file, one record, with or without front matter."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import Blob, UnreadableError, check_bytes, decode
from newsletter.sources.cleaning import clean_markdown
from newsletter.sources.fields import Fields
from newsletter.sources.frontmatter import Page, split_page
from newsletter.sources.plain import first_heading
from newsletter.sources.record import Record
from newsletter.sources.report import Report
from newsletter.sources.stamps import read_stamp
from newsletter.sources.when_fields import has_when

MAX_BYTES = 1024 * 1024
_DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[-_. ]?(.*)")


def read_markdown(blob: Blob, source: SourceSettings, report: Report) -> Iterator[Record]:
    """The one record of a page; UnreadableError for what is not text."""
    check_bytes(blob.data, MAX_BYTES)
    page = split_page(decode(blob.data))
    own = Report(report.origin)
    if page.fault:
        own.error(page.fault.code, f"The front matter cannot be read. {page.fault.text}", page.fault.line)
    if not page.body.strip() and not page.document.data and not page.fault:
        raise UnreadableError("E-EMPTY", "The file is empty.", 1)
    fields = Fields(page.document, source)
    heading, body = _heading(page, fields) if fields.find("title") is None else ("", page.body)
    place = PurePosixPath(blob.path)
    stem, publish = _from_name(place)
    is_post = "_posts" in place.parts
    if is_post and read_stamp(publish) is None and not (fields.named("date") or has_when(fields)):
        own.warning("W-DATE", "The file's name begins with no date, such as 2027-01-31, and so the post has none.")
    yield Record(
        path=blob.path,
        line=page.document.line or 1,
        document=page.document,
        body=body,
        body_line=page.body_line,
        is_section=_is_section(place.stem, fields),
        heading=heading,
        stem=stem,
        hint="announcement" if is_post else None,
        publish=publish,
        problems=tuple(own.problems),
    )


def _is_section(stem: str, fields: Fields) -> bool:
    """Whether a page lists those beside it; an `index` that has a date, be it empty, is a page in its own folder."""
    if stem == "index":
        return not (fields.named("date") or fields.named("start"))
    return stem in ("_index", "README")


def _heading(page: Page, fields: Fields) -> tuple[str, str]:
    """The first heading, which must stand in for a title, and the body without it."""
    body = clean_markdown(page.body, field=fields.at).text
    found = first_heading(body)
    if found is None:
        return "", page.body
    heading, first, after = found
    rows = body.split("\n")
    return heading, "\n".join([*rows[:first], *rows[after:]])


def _from_name(name: PurePosixPath) -> tuple[str, str]:
    """Words and date of a file name: 2027-01-31-open-house.md is "Open house", told on that day."""
    stem = name.parent.name or name.stem if name.stem in ("index", "_index", "README") else name.stem
    dated = _DATED_NAME.fullmatch(stem)
    words = re.sub(r"[-_]+", " ", dated[2] if dated and dated[2] else stem).strip()
    return words[:1].upper() + words[1:], dated[1] if dated else ""
