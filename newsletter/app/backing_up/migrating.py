"""Bringing a store's schema up to this program's, with a backup before it."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note_alone
from newsletter.app.backing_up.backup import back_up
from newsletter.app.sending.workers import is_dead
from newsletter.app.workspace import Workspace
from newsletter.store.engine import open_store
from newsletter.store.examining import examine_store
from newsletter.store.handle import Store, StoreError
from newsletter.store.migrate import migrate, why_not
from newsletter.store.recovery import all_open_attempts


@dataclass(frozen=True, slots=True)
class Migrated:
    """From which schema to which, and the backup of the old one; no backup where there was nothing to do."""

    before: str
    after: str
    backup: Path | None = None


def migrate_with_backup(ws: Workspace, *, backup: bool = True) -> Migrated:
    """Back the store up where its schema is an old one, then bring it up. Nothing is done to one of our schema.

    Without `backup` there is none of ours, as for databases that have their own ways.

    StoreError, and nothing is changed, where a newer program wrote it, or where somebody has a batch in hand: what
    became of it could not be written down afterwards.
    """
    state = examine_store(ws.settings.store.url, ws.root)
    if not state.schema or state.schema == state.head:
        ws.store.close()
        return Migrated(state.head, state.head)
    if state.foreign:
        raise StoreError(why_not(state.schema))
    name = f"before-{state.head}-{ws.clock():%Y%m%dT%H%M%S}.backup"
    saved = ws.root / "subscribers" / name if backup else None
    open_store(ws.settings.store.url, ws.root, partial(_migrate, ws, saved)).close()
    note_alone(ws, "migrated", detail=f"from {state.schema} to {state.head}")
    ws.store.close()
    return Migrated(state.schema, state.head, saved)


def outgrown(ws: Workspace) -> str:
    """Why this program must not write any more, since a newer one changed the schema; empty where it may."""
    try:
        ws.store.check()
    except StoreError as error:
        return str(error)
    return ""


def _migrate(ws: Workspace, saved: Path | None, store: Store) -> None:
    """Asked before the backup, which takes its time, whether it may be; and again when nobody else can write."""
    idle = partial(_refuse_in_hand, ws)
    with store.read() as connection:
        idle(connection)
    if saved is not None:
        back_up(ws, saved)
    migrate(store, idle)


def _refuse_in_hand(ws: Workspace, connection: Connection) -> None:
    """Whoever lives and holds a batch ends it first. What a dead one held is settled afterwards, as ever."""
    now = ws.clock()
    held = [one for one in all_open_attempts(connection) if one.lease_until > now and not is_dead(one.worker)]
    if held:
        workers = ", ".join(sorted({one.worker for one in held}))
        text = f"a batch is in hand by {workers} (host, process): stop it, which ends the batch, then migrate again"
        raise StoreError(f"{text}; one that is gone lets go by {held[-1].lease_until:%Y-%m-%d %H:%M} UTC")
