"""A look ahead: every issue that each persona would get, were the sources to stay as they are; nothing is written."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from newsletter.app.checking import persona_choices
from newsletter.app.drafting import freeze
from newsletter.app.fetching import Recent
from newsletter.app.sending.waves import moment_for
from newsletter.app.timing import home_zone, terms_around
from newsletter.app.views import Json, moment
from newsletter.app.workspace import Workspace
from newsletter.compose.programme import Programme, programme_of
from newsletter.compose.replay import Follower, Turn, numbered, planned, replay
from newsletter.model.issue import Draft, Issue
from newsletter.model.people import Persona
from newsletter.render.timeline import Lane, Mark, timeline

#: Remote sources are asked once for a whole look ahead.
ONCE = timedelta(days=1)
#: Sections that retell, or tell of no item.
RETOLD = frozenset({"note", "glance", "changes", "thanks"})

#: Called with how many steps are done, and of how many.
OnStep = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """One slot for one persona: when it reaches them (in their zone), what it holds, and why not where it does not.

    `entries` counts what is told beside the tables: all of it, and how much is new, changed, or a reminder.
    """

    key: str
    digest: str
    at: datetime
    subject: str
    entries: int
    new: int
    changed: int
    reminders: int
    why_not: str
    issue: Issue


@dataclass(frozen=True, slots=True)
class Followed:
    """A persona and every slot that came to them, in order."""

    persona: Persona
    digests: tuple[str, ...]
    seen: tuple[Seen, ...]


def simulate(ws: Workspace, at: datetime, days: int, on_step: OnStep | None = None) -> tuple[Followed, ...]:
    """What every persona gets in the `days` days from `at` on; each draft is frozen when it would be."""
    found = planned(
        ws.settings.digests, at, at + timedelta(days=days),
        zone=home_zone(ws), terms=terms_around(ws, at, ahead=100),
    )  # fmt: skip
    personas, recent = ws.personas, Recent(ONCE)
    total = len(found) + len(personas)
    step = on_step or (lambda done, of: None)

    def drafts() -> Iterator[Draft]:
        for index, slot in enumerate(found):
            step(index, total)
            yield freeze(ws, slot, slot.draft_at, recent)

    programmes = [programme_of(draft) for draft in numbered(drafts())]
    followed = []
    for index, persona in enumerate(personas):
        step(len(found) + index, total)
        followed.append(_follow(ws, persona, programmes))
    step(total, total)
    return tuple(followed)


def _follow(ws: Workspace, persona: Persona, programmes: list[Programme]) -> Followed:
    digests = tuple(ws.settings.digests) if persona.digests is None else persona.digests
    follower = Follower.steady(persona_choices(persona), digests)
    return Followed(persona, digests, tuple(_seen(ws, persona, turn) for turn in replay(programmes, follower)))


def _seen(ws: Workspace, persona: Persona, turn: Turn) -> Seen:
    issue = turn.issue
    zone = ZoneInfo(persona.timezone)
    told = [entry for section in issue.sections if section.kind not in RETOLD for entry in section.entries]
    changes = [entry for section in issue.sections if section.kind == "changes" for entry in section.entries]
    marks = Counter(entry.change for entry in told)
    return Seen(
        key=turn.slot.key,
        digest=turn.slot.digest,
        at=moment_for(ws, turn.slot.digest, turn.slot.send_at, zone.key).astimezone(zone),
        subject=issue.subject,
        entries=0 if turn.withheld else len({entry.id for entry in (*told, *changes)}),
        new=marks["new"],
        changed=len(changes),
        reminders=marks["reminder"],
        why_not=f"Nothing for this reader. {issue.next_content}".strip() if turn.withheld else "",
        issue=issue,
    )


def simulation_rows(followed: Followed) -> Iterator[tuple[object, ...]]:
    """Each slot as a line of a table: when, key, subject or why not, entries, new, changed, reminders."""
    for seen in followed.seen:
        when = f"{seen.at:%a} {seen.at.day} {seen.at:%b %Y, %H:%M %Z}"
        text = f"- {seen.why_not}" if seen.why_not else seen.subject
        yield when, seen.key, text, seen.entries, seen.new, seen.changed, seen.reminders


def simulation_json(at: datetime, days: int, all_followed: tuple[Followed, ...]) -> Json:
    """`simulate --json`."""
    return {
        "as_of": moment(at),
        "days": days,
        "personas": [_followed_json(followed) for followed in all_followed],
    }


def _followed_json(followed: Followed) -> Json:
    persona = followed.persona
    return {
        "name": persona.name,
        "title": persona.title,
        "timezone": persona.timezone,
        "digests": list(followed.digests),
        "issues": [_seen_json(seen) for seen in followed.seen],
    }


def _seen_json(seen: Seen) -> Json:
    return {
        "key": seen.key,
        "digest": seen.digest,
        "at": moment(seen.at),
        "subject": seen.subject,
        "sent": not seen.why_not,
        "why_not": seen.why_not,
        "entries": seen.entries,
        "new": seen.new,
        "changed": seen.changed,
        "reminders": seen.reminders,
    }


def default_file(ws: Workspace, at: datetime, days: int) -> Path:
    """Beside the outbox: the picture of a look ahead from this day."""
    day = at.astimezone(home_zone(ws)).date()
    return ws.root / "outbox" / f"simulation-{day}-{days}-days.svg"


def picture(ws: Workspace, at: datetime, days: int, all_followed: tuple[Followed, ...], *, page: bool) -> str:
    """The look ahead as a picture (SVG), or as a page with its table (HTML)."""
    titles: Mapping[str, str] = {name: digest.title for name, digest in ws.settings.digests.items()}
    lanes = [Lane(one.persona.title, _zone_words(one), tuple(map(_mark, one.seen))) for one in all_followed]
    return timeline(ws.settings.community.name, titles, lanes, at, at + timedelta(days=days), page=page)


def _zone_words(followed: Followed) -> str:
    topics = followed.persona.topics
    return f"{followed.persona.timezone}, {'all topics' if topics is None else ', '.join(topics) or 'no topics'}"


def _mark(seen: Seen) -> Mark:
    counts = f"{seen.entries} entries: {seen.new} new, {seen.changed} changed, {seen.reminders} reminders"
    text = seen.why_not or f"{seen.subject}\n{counts}"
    return Mark(seen.key, seen.digest, seen.at, text, bool(seen.why_not), seen.changed > 0)
