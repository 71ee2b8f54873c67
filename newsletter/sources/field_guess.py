"""`fields = "auto"`: which key means what, told from all records of a source together, each decision with its reason.

A key is taken for a field where its name says so and its values agree; what `date` means is told from its company.
What the evidence leaves open stays as it is without a map: decided record by record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.model.workspace import SourceSettings
from newsletter.sources.columns import Column, Shape, columns_of
from newsletter.sources.date_meaning import date_meaning
from newsletter.sources.document import Path
from newsletter.sources.fields import Fields
from newsletter.sources.record import Record

#: The field, words of a key that speak for it, and what its values then are; earlier ones choose first.
_SIGNS: tuple[tuple[str, str, Shape], ...] = (
    ("registration_url", "register registration signup rsvp ticket tickets enroll enrol booking anmeldung", "link"),
    ("end", "end ends until to finish finishes through ende fin hasta", "day"),
    ("start", "start starts begin begins from beginn inicio debut début", "day"),
    ("dates", "date dates when day days datum fecha", "dates"),
    ("time", "time times hour hours clock uhrzeit hora", "clock"),
    ("timezone", "tz zone timezone", "zone"),
    ("title", "title name event talk headline what titel", "text"),
    ("place", "place location venue room where building ort lugar lieu", "text"),
    ("url", "link url href website page", "link"),
    ("hosts", "speaker speakers host hosts presenter presenters instructor instructors organizer led taught", "text"),
    ("summary", "summary description abstract blurb sentence teaser about", "text"),
)
#: Words that make a date one about the record, or about something else than when it happens.
_OTHER_DATES = frozenset(
    {"deadline", "register", "registration", "apply", "application", "cfp", "call", "created", "updated", "modified"}
    | {"modification", "lastmod", "posted", "published", "publish", "publication", "timestamp", "expires", "expiry"}
    | {"expiration", "submitted", "submission", "review", "archive"}
)
_WHEN = ("start", "end", "dates", "time")
_ENOUGH = 0.8
_COVERAGE = 0.3


@dataclass(slots=True)
class Guess:
    """The map that was found out, and why."""

    fields: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def say(self, name: str, column: Column, reason: str) -> None:
        """Give the field to the column."""
        self.fields[name] = column.name
        self.reasons.append(f"`{column.name}` gives {name}: {reason}.")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is found without a guess: the columns of each field."""

    paths: dict[str, set[Path]]
    counts: dict[str, int]

    def taken(self) -> set[Path]:
        return {path for paths in self.paths.values() for path in paths}


def guess_fields(records: Sequence[Record], source: SourceSettings, today: date | None = None) -> Guess:
    """A map for what the usual names and the preset do not find; `today` tells old dates from coming ones."""
    columns = columns_of(records)
    known = _known(records, source)
    guess = Guess()
    _from_names(guess, columns, known, len(records))
    if "start" not in guess.fields and not any(known.counts[name] for name in ("start", "dates", "date")):
        _from_order(guess, columns, known)
    _meaning_of_date(guess, records, columns, known, source, today)
    if not guess.reasons:
        guess.reasons.append("The usual names answer for everything; nothing had to be found out.")
    return guess


def _known(records: Sequence[Record], source: SourceSettings) -> _Known:
    names = [name for name, _, _ in _SIGNS] + [
        "date",
        "place",
        "duration",
        "start_time",
        "end_time",
        "mode",
        "publish",
    ]
    paths: dict[str, set[Path]] = {name: set() for name in names}
    counts = dict.fromkeys(names, 0)
    for record in records:
        fields = Fields(record.document, source)
        for name in counts:
            if found := fields.find(name):
                counts[name] += 1
                paths[name].add(found.path)
    return _Known(paths, counts)


def _from_names(guess: Guess, columns: dict[Path, Column], known: _Known, total: int) -> None:
    taken = known.taken()
    for name, words, shape in _SIGNS:
        if known.counts[name] >= total * (1 - _COVERAGE) or (name == "dates" and _has_start(guess, known, total)):
            continue
        candidates = [
            column
            for path, column in columns.items()
            if path not in taken and _speaks(column, name, words) and _holds(column, shape, total)
        ]
        if candidates:
            best = max(candidates, key=lambda column: (len(column.values), -len(column.path)))
            taken.add(best.path)
            guess.say(name, best, f"its name says so, and {_share(best, shape)} fit")


def _has_start(guess: Guess, known: _Known, total: int) -> bool:
    return "start" in guess.fields or known.counts["start"] + known.counts["date"] >= total * (1 - _COVERAGE)


def _speaks(column: Column, name: str, words: str) -> bool:
    if name in _WHEN and column.words & _OTHER_DATES:
        return False
    return bool(column.words & set(words.split()))


def _holds(column: Column, shape: Shape, total: int) -> bool:
    fitting, looked_at = column.fitting(shape)
    return len(column.values) >= total * _COVERAGE and fitting >= looked_at * _ENOUGH


def _share(column: Column, shape: Shape) -> str:
    fitting, looked_at = column.fitting(shape)
    return f"{fitting} of {looked_at} values"


def _from_order(guess: Guess, columns: dict[Path, Column], known: _Known) -> None:
    """Two columns of days of which one never lies after the other are a start and an end, whatever their names."""
    taken = known.taken()
    dated = [
        column
        for path, column in columns.items()
        if path not in taken and not column.words & _OTHER_DATES and _holds(column, "day", len(column.values))
    ]
    for first, last in ((a, b) for a in dated for b in dated if a is not b):
        pairs = list(_pairs(first, last))
        if pairs and all(a <= b for a, b in pairs) and any(a < b for a, b in pairs):
            guess.say("start", first, f"it lies never after `{last.name}` in {len(pairs)} records")
            guess.say("end", last, f"it lies never before `{first.name}` in {len(pairs)} records")
            return
    if len(dated) == 1:
        guess.say("start", dated[0], "it is the only key that holds days")


def _pairs(first: Column, last: Column) -> Iterator[tuple[date, date]]:
    ends = last.days()
    return ((day, ends[number]) for number, day in first.days().items() if number in ends)


def _meaning_of_date(
    guess: Guess,
    records: Sequence[Record],
    columns: dict[Path, Column],
    known: _Known,
    source: SourceSettings,
    today: date | None,
) -> None:
    found = [columns[path] for path in known.paths["date"] if path in columns]
    if not found or source.kind == "announcement":
        return
    column = max(found, key=lambda one: len(one.values))
    fields = [Fields(record.document, source.model_copy(update={"fields": {**source.field_map, **guess.fields}}))
              for record in records]  # fmt: skip
    meaning, reason = date_meaning(column.days(), records, fields, today)
    if meaning:
        guess.say(meaning, column, reason)
    else:
        guess.reasons.append(f"`{column.name}` is decided record by record: {reason}.")
