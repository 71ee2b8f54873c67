"""The trace of one item: where it was read, how, what it was joined with, and what became of it in an issue.

What an issue shows is taken from the issue itself, and why something is missing from the decisions that left it out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from newsletter.compose.due import taken_items, why_not_due
from newsletter.compose.editing import why_hidden
from newsletter.compose.fairness import is_capped, organiser_of
from newsletter.compose.issue import arrange, marked_view
from newsletter.compose.locating import problems_of
from newsletter.compose.moments import begins, ends
from newsletter.compose.programme import HORIZON, Programme, between, is_series, is_thanks, programme_of, why_untold
from newsletter.compose.reasons import Reason
from newsletter.compose.sections import events
from newsletter.compose.sections.announcements import was_told
from newsletter.compose.sections.events import why_not_vaguely
from newsletter.compose.sections.registry import BUILDERS, section_names
from newsletter.compose.sections.thanks import why_no_thanks
from newsletter.compose.series import pattern_of
from newsletter.compose.topics import is_chosen, is_turned_away, offered, topics_of
from newsletter.compose.view import View, is_off
from newsletter.compose.waves import as_read
from newsletter.compose.when_words import when_words, zone_of
from newsletter.dates.recurrence import occurrences
from newsletter.dates.wording import full_day_text
from newsletter.model.issue import Choices, Draft, Issue, Window
from newsletter.model.item import Item
from newsletter.model.problem import Problem
from newsletter.model.when import Occurrence, TzSource, Vague

#: Sections that speak of something about an item, and do not tell the item itself.
ASIDE = frozenset({"changes", "deadlines"})
#: How far before the window the last occurrence is looked for.
BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the issue that stands for the item."""

    section: str
    title: str
    when_text: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is known about one item and one issue; `told` is empty where the reader sees nothing of it.

    `reasons` say why the item itself is missing. `before`, `inside` and `after` are its occurrences around the
    window; `pattern` is the line that stands for a series.
    """

    item: Item
    key: str
    window: Window
    when_text: str
    timezone: str
    zone_source: TzSource | None
    topics: tuple[str, ...]
    problems: tuple[Problem, ...]
    before: Occurrence | None
    inside: tuple[Occurrence, ...]
    after: Occurrence | None
    pattern: str
    told: tuple[Told, ...]
    reasons: tuple[Reason, ...]


def explain(draft: Draft, item_id: str, choices: Choices, baseline: Draft | None = None) -> Explanation:
    """The trace of the draft's item of that id for readers with these choices; KeyError where there is none."""
    item = next((item for item in draft.items if item.id == item_id), None)
    if item is None:
        raise KeyError(item_id)
    programme = as_read(programme_of(draft), choices)
    before = programme_of(baseline) if baseline else None
    view = marked_view(programme, choices, before)
    told = tuple(_told(arrange(programme, choices, before), item))
    missing = all(one.section in ASIDE for one in told)
    zone, source = zone_of(item.when)
    return Explanation(
        item=item,
        key=draft.key,
        window=programme.window,
        when_text=when_words(item.when),
        timezone=zone,
        zone_source=source,
        topics=topics_of(item, draft.topics),
        problems=problems_of(item, draft),
        before=_last_before(item, programme),
        inside=_all_inside(item, programme),
        after=_first_after(item, programme),
        pattern=pattern_of(view, item) if item.kind == "event" and is_series(item.when) else "",
        told=told,
        reasons=tuple(_reasons(view, item)) if missing else (),
    )


def _told(issue: Issue, item: Item) -> Iterator[Told]:
    for section in issue.sections:
        for entry in section.entries:
            if entry.id == item.id:
                yield Told(section.kind, section.title, entry.when_text, entry.change)


def _reasons(view: View, item: Item) -> Iterator[Reason]:
    """The decisions that leave the item out; the first is told first, and there is always one."""
    found = next(filter(None, _decisions(view, item)), None)
    yield found or Reason("no-place", "No section of this digest is for such an item.")


