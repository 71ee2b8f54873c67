"""A record -> an item of the model. Nothing is dropped without a problem that says so."""

import posixpath
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from newsletter.dates.human import read_date
from newsletter.model.item import Item, Kind
from newsletter.model.picture import LOCAL, Mention
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Recurrence, When
from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import SourceContext
from newsletter.sources.cleaning import clean_markdown
from newsletter.sources.deadline_fields import read_deadlines
from newsletter.sources.fields import Fields, Found
from newsletter.sources.kinds import date_is_event, kind_of, status_of, unpublished, visibility_of
from newsletter.sources.links import Base, Linked, absolute_links
from newsletter.sources.page_address import page_address
from newsletter.sources.pictures import body_pictures, lead_picture
from newsletter.sources.place_fields import read_place
from newsletter.sources.plain import first_paragraph, html_to_markdown, plain_text, shorten
from newsletter.sources.record import Record
from newsletter.sources.report import Report
from newsletter.sources.stamps import read_stamp
from newsletter.sources.title_status import split_title
from newsletter.sources.when_fields import TimeRules, read_when_fields, time_rules

_PLACEHOLDERS = frozenset({"fixme", "tbd", "tba", "todo", "xxx", ".na.character", "n/a", "null", "none"})
MAX_TITLE = 300

#: Some fields of an item, by name. Gathered and built once: copying a large frozen item for each step costs more
#: than all that is read for it.
Stated = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Built:
    """What became of one record; `used` names the mapped fields that it had."""

    item: Item | None
    problems: tuple[Problem, ...]
    used: frozenset[str] = frozenset()


def build_item(record: Record, source: SourceSettings, context: SourceContext) -> Built:
    """The item that a record states; None for what its author has not published, with a problem that says so."""
    origin = Origin(source.name, record.path, record.line)
    report = Report(origin)
    report.problems += record.problems
    fields = Fields(record.document, source)
    reason = unpublished(fields, record.path)
    title, title_status = split_title(_title(fields, record, report))
    if reason:
        report.info("I-DRAFT", f"{title!r} is left out, because {reason}.")
        item = None
    else:
        item = _item(record, fields, title, source, context, report)
        if title_status and item.status == "confirmed":
            item = replace(item, status=title_status)
    for name in source.field_map:
        fields.find(name)
    return Built(item, tuple(report.problems), frozenset(fields.used))


def _item(
    record: Record, fields: Fields, title: str, source: SourceSettings, context: SourceContext, report: Report
) -> Item:
    """The item, from what it is and when, by what it says, to what it asks of people; problems in that order."""
    rules = time_rules(fields, source, record.timezone or context.timezone, report, context.terms)
    stated = _timed(record, fields, title, rules, report)
    url = _url("url", fields, Base(source.base_url), report) or _page_url(record, fields, source)
    base = Base(source.base_url, url, posixpath.dirname(record.path))
    stated |= _described(record, fields, base, report)
    stated |= _asking(fields, base, report)
    return Item(
        **stated,
        title=title,
        url=url,
        origins=(report.origin,),
        deadlines=read_deadlines(fields, rules, base, title, report),
        visibility=visibility_of(fields, source, report),
        custom=tuple(fields.custom()),
        held_back=report.failed,
    )


def _timed(record: Record, fields: Fields, title: str, rules: TimeRules, report: Report) -> Stated:
    """Which item it is, when it takes place, and when it may be told."""
    source = rules.source
    kind = kind_of(fields, record, source)
    when = _when(record, fields, kind, rules, report)
    expires = _day("expires", fields, source, report)
    return {
        "id": _item_id(record, fields, title, source),
        "kind": kind,
        "when": _ended(when, expires),
        "status": status_of(fields, report),
        "timezone": getattr(when, "timezone", rules.zone.key),
        "publish": _publish(record, fields, kind, source, report),
        "expires": expires,
    }


