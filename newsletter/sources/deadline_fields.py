"""Deadlines: a list of {label, at, url}, or a field of its own such as `registration_deadline`."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from newsletter.dates.human import read_date, read_datetime
from newsletter.model.item import Deadline
from newsletter.model.problem import Origin
from newsletter.sources.document import Path, Value, as_text, squash
from newsletter.sources.fields import Fields, Found
from newsletter.sources.links import Base
from newsletter.sources.report import Report
from newsletter.sources.stamps import read_stamp
from newsletter.sources.when_fields import TimeRules

_AT = ("at", "date", "on", "by", "deadline", "when")
_LABEL = ("label", "title", "name", "text")
#: What conferences call the end of their call for proposals, which nobody says in mail.
_PROPOSAL_KEYS = frozenset({"cfp", "cfpend", "cfpends", "cfpenddate", "cfpdeadline", "callforproposals"})
_PROPOSALS = "Call for proposals closes"
_JOINTS = re.compile(r"[\s_-]+")
_HUMP = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")


def read_deadlines(fields: Fields, rules: TimeRules, base: Base, title: str, report: Report) -> tuple[Deadline, ...]:
    """Every deadline of a record, in order; one that cannot be read is an error with its line."""
    found = fields.find("deadlines")
    listed = list(_listed(found, fields, rules, base, title, report)) if found else []
    single = fields.find("deadline")
    if single and (at := _moment(single.text, single.key, single.line, rules, report)):
        label = f"{_label_of(single.key)}: {title}"
        url = base.absolute(fields.text("registration_url") or fields.text("url"))
        listed.append(_deadline(label, at, rules, url, report, single.line))
    return tuple(listed)


def _listed(
    found: Found, fields: Fields, rules: TimeRules, base: Base, title: str, report: Report
) -> Iterator[Deadline]:
    for label, text, url, path in _entries(found.value, found.path):
        line = fields.document.line_of(path) or found.line
        at = _moment(text, found.key, line, rules, report)
        if at:
            yield _deadline(label or title, at, rules, base.absolute(url) if url else "", report, line)


def _entries(value: Value, path: Path) -> Iterator[tuple[str, str, str, Path]]:
    """(label, at, url, path) of each; a plain mapping is label to date."""
    if isinstance(value, str):
        yield "", value, "", path
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _entries(entry, (*path, index))
    else:
        table = {squash(key): as_text(entry) for key, entry in value.items()}
        at = next((table[key] for key in _AT if key in table), None)
        if at is not None:
            label = next((table[key] for key in _LABEL if key in table), "")
            yield label, at, table.get("url", table.get("link", "")), path
        else:
            for key, entry in value.items():
                yield key.replace("_", " "), as_text(entry), "", (*path, key)


def _moment(text: str, key: str, line: int | None, rules: TimeRules, report: Report) -> datetime | date | None:
    stamp = read_stamp(text)
    if stamp:
        wall_clock = rules.source.offset == "wall_clock"
        return stamp.day if stamp.is_date else (stamp.wall if wall_clock else stamp.in_zone(rules.zone))
    day = read_date(text, rules.source.day_first, rules.source.locale)
    if day:
        return day
    source = rules.source
    moment = read_datetime(text, rules.zone, day_first=source.day_first, offset=source.offset, locale=source.locale)
    if moment is None:
        report.error("E-DEADLINE", f"{key}: {text!r} is no date or time, such as 2027-01-31 17:00.", line)
    return moment.replace(tzinfo=None) if moment else None


def _deadline(
    label: str, at: datetime | date, rules: TimeRules, url: str, report: Report, line: int | None
) -> Deadline:
    origin = Origin(report.origin.source, report.origin.path, line or report.origin.line)
    return Deadline(label, at, rules.zone.key, url, origin)


def _label_of(key: str) -> str:
    """`registration_deadline` and `cfpEndDate` as a reader would say it."""
    written = key.rsplit(".", 1)[-1]
    if squash(written) in _PROPOSAL_KEYS:
        return _PROPOSALS
    words = _HUMP.sub(lambda hump: f" {hump[0].lower()}", _JOINTS.sub(" ", written).strip())
    return words[:1].upper() + words[1:]
