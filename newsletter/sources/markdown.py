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
    heading, body = _heading(page, Fields(page.document, source).find("title") is None)
    stem, publish = _from_name(blob.path)
    yield Record(
        path=blob.path,
        line=page.document.line or 1,
        document=page.document,
        body=body,
        body_line=page.body_line,
        is_section=PurePosixPath(blob.path).stem in ("_index", "index", "README"),
        heading=heading,
        stem=stem,
        publish=publish,
        problems=tuple(own.problems),
    )


def _heading(page: Page, needed: bool) -> tuple[str, str]:
    """The first heading, where it must stand in for a title, and the body without it."""
    if not needed:
        return "", page.body
    body = clean_markdown(page.body).text
    found = first_heading(body)
    if found is None:
        return "", page.body
    heading, first, after = found
    rows = body.split("\n")
    return heading, "\n".join([*rows[:first], *rows[after:]])


def _from_name(path: str) -> tuple[str, str]:
    """Words and date of a file name: 2027-01-31-open-house.md is "Open house", told on that day."""
    name = PurePosixPath(path)
    stem = name.parent.name or name.stem if name.stem in ("index", "_index", "README") else name.stem
    dated = _DATED_NAME.fullmatch(stem)
    words = re.sub(r"[-_]+", " ", dated[2] if dated and dated[2] else stem).strip()
    return words[:1].upper() + words[1:], dated[1] if dated else ""
