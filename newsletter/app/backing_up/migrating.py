"""Bringing a store's schema up to this program's, with a backup before it."""

from dataclasses import dataclass
from pathlib import Path

from newsletter.app.backing_up.backup import back_up
from newsletter.app.workspace import Workspace
from newsletter.store.examining import examine_store


@dataclass(frozen=True, slots=True)
class Migrated:
    """From which schema to which, and the backup of the old one; no backup where there was nothing to do."""

    before: str
    after: str
    backup: Path | None = None


def migrate_with_backup(ws: Workspace) -> Migrated:
    """Back the store up where its schema is an old one, then open it; StoreError where a newer program wrote it."""
    state = examine_store(ws.settings.store.url, ws.root)
    saved = None
    if state.schema and state.schema != state.head and not state.foreign:
        saved = ws.root / "subscribers" / f"before-{state.head}-{ws.clock():%Y%m%dT%H%M%S}.backup"
        back_up(ws, saved)
    ws.store.close()
    return Migrated(state.schema or state.head, state.head, saved)