def _described(record: Record, fields: Fields, base: Base, report: Report) -> Stated:
    """What it says of itself, and how it is filed."""
    body, pictures = _body(record, fields, base, report)
    category, tags = _tags(fields)
    picture = lead_picture(fields, base, report.origin)
    return {
        "summary": _summary(fields, body),
        "body": body,
        "body_at": _body_at(record, body, report.origin),
        "image": picture.address if picture and not picture.address.startswith(LOCAL) else "",
        "picture": picture,
        "body_pictures": pictures,
        "tags": tags,
        "category": category,
        "series": fields.text("series"),
        "follows": fields.text("follows"),
    }


def _asking(fields: Fields, base: Base, report: Report) -> Stated:
    """Where to go and whom to meet, whom it is for, and what it asks of them."""
    return {
        "place": read_place(fields, base),
        "hosts": tuple(fields.entries("hosts")),
        "registration_url": _url("registration_url", fields, base, report),
        "audience": _words("audience", fields, report),
        "prerequisites": _words("prerequisites", fields, report),
        "cost": _words("cost", fields, report),
    }


def _title(fields: Fields, record: Record, report: Report) -> str:
    found = fields.find("title")
    title = plain_text(found.text) or (found.text if found else "") if found else ""
    if title and title.casefold() not in _PLACEHOLDERS:
        return shorten(title, MAX_TITLE)
    instead = shorten(record.heading, MAX_TITLE) or record.stem or "untitled"
    if title and found:
        text = f"The title is still {found.text!r}; {instead!r} stands in for it."
        report.warning("W-PLACEHOLDER", text, found.line)
    elif not record.heading and not report.failed:
        report.warning("W-TITLE", f"There is no title; {instead!r} stands in for it.")
    return instead


def _when(record: Record, fields: Fields, kind: Kind, rules: TimeRules, report: Report) -> When | None:
    if kind != "event":
        return None
    is_event = date_is_event(fields, rules.source) or not fields.find("publish")
    when = record.when or read_when_fields(fields, rules, report, date_is_event=is_event)
    if when is None and not report.failed:
        text = 'This is an event without a date; give it `dates` or `start`, or make it kind = "page".'
        report.error("E-NO-DATE", text)
    return when


def _ended(when: When | None, expires: date | None) -> When | None:
    """An expiry ends a series, whatever its rule says."""
    if expires is None or not isinstance(when, Recurrence):
        return when
    until = min(expires, when.until) if when.until else expires
    return Recurrence(
        when.start, when.end, when.timezone, when.rules, when.tz_source, when.rdates, when.exdates, when.overrides,
        until, when.all_day, when.approximate,
    )  # fmt: skip


def _body(record: Record, fields: Fields, base: Base, report: Report) -> tuple[str, tuple[Mention, ...]]:
    """The body with absolute links, and the pictures in it."""
    text = record.body
    line: int | None = record.body_line
    if not text.strip() and (found := fields.find("body")) and isinstance(found.value, str):
        text, line = html_to_markdown(found.value), found.line or record.line
    cleaned = clean_markdown(text, base.site, mdx=record.path.endswith(".mdx"), field=fields.at)
    if cleaned.open_comment:
        report.warning("W-COMMENT", "A comment (<!--) is never closed; all that follows it is left out.")
    if cleaned.gaps:
        holes = f"Template code is left out ({_some(cleaned.removed)}), and words are missing after "
        report.warning("W-TEMPLATE", f"{holes}{_some(tuple(map(repr, cleaned.gaps)))}; write them out.", line)
    elif cleaned.removed:
        report.info("I-TEMPLATE", f"Template code is left out: {_some(cleaned.removed)}.", line)
    linked = absolute_links(cleaned.text, base)
    at = _body_at(record, linked.text, report.origin)
    pictures = body_pictures(linked, at or Origin(report.origin.source, report.origin.path, line))
    inner = tuple(target for target in linked.dropped if target.startswith("#"))
    outer = tuple(target for target in linked.dropped if target and not target.startswith("#"))
    outer += _to_pictures(linked, pictures)
    if inner:
        text = f"Links within the page became plain text: {_some(inner)}; give the page a `url` to keep them."
        report.info("I-LINK", text, line)
    if outer:
        hint = "" if base.site else " Set the source's base_url."
        report.warning("W-LINK", f"Links nobody can follow became plain text: {_some(outer)}.{hint}", line)
    return linked.text, pictures


