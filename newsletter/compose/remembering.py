"""What a reader knows after an issue: what they knew before, less what is over, and what this issue told."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from pydantic import TypeAdapter

from newsletter.compose.closing import fresh, told_deadlines
from newsletter.compose.density import told_in_full
from newsletter.compose.differences import still_to_come
from newsletter.compose.matching import Known
from newsletter.compose.moments import begins
from newsletter.compose.programme import ASKED, Programme, between, is_series
from newsletter.compose.view import View, is_off
from newsletter.model.issue import Section
from newsletter.model.item import Deadline, Item
from newsletter.model.memory import Memory, Told
from newsletter.model.problem import Origin
from newsletter.model.when import Vague

#: Sections that tell of no item.
SILENT = frozenset({"note", "thanks"})
#: Sections that name an item without telling it in full.
IN_BRIEF = frozenset({"changes", "glance", "deadlines", "ahead", "continuing"})


def recall(memory: Memory, items: Sequence[Item]) -> Mapping[str, Told]:
    """What was told of each of these items, by the id it has now: sources change their ids."""
    by_id = {told.item.id: told for told in memory.told}
    known = Known.of(told.item for told in memory.told)
    found = ((item.id, known.find(item)) for item in items)
    return {now: by_id[old.id] for now, old in found if old is not None}


def remember(view: View, sections: Sequence[Section]) -> Memory:
    """What the reader of these sections knows once they have read them, and can still use."""
    told_here = _ids(section for section in sections if section.kind not in SILENT)
    named = _starts_here(view, sections)
    in_full = _in_full(view, sections)
    closing = _ids(section for section in sections if section.kind == "deadlines")
    gone = {item.id for item in view.marks.vanished}
    now_known_as = {told.item.id: now for now, told in view.recalled.items()}
    kept = [
        _called_off(view, told) if told.item.id in gone else told
        for told in view.memory.told
        if told.item.id not in now_known_as
    ]
    here = {item.id: item for item in view.programme.items}
    kept += [
        _told(view, here[now], told, named, in_full=now in in_full, closing=now in closing)
        if now in told_here
        else told
        for now, told in view.recalled.items()
    ]
    kept += [
        _told(view, item, None, named, in_full=key in in_full, closing=key in closing)
        for key, item in here.items()
        if key in told_here and key not in view.recalled
    ]
    there = {item.id for item in view.programme.draft.items}
    lasting = (lasts for told in kept if (lasts := _lasting(view.programme, told, there)) is not None)
    by_id = {told.item.id: _without_past_deadlines(view.programme, told) for told in lasting}
    return Memory(tuple(by_id[key] for key in sorted(by_id)))


def dump_memory(memory: Memory) -> str:
    """The memory as one line of JSON with sorted keys: equal memories are equal texts."""
    values = _adapter().dump_python(memory, mode="json")
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def load_memory(text: str) -> Memory:
    """The memory that was dumped; ValueError for anything else."""
    return _adapter().validate_json(text)


def memory_key(memory: Memory) -> str:
    """A name for exactly this memory; readers who know the same share it."""
    return hashlib.sha256(dump_memory(memory).encode()).hexdigest()[:32]


def _ids(sections: Iterable[Section]) -> set[str]:
    """Everything that the sections tell of, what they only count included."""
    found = list(sections)
    counted = {one for section in found for more in section.more for one in more.ids}
    return counted | {entry.id for section in found for entry in section.entries}


def _in_full(view: View, sections: Iterable[Section]) -> set[str]:
    long = (section for section in sections if section.kind not in SILENT | IN_BRIEF)
    return {entry.id for section in long for entry in told_in_full(section, view.choices)}


def _starts_here(view: View, sections: Sequence[Section]) -> Mapping[str, list[datetime]]:
    """By the id of what stands in a section with its times: when it begins, in the window and ahead of it."""
    ahead = _ids(section for section in sections if section.kind == "ahead")
    inside = _ids(section for section in sections if section.kind not in SILENT | {"ahead", "changes", "deadlines"})
    found: dict[str, list[datetime]] = {}
    for told, here in ((view.timed, inside), (view.ahead, ahead)):
        for timed in told:
            if timed.item.id in here:
                found.setdefault(timed.item.id, []).extend(begins(one, view.home) for one in timed.occurrences)
    return found


def _told(
    view: View, item: Item, before: Told | None, named: Mapping[str, list[datetime]], *, in_full: bool, closing: bool
) -> Told:
    """The item as this issue tells it; naming nothing but what was named before counts as telling it again.

    Of what is called off no time is known any more: should it take place after all, it is told anew.
    """
    known = before.starts if before else ()
    starts = () if is_off(item) else tuple(sorted({*known, *_starts(view, item, named)}))
    again = before is not None and starts == known and view.mark_of(item) is None
    times = before.times + 1 if before and again else 1
    known_deadlines = before.item.deadlines if before else ()
    deadlines = told_deadlines(view.programme, item, known_deadlines, listed=closing)
    full = in_full or bool(before and before.in_full and again)
    return Told(_facts(item, deadlines), starts, times, full, as_of=_as_of(view, before))


def _as_of(view: View, before: Told | None) -> datetime:
    """How things stood when it was told: an older draft than the last one has borrowed what that one knew."""
    mine = view.draft.as_of.astimezone(UTC)
    return max(mine, before.as_of) if before and before.as_of else mine


def _called_off(view: View, told: Told) -> Told:
    """What is no longer listed, as its readers know it now."""
    return replace(told, item=replace(told.item, status="cancelled"), starts=(), as_of=_as_of(view, told))


def _starts(view: View, item: Item, named: Mapping[str, list[datetime]]) -> Iterable[datetime]:
    """The beginnings of the occurrences that this issue names: in its window, ahead of it, or where it moved to.

    A series is told as a pattern and names none.
    """
    if is_series(item.when):
        return ()
    mark = view.mark_of(item)
    moved_to = (begins(one, view.home) for one in mark.named) if mark else ()
    return (*moved_to, *named.get(item.id, ()))


def _lasting(programme: Programme, told: Told, there: Set[str]) -> Told | None:
    """What of it is not over; None where nothing is left that a reader could act on. `there` are all items' ids."""
    if told.item.kind != "event":
        return told if told.item.id in there else None
    if isinstance(told.item.when, Vague | None):
        return told
    if is_series(told.item.when):
        start = programme.moment
        ahead = (between(told.item, start, start + span, programme, limit=1) for span in ASKED)
        return told if any(ahead) else None
    coming = {begins(one, programme.home) for one in still_to_come(told.item, programme)}
    return replace(told, starts=tuple(start for start in told.starts if start in coming)) if coming else None


def _without_past_deadlines(programme: Programme, told: Told) -> Told:
    known = told.item.deadlines
    lasting = fresh(known, programme)
    return told if lasting == known else replace(told, item=replace(told.item, deadlines=lasting))


def _facts(item: Item, deadlines: tuple[Deadline, ...]) -> Item:
    """The item without what may be edited freely, so that readers who know the same have equal memories."""
    origins = tuple(Origin(origin.source, origin.path) for origin in item.origins)
    return Item(
        id=item.id,
        kind=item.kind,
        title=item.title,
        origins=origins,
        when=item.when,
        status=item.status,
        timezone=item.timezone,
        place=item.place,
        registration_url=item.registration_url,
        tags=item.tags,
        category=item.category,
        deadlines=deadlines,
        publish=item.publish,
        expires=item.expires,
        visibility=item.visibility,
    )


@cache
def _adapter() -> TypeAdapter[Memory]:
    return TypeAdapter(Memory)
