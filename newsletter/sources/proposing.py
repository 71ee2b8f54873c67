"""A group of a site's files -> the source one would configure for it: preset, map, policies, each with its reason."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from newsletter.model.item import Reading
from newsletter.model.workspace import PresetName, SourceSettings
from newsletter.sources.blob import Blob, SourceContext
from newsletter.sources.layout import Group, Layout
from newsletter.sources.registry import find_fields, read_source

#: What tells an export by the text of its first file: format, preset, and expressions that must all be found.
_EXPORTS: tuple[tuple[str, PresetName, tuple[str, ...]], ...] = (
    ("csv", "google-calendar-csv", (r"(?im)\ASubject\b", r"(?i)\bStart Date\b")),
    ("csv", "google-sheets", (r"(?i)\A\W*Timestamp\b",)),
    ("csv", "google-sheets", (r"(?i)\A[^\n]*\bEvent (?:name|title)\b",)),
    ("json", "confs-tech", (r'"startDate"', r'"city"')),
    ("json", "meetup", (r'"(?:eventUrl|local_date)"',)),
    ("json", "eventbrite", (r'"start"\s*:\s*\{[^}]*"local"',)),
    ("yaml", "yaml2ics", (r"(?m)^events:", r"(?m)^\s+(?:- )?begin:")),
    ("markdown", "galaxy", (r"(?m)^tease:", r"(?m)^days:")),
)
_MIDNIGHT = re.compile(rb"[T ]00:00(?::00)?\b")
_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source worth having, what it holds, and why it is set up this way; without a source, why it is left out."""

    group: Group
    source: SourceSettings | None
    reading: Reading
    reasons: tuple[str, ...]

    def count(self, kind: str) -> int:
        """How many items of the kind it holds that are not held back."""
        return sum(item.kind == kind and not item.held_back for item in self.reading.items)


def propose(group: Group, files: Mapping[str, bytes], layout: Layout, context: SourceContext) -> Proposal:
    """The proposal for one group."""
    blobs = [Blob(path, files[path]) for path in group.paths]
    preset, reasons = _preset(group, blobs, layout)
    source = SourceSettings(
        name=group.name, format=group.format, path=group.pattern, preset=preset, base_url=layout.url
    )
    if group.format != "ics":
        guess = find_fields(source, blobs, context)
        reasons += guess.reasons if guess.fields else []
        source = source.model_copy(update={"fields": guess.fields})
    source, reading, policies = _with_policies(source, blobs, context)
    proposal = Proposal(group, source, reading, (*reasons, *policies))
    if _is_about(group, layout) and not proposal.count("event"):
        return Proposal(group, None, reading, ("The site's own pages, none of which is an event.",))
    if proposal.count("event") or proposal.count("announcement"):
        return proposal
    return Proposal(group, None, reading, (_nothing(reading),))


def _is_about(group: Group, layout: Layout) -> bool:
    """Whether these are the pages at the root of a generator's site, such as "About", which are no news."""
    roots = {PurePosixPath(path).parent for path in group.paths}
    return group.format == "markdown" and bool(layout.pages) and roots == {PurePosixPath(layout.pages)}


def _preset(group: Group, blobs: Sequence[Blob], layout: Layout) -> tuple[PresetName | Literal[""], list[str]]:
    text = blobs[0].data[:_LOOKED_AT].decode("utf-8", "replace").removeprefix("\ufeff")
    for form, preset, signs in _EXPORTS:
        if form == group.format and all(re.search(sign, text) for sign in signs):
            return preset, [f"{blobs[0].path} has the shape of {preset}."]
    return (layout.preset if group.format == "markdown" else ""), []


def _with_policies(
    source: SourceSettings, blobs: Sequence[Blob], context: SourceContext
) -> tuple[SourceSettings, Reading, list[str]]:
    """The source with the policies that its values ask for."""
    changes: dict[str, object] = {}
    reasons: list[str] = []
    reading = read_source(source, blobs, context)
    events = sum(item.kind == "event" for item in reading.items)
    wrong = sum(problem.code == "W-OFFSET" for problem in reading.problems)
    if wrong >= 2 and wrong * 2 >= events:
        changes["offset"] = "wall_clock"
        reasons.append(f"{wrong} offsets are not those of {context.timezone} on their days: the clock is believed.")
    if not events and any(item.kind == "announcement" for item in reading.items):
        changes["kind"] = "announcement"
        reasons.append("Nothing in it says when it happens: announcements.")
    if midnights := sum(len(_MIDNIGHT.findall(blob.data)) for blob in blobs if source.format != "ics"):
        changes["midnight_is_date"] = True
        reasons.append(f"{midnights} times are midnight, as programs write dates: days without a clock.")
    if source.format != "ics" and not _states_zone(source, blobs):
        changes["naive"] = context.timezone
    settled = source.model_copy(update=changes)
    return settled, read_source(settled, blobs, context), reasons


def _states_zone(source: SourceSettings, blobs: Sequence[Blob]) -> bool:
    """Whether the file itself names the zone of its times, which a `naive` of the source would override."""
    return source.format in ("json", "yaml", "toml") and all(
        re.search(rb"(?im)timezone", blob.data) for blob in blobs
    )


def _nothing(reading: Reading) -> str:
    counts = Counter("held back" if item.held_back else item.kind for item in reading.items)
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    return f"No event or announcement can be read from it ({told or 'no entries'})."
