"""The fence against an old copy of the store: how far it came stands in a small file beside it, and is compared."""

import fcntl
import json
import logging
import os
from contextlib import suppress
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.sending.holding import BY, hold, lift
from newsletter.app.workspace import Workspace
from newsletter.delivery import fence
from newsletter.delivery.fence import Mark
from newsletter.log_fields import about
from newsletter.model.guarding import Hold, Standing
from newsletter.store import guards, issues, mailings

LOG = logging.getLogger(__name__)
#: Beside the store, and never part of a copy of it.
FILE = "subscribers/high-water.json"
PAUSED = "the store was restored from an older copy: what was sent after it was made is not in it"


def known_mark(ws: Workspace) -> Mark | None:
    """How far the store came, as the file says; None where there is none, or none that can be read."""
    try:
        read = json.loads((ws.root / FILE).read_text(encoding="ascii"))
        return Mark(int(read["sent"]), int(read["consents"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def store_mark(connection: Connection, ws: Workspace) -> Mark:
    """How far the store itself says that it came."""
    return Mark(*guards.water(connection, ws.settings.community.id))


def old_copy(connection: Connection, ws: Workspace) -> Hold | None:
    """The hold where the store is an older copy of itself."""
    return fence.hold(known_mark(ws), store_mark(connection, ws))


def keep_mark(ws: Workspace, mark: Mark, *, lower: bool = False) -> None:
    """Write the mark down where it is ahead of what stands there; what cannot be written is logged, and stops nobody.

    It is written after the store's own commit and before a batch leaves, so that it is never ahead by a crash.
    """
    try:
        handle = os.open(ws.root / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _write(file.fileno(), mark, lower=lower)
    except OSError as error:
        LOG.warning(
            "%s cannot be written (%s): an old copy of the store would not be noticed",
            FILE,
            error.strerror,
            extra=about("fence.unwritten", ws.settings.community.id),
        )


def _write(handle: int, mark: Mark, *, lower: bool) -> None:
    """In place and of one length, so that no reader finds half of it and no rename can be lost."""
    known = Mark()
    with suppress(ValueError, KeyError, TypeError):
        read = json.loads(os.pread(handle, 200, 0))
        known = Mark(int(read["sent"]), int(read["consents"]))
    new = mark if lower else Mark(max(mark.sent, known.sent), max(mark.consents, known.consents))
    os.pwrite(handle, f'{{"sent": {new.sent:>16}, "consents": {new.consents:>16}}}\n'.encode(), 0)


def doubt(connection: Connection, ws: Workspace, key: str, due: datetime, by: str) -> str:
    """Why nobody knows whether this was sent: the store is an old copy, or was one when its time came; else empty.

    A person who sends it says by that that it was not; what acts `by` itself does not know.
    """
    if found := old_copy(connection, ws):
        return found.why
    before = guards.standing(connection, ws.settings.community.id, "restored")
    if not by or before is None or before.active or due > before.since:
        return ""
    return (
        f"the time of {key} lies before the store was restored, so it may have been sent: newsletter send {key} "
        f"if it was not, else newsletter cancel {key}"
    )


def look(ws: Workspace, now: datetime) -> bool:
    """Compare, tell, and bring the file up to the store; True where the store is an older copy."""
    with ws.store.read() as connection:
        found, mark = old_copy(connection, ws), store_mark(connection, ws)
        standing = guards.standing(connection, ws.settings.community.id, "restored")
    if found is None:
        keep_mark(ws, mark)
    elif standing is None or not standing.active:
        with ws.store.begin("hold") as connection:
            hold(connection, ws, found, now)
    return found is not None


def raise_fence(ws: Workspace) -> None:
    """Take the store for an older copy from now on: somebody has put it there, and none knows what was sent since."""
    with ws.store.read() as connection:
        mark, known = store_mark(connection, ws), known_mark(ws) or Mark()
    keep_mark(ws, Mark(max(known.sent, mark.sent + 1), known.consents))
    look(ws, ws.clock())


def take_up(ws: Workspace, now: datetime, by: str = "") -> tuple[str, ...]:
    """Go on with an old copy: what was being sent when it was made is paused, and its keys come back.

    ValueError where the store is no older copy.
    """
    known, community = known_mark(ws), ws.settings.community.id
    with ws.store.begin("take up") as connection:
        found = old_copy(connection, ws)
        if found is None or known is None:
            raise ValueError("the store is no older copy of itself: nothing is held for that")
        keys = guards.sending_mailings(connection, community)
        for mailing_id, key in keys:
            issues.move(connection, community, key, "paused", now, by or BY, PAUSED)
            mailings.move(connection, mailing_id, "paused")
        mark = store_mark(connection, ws)
        guards.raise_water(connection, community, max(known.sent, mark.sent))
        lift(connection, ws, Standing(found, now), now)
    keep_mark(ws, Mark(max(known.sent, mark.sent), mark.consents), lower=True)
    return tuple(key for _, key in keys)