def _to_pictures(linked: Linked, pictures: tuple[Mention, ...]) -> tuple[str, ...]:
    """Links to picture files that no reader can reach."""
    shown = {one.written for one in pictures}
    return tuple(text for found, text in linked.written.items() if found.startswith(LOCAL) and text not in shown)


def _body_at(record: Record, body: str, origin: Origin) -> Origin | None:
    """Where a page's body begins; none where its lines are no longer those of the file."""
    written = record.body.strip()
    if record.row or record.heading or not written or written.count("\n") != body.count("\n"):
        return None
    above = record.body[: record.body.index(written)].count("\n")
    return Origin(origin.source, origin.path, record.body_line + above)


def _some(texts: tuple[str, ...]) -> str:
    shown = ", ".join(texts[:3])
    return shown if len(texts) <= 3 else f"{shown} and {len(texts) - 3} more"


def _summary(fields: Fields, body: str) -> str:
    written = shorten(plain_text(fields.text("summary")))
    return written if written and written.casefold() not in _PLACEHOLDERS else first_paragraph(body)


def _words(name: str, fields: Fields, report: Report) -> str:
    found = fields.find(name)
    if found is None:
        return ""
    if found.text.casefold() in _PLACEHOLDERS:
        report.info("I-PLACEHOLDER", f"{found.key} is still {found.text!r} and is left out.", found.line)
        return ""
    return plain_text(found.text) or found.text


def _url(name: str, fields: Fields, base: Base, report: Report) -> str:
    found = fields.find(name)
    if found is None or found.text.casefold() in _PLACEHOLDERS:
        return ""
    text = found.text.split(", ")[0] if not isinstance(found.value, str) else found.text
    url = base.absolute(text) if " " not in text else ""
    if not url:
        report.warning("W-LINK", f"{found.key} = {found.text!r} is no address that a reader can follow.", found.line)
    return url


def _page_url(record: Record, fields: Fields, source: SourceSettings) -> str:
    """Where the site publishes the page, where the source says how."""
    if record.row or not source.base_url:
        return ""
    slug_written = fields.named("slug")
    address = page_address(source.page_url, record.path, slug_written.text if slug_written else "")
    return Base(source.base_url).absolute(address) if address else ""


def _tags(fields: Fields) -> tuple[str, tuple[str, ...]]:
    """The category, and the tags with what further categories there are."""
    categories = fields.entries("category")
    tags = [*fields.entries("tags"), *categories[1:]]
    return (categories[0] if categories else ""), tuple(dict.fromkeys(tags))


def _publish(record: Record, fields: Fields, kind: Kind, source: SourceSettings, report: Report) -> date | None:
    found = fields.find("publish") or (fields.find("date") if kind != "event" else None)
    if found is None:
        stamp = read_stamp(record.publish)
        return stamp.day if stamp and kind != "event" else None
    return _read_day(found, source, report)


def _day(name: str, fields: Fields, source: SourceSettings, report: Report) -> date | None:
    found = fields.find(name)
    return _read_day(found, source, report) if found else None


def _read_day(found: Found, source: SourceSettings, report: Report) -> date | None:
    if found.text.casefold() in _PLACEHOLDERS:
        report.info("I-PLACEHOLDER", f"{found.key} is still {found.text!r} and is left out.", found.line)
        return None
    stamp = read_stamp(found.text)
    day = stamp.day if stamp else read_date(found.text, source.day_first, source.locale)
    if day is None:
        report.error("E-DATE", f"{found.key} = {found.text!r} is no date, such as 2027-01-31.", found.line)
    return day


def _item_id(record: Record, fields: Fields, title: str, source: SourceSettings) -> str:
    """An id of its own, or its place; a bare number is no id outside its source."""
    explicit = fields.text("id")
    if explicit:
        return f"{source.name}:{explicit}" if explicit.isdigit() else explicit
    place = f"{source.name}:{record.path}"
    return f"{place}#{slug(fields.text('url') or title)}" if record.row else place


def slug(text: str) -> str:
    """Letters and digits of the text, joined by dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold() or text.casefold()
    return re.sub(r"[^\w]+", "-", re.sub(r"^https?://", "", plain)).strip("-")[:80] or "untitled"
