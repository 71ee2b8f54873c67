"""Every format behind one door: a source's settings and bytes in, a Reading out.

Whatever the bytes are, this returns: a broken file costs itself, a broken row itself, and both are named.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice

from newsletter.dates.recurrence import last_date
from newsletter.model.item import Item, Reading, SourceReport
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Instant, Recurrence, Sessions, When
from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import Blob, SourceContext, UnreadableError
from newsletter.sources.feed import read_feed
from newsletter.sources.field_guess import Guess, guess_fields
from newsletter.sources.fields import field_map_faults, unused_mappings
from newsletter.sources.ics import read_ics
from newsletter.sources.items import Built, build_item, slug
from newsletter.sources.jsonld import read_jsonld
from newsletter.sources.markdown import read_markdown
from newsletter.sources.presets import with_preset
from newsletter.sources.record import Record
from newsletter.sources.report import Report
from newsletter.sources.tables import read_csv, read_json, read_toml, read_yaml

__all__ = ["FORMATS", "Blob", "SourceContext", "find_fields", "merge", "read_source", "settled_source"]

#: How the records of one file are read; file-level problems go to the report. It may raise UnreadableError.
Format = Callable[[Blob, SourceSettings, SourceContext, Report], Iterable[Record]]

FORMATS: dict[str, Format] = {
    "markdown": lambda blob, source, context, report: read_markdown(blob, source, report),
    "ics": read_ics,
    "csv": lambda blob, source, context, report: read_csv(blob, report),
    "json": lambda blob, source, context, report: read_json(blob, report),
    "yaml": lambda blob, source, context, report: read_yaml(blob, report),
    "toml": lambda blob, source, context, report: read_toml(blob, report),
    "feed": lambda blob, source, context, report: read_feed(blob, context, report),
    "jsonld": lambda blob, source, context, report: read_jsonld(blob, report),
}

MAX_ITEMS = 20_000
_KIND_ORDER = {"event": 0, "announcement": 1, "page": 2}


@dataclass(slots=True)
class _Gathered:
    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    used: list[set[str]] = field(default_factory=list)


def read_source(source: SourceSettings, blobs: Sequence[Blob], context: SourceContext) -> Reading:
    """Everything that the source's files hold; every file is an item or a problem, in an order of its own."""
    gathered = _Gathered(problems=list(_settings_problems(source)))
    settled = settled_source(source, blobs, context, gathered.problems)
    for blob in sorted(blobs, key=lambda one: one.path):
        _read_blob(blob, settled, context, gathered)
    gathered.problems += _mapping_problems(source, gathered.used)
    items = _with_unique_ids(gathered.items, gathered.problems)
    return _ordered(items, gathered.problems, [_report(source, len(blobs), items)])


def find_fields(source: SourceSettings, blobs: Sequence[Blob], context: SourceContext) -> Guess:
    """The field map that the files themselves suggest besides the source's preset, with the reasons."""
    settled = with_preset(source)
    records = [record for blob in sorted(blobs, key=lambda one: one.path) for record in _peek(blob, settled, context)]
    return guess_fields(records, settled, context.today)


def settled_source(
    source: SourceSettings, blobs: Sequence[Blob], context: SourceContext, problems: list[Problem] | None = None
) -> SourceSettings:
    """The source with its preset, and with the map that `fields = "auto"` finds out; its reasons go to `problems`."""
    if source.fields != "auto":
        return with_preset(source)
    guess = find_fields(source, blobs, context)
    origin = Origin(source.name, source.where)
    if problems is not None:
        problems += [Problem("info", "I-FIELDS", reason, origin) for reason in guess.reasons]
    return with_preset(source.model_copy(update={"fields": guess.fields}))


def _peek(blob: Blob, source: SourceSettings, context: SourceContext) -> Iterator[Record]:
    """The records of a file while it can be read; its problems are told when it is read in earnest."""
    report = Report(Origin(source.name, blob.path))
    try:
        yield from islice(FORMATS[source.format](blob, source, context, report), MAX_ITEMS)
    except UnreadableError:
        return


def merge(readings: Sequence[Reading]) -> Reading:
    """The readings as one, in the same order however they came."""
    problems = [problem for reading in readings for problem in reading.problems]
    reports = [report for reading in readings for report in reading.sources]
    own = [reading.items for reading in readings if reading.items]
    if len(own) == 1:  # which are in order by themselves
        return replace(_ordered((), problems, reports), items=own[0])
    return _ordered(chain.from_iterable(own), problems, reports)


