"""Reading the log of deeds: who did what, with the sign-ins that have a log of their own, and whether it is whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from newsletter.app.signing_in.people import people_of
from newsletter.app.workspace import Workspace
from newsletter.model.deeds import Actor, Deed, DeedLine
from newsletter.model.signing_in import SignInEvent, SignInEventKind
from newsletter.store import deeds, sessions

#: Sign-ins are written down where sessions are, and read from there: what each is called here.
SIGN_INS: Mapping[SignInEventKind, Deed] = {
    "signed in": "signed in",
    "signed out": "signed out",
    "everywhere": "sessions ended",
}
#: Characters of a hash that tell two people apart.
SHORT = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for; empty takes all. `actor` is a part of who it was, in any case."""

    since: datetime | None = None
    actor: str = ""
    deed: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One line with its actor in words: an address only while the settings name the person."""

    line: DeedLine
    who: str

    def as_json(self) -> dict[str, Any]:
        """The line as a JSON document; sign-ins have neither number nor seal."""
        line = self.line
        return {
            "number": line.number or None,
            "at": line.at.isoformat(),
            "who": self.who,
            "actor": {"kind": line.actor.kind, "name": line.actor.name, "roles": list(line.actor.roles)},
            "deed": line.deed,
            "subject": line.subject,
            "detail": line.detail,
            "seal": line.seal or None,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the log is whole: how many lines, the newest seal, and the first line that is not as it was written."""

    lines: int
    seal: str
    broken: int | None = None
    why: str = ""


def deeds_of(ws: Workspace, wanted: Wanted = Wanted()) -> tuple[Told, ...]:
    """The lines that are asked for, oldest first."""
    known = {one.who: one.address for one in people_of(ws).values()}
    with ws.store.read() as connection:
        community = ws.settings.community.id
        found = [*deeds.lines(connection, community, wanted.since), *_sign_ins(connection, community, wanted.since)]
    found.sort(key=lambda line: line.at)
    told = (Told(line, _who(line.actor, known)) for line in found)
    return tuple(one for one in told if _fits(one, wanted))


def verify(ws: Workspace) -> Verdict:
    """Follow the seals from the first line; what was changed, taken out or put in between breaks them."""
    community, before, number = ws.settings.community.id, deeds.FIRST, 0
    with ws.store.read() as connection:
        for line in deeds.lines(connection, community):
            number += 1
            if line.number != number:
                return Verdict(number - 1, before, number, f"line {number} is missing")
            if line.seal != deeds.seal_of(community, line, before):
                return Verdict(number - 1, before, number, f"line {number} is not as it was written")
            before = line.seal
    return Verdict(number, before)


def _sign_ins(connection: Connection, community: str, since: datetime | None) -> Iterator[DeedLine]:
    for event in sessions.logged_since(connection, community, since):
        if event.kind in SIGN_INS:
            yield _line(event)


def _line(event: SignInEvent) -> DeedLine:
    return DeedLine(event.at, Actor("person", event.who), SIGN_INS[event.kind])


def _who(actor: Actor, known: Mapping[str, str]) -> str:
    words = {
        "person": known.get(actor.name, actor.name[:SHORT]),
        "command line": f"{actor.name} (command line)",
        "token": f"{actor.name} (token)",
        "subscriber": f"{actor.name} (subscriber)",
        "schedule": "newsletter",
    }
    return words[actor.kind]


def _fits(one: Told, wanted: Wanted) -> bool:
    named = f"{one.who} {one.line.actor.kind} {one.line.actor.name}".casefold()
    return (
        wanted.actor.casefold() in named
        and wanted.deed in ("", one.line.deed)
        and wanted.subject in ("", one.line.subject)
    )
