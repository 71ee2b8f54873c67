"""What was told and what was done lately: alerts, and the deeds of editors and operators."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.engine import Connection

from newsletter.app.operator.words import ago_text, moment_text, span_text
from newsletter.app.signing_in.people import person_known_as
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.model.alerting import Episode
from newsletter.model.deeds import DEEDS, Actor
from newsletter.store import alerts, deeds, episodes

#: So far back, and so many lines.
LATELY, MOST = timedelta(days=30), 200


@dataclass(frozen=True, slots=True)
class ToldLine:
    """Something that was told to the operator."""

    when: str
    ago: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class DeedView:
    """Something that somebody did."""

    when: str
    who: str
    what: str
    subject: str
    detail: str


def told(ws: Workspace, connection: Connection, back: timedelta, most: int) -> tuple[ToldLine, ...]:
    """What was told to the operator, newest first: what was noted once, and what lasted, with how long."""
    now, zone, community = ws.clock(), home_zone(ws), ws.settings.community.id
    found = [(one.at, one.kind, one.text) for one in alerts.since(connection, community, now - back)]
    lasting = (*episodes.open_ones(connection, community), *episodes.past(connection, community, now - back))
    found += [(one.first_seen, one.trouble.kind, f"{one.trouble.text}{_end(one)}") for one in lasting]
    newest = sorted(found, key=lambda one: one[0], reverse=True)[:most]
    return tuple(ToldLine(moment_text(at, zone, now), ago_text(at, now), kind, text) for at, kind, text in newest)


def _end(one: Episode) -> str:
    return f"; over after {span_text(one.ended_at - one.first_seen)}" if one.ended_at else "; it lasts"


def done(ws: Workspace, connection: Connection) -> tuple[DeedView, ...]:
    """What was done, newest first."""
    return tuple(reversed([*_done(ws, connection)]))[:MOST]


def _done(ws: Workspace, connection: Connection) -> Iterator[DeedView]:
    now, zone = ws.clock(), home_zone(ws)
    for one in deeds.lines(connection, ws.settings.community.id, now - LATELY):
        when, what = moment_text(one.at, zone, now), DEEDS[one.deed].text
        yield DeedView(when, who_of(ws, one.actor), what, one.subject, one.detail)


def who_of(ws: Workspace, actor: Actor) -> str:
    """Who acted, as people know them; whoever is not named in the settings any more is the hash that is left."""
    if actor.kind == "person":
        person = person_known_as(ws, actor.name)
        return person.address if person else f"somebody ({actor.name[:8]})"
    if actor.kind == "schedule":
        return "the schedule"
    return f"{actor.name} (command line)" if actor.kind == "command line" else f"{actor.kind} {actor.name}"