def _read_blob(blob: Blob, source: SourceSettings, context: SourceContext, gathered: _Gathered) -> None:
    report = Report(Origin(source.name, blob.path))
    count = 0
    try:
        for record in FORMATS[source.format](blob, source, context, report):
            count += 1
            if count > MAX_ITEMS:
                raise UnreadableError("E-CAP", f"More than {MAX_ITEMS:,} entries; the rest is not read.", record.line)
            _keep(build_item(record, source, context), gathered)
    except UnreadableError as fault:
        report.error(fault.code, fault.text, fault.line)
    if not count and not report.problems:
        report.warning("W-NOTHING", "The file holds no entry.")
    gathered.problems += report.problems


def _keep(built: Built, gathered: _Gathered) -> None:
    if built.item is not None:
        gathered.items.append(built.item)
    gathered.problems += built.problems
    gathered.used.append(set(built.used))


def _settings_problems(source: SourceSettings) -> Iterator[Problem]:
    for name in field_map_faults(source):
        text = f"The source {source.name!r} maps {name!r}, which is no field of ours; write custom.{name} to keep it."
        yield Problem("error", "E-FIELD", text, Origin(source.name, source.where))


def _mapping_problems(source: SourceSettings, used: Sequence[set[str]]) -> Iterator[Problem]:
    for name in unused_mappings(source, used):
        text = f"Nothing in the source {source.name!r} has {source.field_map[name]!r}, which is to give {name}."
        yield Problem("warning", "W-FIELD", text, Origin(source.name, source.where))


def _with_unique_ids(items: Sequence[Item], problems: list[Problem]) -> list[Item]:
    """Keep all of several items with one id: the later ones get their date or a number behind it."""
    taken = Counter[str]()
    unique: list[Item] = []
    for item in items:
        taken[item.id] += 1
        if taken[item.id] > 1:
            item = _renamed(item, taken, problems)
        unique.append(item)
    return unique


def _renamed(item: Item, taken: Counter[str], problems: list[Problem]) -> Item:
    day = first_date(item.when) if item.when else None
    new = f"{item.id}-{day}" if day else f"{item.id}-{slug(item.title)}"
    while taken[new]:
        new = f"{item.id}-{taken[item.id]}"
        taken[item.id] += 1
    taken[new] += 1
    if "#" not in item.id:
        text = f"The id {item.id!r} is used twice; this one goes by {new!r}."
        problems.append(Problem("warning", "W-ID", text, item.origin))
    return replace(item, id=new)


def _ordered(items: Iterable[Item], problems: Iterable[Problem], reports: Iterable[SourceReport]) -> Reading:
    return Reading(
        tuple(sorted(items, key=_item_key)),
        tuple(sorted(dict.fromkeys(problems), key=_problem_key)),
        tuple(sorted(reports, key=lambda report: (report.name, report.path))),
    )


def _item_key(item: Item) -> tuple[int, str, str, int, str]:
    origin = item.origin
    return _KIND_ORDER[item.kind], origin.source, origin.path, origin.line or 0, item.id


def _problem_key(problem: Problem) -> tuple[str, str, int, str, str]:
    origin = problem.origin
    return origin.source, origin.path, origin.line or 0, problem.code, problem.text


def _report(source: SourceSettings, files: int, items: Sequence[Item]) -> SourceReport:
    counts = Counter(item.kind for item in items)
    dates = [day for item in items if (day := _newest(item))]
    return SourceReport(
        source.name,
        source.format,
        source.where,
        files,
        counts["event"],
        counts["announcement"],
        counts["page"],
        sum(item.held_back for item in items),
        max(dates, default=None),
    )


def _newest(item: Item) -> date | None:
    """The day the item was told of, or the last on which it takes place; of an endless series the first."""
    if item.when is None:
        return item.publish
    return last_date(item.when) or first_date(item.when)


def first_date(when: When) -> date | None:
    """The first local day that it names."""
    if isinstance(when, Instant | Recurrence):
        return when.start.date()
    if isinstance(when, Sessions):
        return first_date(when.sessions[0])
    return when.first