def _decisions(view: View, item: Item) -> Iterator[Reason | None]:
    """Every decision in the order in which the composition takes them."""
    yield why_untold(item)
    yield why_hidden(item, view.draft)
    if is_thanks(item):
        yield why_no_thanks(view, item)
        yield _no_section(view, item)
        yield Reason("told-before", "Each thanks is said in one issue, and these were, or the page lists none.")
    yield _not_chosen(view, item)
    if item.kind == "event":
        yield from _event_decisions(view, item)
    elif item.kind == "announcement":
        yield why_not_due(view, item)
        yield _no_section(view, item)
        if was_told(view, item):
            yield Reason("told-before", "News without `expires` is told once, and the reader's last issue told it.")
    else:
        yield Reason("called-off", f"Its source says that it is {item.status}.") if is_off(item) else None
        yield _no_section(view, item)
        yield Reason(
            "no-place", "A page is told by its tags: those of a topic, or of a section of the workspace's own."
        )


def _event_decisions(view: View, item: Item) -> Iterator[Reason | None]:
    if isinstance(item.when, Vague):
        yield why_not_vaguely(view, item.when)
    else:
        yield _nothing_inside(view.programme, item)
    if item.id in view.marks.known_off:
        yield Reason("told-before", f"It is {item.status}, and the reader's last issue said so.")
    yield _capped(view, item)
    yield _no_section(view, item)
    if is_off(item):
        yield Reason("called-off", f"Its source says that it is {item.status}.")


def _capped(view: View, item: Item) -> Reason | None:
    """That its organiser has so many events that this one is only counted."""
    section, most = events.build(view), view.draft.settings.per_organiser
    if section is None or not is_capped(section, item.id):
        return None
    name = organiser_of(item)
    return Reason(
        "capped", f"Of {name} this digest tells {most} events in full (per_organiser), and counts this one."
    )


def _not_chosen(view: View, item: Item) -> Reason | None:
    topics = offered(view.draft)
    if is_turned_away(item, view.choices):
        return Reason("turned-away", "This reader stopped the series, or wants online events alone.")
    if is_chosen(item, topics, view.choices):
        return None
    mine, theirs = ", ".join(topics_of(item, topics)), ", ".join(view.choices.topics or ()) or "none"
    return Reason("topic-not-chosen", f"It belongs to {mine}; this reader chose {theirs}.")


def _nothing_inside(programme: Programme, item: Item) -> Reason | None:
    """Why the item has no occurrence to be told of in the window."""
    if any(timed.item.id == item.id for timed in programme.timed):
        return None
    if item.when is None:
        return Reason("no-occurrence", "It has no time.")
    found = _all_inside(item, programme)
    if found and item.expires and begins(found[0], programme.home).date() > item.expires:
        return Reason("expired", f"It expired on {item.expires}, which ends the series.")
    if found:
        return Reason("over", f"It is over by {programme.moment.astimezone(programme.home):%Y-%m-%d %H:%M}.")
    first, last = programme.window.start.date(), programme.window.end.date() - timedelta(days=1)
    span = f"{full_day_text(first)} to {full_day_text(last)}"
    return Reason("no-occurrence", f"It does not take place in the days of the issue, {span}.")


def _no_section(view: View, item: Item) -> Reason | None:
    """The section that would show it, where the digest does not list that section."""
    there = section_names(view)
    missing = [name for name in BUILDERS if name not in there and name not in ASIDE]
    name = next((name for name in missing if _shows(view, name, item)), None)
    if name is None or (name == "announcements" and item.id in taken_items(view)):
        return None
    return Reason(
        "no-section", f"The section {name!r} would tell it; digests.{view.draft.digest} has no such section."
    )


def _shows(view: View, name: str, item: Item) -> bool:
    section = BUILDERS[name](view)
    return section is not None and any(entry.id == item.id for entry in section.entries)


def _all_inside(item: Item, programme: Programme) -> tuple[Occurrence, ...]:
    """Its occurrences in the window, those included that are over or lie after the day it expires."""
    if item.when is None or item.held_back:
        return ()
    return occurrences(item.when, programme.window.start, programme.window.end, home=programme.home)


def _last_before(item: Item, programme: Programme) -> Occurrence | None:
    if item.when is None or item.held_back:
        return None
    start = programme.window.start
    found = occurrences(item.when, start - BACK, start, home=programme.home)
    return next((one for one in reversed(found) if ends(one, programme.home) <= start), None)


def _first_after(item: Item, programme: Programme) -> Occurrence | None:
    if item.held_back:
        return None
    end = programme.window.end
    return next(
        (one for one in between(item, end, end + HORIZON, programme) if begins(one, programme.home) >= end), None
    )
