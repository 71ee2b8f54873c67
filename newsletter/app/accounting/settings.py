"""That the settings are others than when the program last looked, and that others may sign in: deeds without a hand.

Files are changed with an editor, and no program sees by whom; the repository they are kept in does.
"""

import hashlib

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note
from newsletter.app.signing_in.people import people_of
from newsletter.app.workspace import Workspace
from newsletter.model.deeds import Deed
from newsletter.model.signing_in import ROLES
from newsletter.settings.reading import CONFIG, LISTS
from newsletter.store import deeds

#: Characters of a hash that tell one state of the settings from another.
SHORT = 16


def note_settings(ws: Workspace) -> None:
    """Write down what has changed since this was last called for the store, by a hash and by counts."""
    with ws.store.begin("deed") as connection:
        _note_other(connection, ws, "config changed", f"{CONFIG} and {LISTS}, sha256 {_files(ws)}")
        _note_other(connection, ws, "roles changed", _roles(ws))


def _note_other(connection: Connection, ws: Workspace, deed: Deed, detail: str) -> None:
    last = deeds.last_of(connection, ws.settings.community.id, deed)
    if last is None or last.detail != detail:
        note(connection, ws, deed, detail=detail)


def _files(ws: Workspace) -> str:
    return _short(b"\0".join((ws.root / name).read_bytes() for name in (CONFIG, LISTS) if (ws.root / name).exists()))


def _roles(ws: Workspace) -> str:
    """How many have each role, and a hash over who they are; their addresses stand in the settings alone."""
    people = people_of(ws).values()
    named = {role: sorted(one.who for one in people if role in one.roles) for role in ROLES}
    counts = ", ".join(f"{role}s: {len(who)}" for role, who in named.items())
    return f"{counts}, {_short(repr(named).encode())}"


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:SHORT]
