"""Why an event is in an issue or not, for one digest or for all: the words and the JSON of `explain`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.app.checking import find_persona, persona_choices
from newsletter.app.drafting import preview_draft, stored_draft
from newsletter.app.fetching import Recent
from newsletter.app.timing import UsageError, find_digest, home_zone
from newsletter.app.views import Json, item_json, moment, origin_json, problems_json
from newsletter.app.workspace import Workspace
from newsletter.compose.explain import Explanation, explain
from newsletter.compose.locating import close_items, find_items, unread_problems
from newsletter.compose.when_words import ZONE_SOURCES
from newsletter.dates.wording import time_text
from newsletter.model.issue import Draft
from newsletter.model.item import Item
from newsletter.model.problem import Problem
from newsletter.model.when import Occurrence
from newsletter.store import mailings


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of one item in the next issue of each digest; without one, what was said of a file instead."""

    explanations: tuple[Explanation, ...] = ()
    unread: tuple[Problem, ...] = ()


def trace(ws: Workspace, name: str, digest: str | None, at: datetime, persona: str | None) -> Trace:
    """Explain the item of that id, title or beginning; UsageError offers the close ones where there is none."""
    names = (digest,) if digest else tuple(ws.settings.digests)
    for one in names:
        find_digest(ws, one)
    if not names:
        raise UsageError("config.toml defines no digest; an explanation needs one")
    choices = persona_choices(find_persona(ws, persona))
    recent = Recent()
    drafts = [preview_draft(ws, one, at, recent) for one in names]
    found = find_items(drafts[0].items, name)
    unread = () if found else unread_problems(drafts[0], name)
    if unread:
        return Trace(unread=unread)
    item = _the_one(found, drafts[0], name)
    return Trace(tuple(explain(draft, item.id, choices, last_issue(ws, draft)) for draft in drafts))


def last_issue(ws: Workspace, draft: Draft) -> Draft | None:
    """The draft of the last issue of the digest that anybody got, which a new one is told against."""
    with ws.store.read() as conn:
        keys = set(
            mailings.baselines(conn, ws.settings.community.id, ws.settings.digests[draft.digest].list).values()
        )
    mine = [one.issue for one in keys if one.issue.startswith(f"{draft.digest}-") and one.issue != draft.key]
    return stored_draft(ws, max(mine)) if mine else None


def _the_one(found: Sequence[Item], draft: Draft, name: str) -> Item:
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{name!r} may be {len(found)} items; say which id:\n{_listed(found)}")
    close = close_items(draft.items, name)
    hint = f"; did you mean one of these?\n{_listed(close)}" if close else ""
    raise UsageError(f"nothing that was read has the id or title {name!r}{hint}")


def _listed(found: Sequence[Item]) -> str:
    return "\n".join(f"  {item.id}  {item.title}" for item in found)


def trace_json(found: Trace) -> Json:
    """`explain --json`: the item once, and what became of it per digest."""
    if not found.explanations:
        return {"item": None, "problems": problems_json(found.unread), "issues": []}
    first = found.explanations[0]
    return {
        "item": item_json(first.item, ()),
        "when_text": first.when_text,
        "timezone": first.timezone,
        "tz_source": first.zone_source,
        "topics": list(first.topics),
        "joined": [origin_json(origin) for origin in first.item.origins[1:]],
        "problems": problems_json(first.problems),
        "issues": [_issue_json(one) for one in found.explanations],
    }


def _issue_json(one: Explanation) -> Json:
    return {
        "key": one.key,
        "window": {"start": moment(one.window.start), "end": moment(one.window.end)},
        "in_issue": bool(one.told),
        "sections": [
            {"kind": told.section, "title": told.title, "when_text": told.when_text, "change": told.change}
            for told in one.told
        ],
        "reasons": [{"code": reason.code, "text": reason.text} for reason in one.reasons],
        "pattern": one.pattern,
        "before": _occurrence_json(one.before),
        "inside": [_occurrence_json(occurrence) for occurrence in one.inside],
        "after": _occurrence_json(one.after),
    }


def _occurrence_json(one: Occurrence | None) -> Json | None:
    return {"start": moment(one.start), "end": moment(one.end), "status": one.status} if one else None


def trace_lines(ws: Workspace, found: Trace) -> Iterator[str]:
    """The trace for people, from the source to the issue."""
    if not found.explanations:
        yield "This was read and gave no item:"
        yield from (f"  {problem}" for problem in found.unread)
        return
    yield from _item_lines(found.explanations[0])
    for one in found.explanations:
        yield ""
        yield from _issue_lines(ws, one)


def _item_lines(one: Explanation) -> Iterator[str]:
    item = one.item
    yield f"{item.title}  ({item.kind}, {item.status})"
    yield f"  id        {item.id}"
    yield f"  read in   {item.origin} (source {item.origin.source})"
    yield from (f"  joined    {origin} (source {origin.source})" for origin in item.origins[1:])
    yield f"  when      {one.when_text}"
    if one.timezone and one.zone_source:
        yield f"  zone      {one.timezone}: {ZONE_SOURCES[one.zone_source]}"
    yield f"  topics    {', '.join(one.topics) or 'none, so everybody is shown it'}"
    if item.held_back:
        yield "  HELD BACK because of an error below"
    yield from (f"  {problem.level:9} {problem.text} [{problem.code}] {problem.origin}" for problem in one.problems)


def _issue_lines(ws: Workspace, one: Explanation) -> Iterator[str]:
    first, end = one.window.start.date(), one.window.end.date()
    yield f"{one.key}, about {first} until {end} (that day not included)"
    around = [("before", one.before), *(("inside", each) for each in one.inside), ("after", one.after)]
    yield from (f"  {word:9} {_occurrence_text(ws, each)}" for word, each in around if each)
    if one.pattern:
        yield f"  series    told once, as {one.pattern!r}"
    for told in one.told:
        change = f" [{told.change}]" if told.change else ""
        yield f"  IN        {told.title or told.section}: {told.when_text}{change}".rstrip(": ")
    yield from (f"  NOT IN    {reason.text} [{reason.code}]" for reason in one.reasons)


def _occurrence_text(ws: Workspace, one: Occurrence) -> str:
    home = home_zone(ws)
    text = time_text(one, zone=home, clock=12, home=home, home_city="")
    dated = text.full.replace(text.date_text, f"{text.date_text} {text.year}", 1)
    return dated + (f" ({one.status})" if one.status != "confirmed" else "")
