"""Deeds: what editors, operators and the programs they let in did, and which role may do what.

This table is the one place that says so: pages, the command line, tests and docs read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsletter.model.signing_in import Role

Deed = Literal[
    "drafted", "edited", "approved", "revoked", "tested", "decided",
    "sent", "paused", "resumed", "stopped", "reconciled", "released", "corrected", "mailed",
    "added", "imported", "exported", "removed", "suppressed", "erased", "address changed", "revealed",
    "asked to join", "choices changed",
    "backed up", "restored", "migrated", "reloaded", "config changed", "roles changed",
    "token made", "token revoked", "signed in", "signed out", "sessions ended", "alert silenced",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeedRule:
    """What a deed is, in words, and the roles that may do it; who has the command line may do everything."""

    text: str
    roles: frozenset[Role] = frozenset()


_EDITOR: frozenset[Role] = frozenset({"editor"})
_OPERATOR: frozenset[Role] = frozenset({"operator"})
_EITHER = _EDITOR | _OPERATOR

DEEDS: Mapping[Deed, DeedRule] = {
    "drafted": DeedRule("froze an issue's draft", _EDITOR),
    "edited": DeedRule("changed an issue's file, its order, words or overrides", _EDITOR),
    "approved": DeedRule("approved a draft", _EDITOR),
    "revoked": DeedRule("took the approvals of a draft back", _EDITOR),
    "tested": DeedRule("sent a test to an address of their own", _EDITOR),
    "decided": DeedRule("accepted or refused what the program had proposed", _EDITOR),
    "corrected": DeedRule("wrote a correction", _EDITOR),
    "mailed": DeedRule("wrote a one-off mail", _EDITOR),
    "sent": DeedRule("let an issue leave", _OPERATOR),
    "paused": DeedRule("paused a sending", _OPERATOR),
    "resumed": DeedRule("let a sending go on", _OPERATOR),
    "stopped": DeedRule("stopped a sending for good", _OPERATOR),
    "reconciled": DeedRule("settled deliveries whose outcome was unknown", _OPERATOR),
    "released": DeedRule("let a restored store send again", _OPERATOR),
    "added": DeedRule("added a subscriber", _OPERATOR),
    "asked to join": DeedRule("asked for somebody to join, who confirms by mail", _OPERATOR),
    "choices changed": DeedRule("changed what a subscriber gets", _OPERATOR),
    "imported": DeedRule("imported subscribers", _OPERATOR),
    "exported": DeedRule("exported subscribers, or all that is kept of one", _OPERATOR),
    "removed": DeedRule("took a subscriber off a list", _OPERATOR),
    "suppressed": DeedRule("barred an address from all mail", _OPERATOR),
    "erased": DeedRule("erased a subscriber", _OPERATOR),
    "address changed": DeedRule("changed a subscriber's address", _OPERATOR),
    "revealed": DeedRule("looked at subscribers' addresses", _OPERATOR),
    "backed up": DeedRule("copied the store", _OPERATOR),
    "restored": DeedRule("put a backup in the place of the store"),
    "migrated": DeedRule("brought the store's schema up to date"),
    "reloaded": DeedRule("let the running program read its settings again", _OPERATOR),
    "config changed": DeedRule("the settings are others than when the program last looked"),
    "roles changed": DeedRule("others may sign in, or as something else, than when the program last looked"),
    "token made": DeedRule("made a token for the API", _OPERATOR),
    "token revoked": DeedRule("revoked a token of the API", _OPERATOR),
    "signed in": DeedRule("signed in", _EITHER),
    "signed out": DeedRule("signed out", _EITHER),
    "sessions ended": DeedRule("ended all sessions of somebody", _EITHER),
    "alert silenced": DeedRule("silenced an alert", _OPERATOR),
}


def may(role: Role, deed: Deed) -> bool:
    """Whether somebody who is signed in with this role may do it."""
    return role in DEEDS[deed].roles


def allows(actor: "Actor", deed: Deed) -> bool:
    """Whether the actor may do it: a person by their roles; the scopes of a token are checked where it comes in."""
    return actor.kind != "person" or any(may(role, deed) for role in actor.roles)


def deeds_of(role: Role) -> tuple[Deed, ...]:
    """Everything that the role may do, in the table's order."""
    return tuple(deed for deed in DEEDS if may(role, deed))


ActorKind = Literal["command line", "person", "token", "schedule", "subscriber"]
ACTOR_KINDS: tuple[ActorKind, ...] = ("command line", "person", "token", "schedule", "subscriber")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: no address stands here.

    `name` is, by kind, the account on the machine, the keyed hash of who is signed in, a token's name, nothing, or a
    subscriber's id; `roles` are those of who is signed in, at that moment.
    """

    kind: ActorKind
    name: str = ""
    roles: tuple[Role, ...] = ()


#: The program itself, on its cadence.
SCHEDULE_ACTOR = Actor("schedule")


@dataclass(frozen=True, slots=True)
class DeedLine:
    """One line of the log of deeds. `subject` is an issue's key, a subscriber's id, a keyed hash or a name we gave.

    `number` counts the lines of a community from 1, and `seal` covers the line and the seal before it.
    """

    at: datetime
    actor: Actor
    deed: Deed
    subject: str = ""
    detail: str = ""
    number: int = 0
    seal: str = ""
