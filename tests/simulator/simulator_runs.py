"""Stores for the simulator: an issue is planned once, and each run begins with a copy of it in memory."""

import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unittest import mock

import sqlalchemy as sa
from simulator_world import World
from sqlalchemy.pool import StaticPool
from support_store import migrated_once
from support_workspace import KEY, NOW, open_at, render, with_issue, with_readers

from newsletter.app.sending.pump import plan_issue
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.guarding import GuardSettings
from newsletter.store.dialects.sqlite import prepared
from newsletter.store.handle import Store

READERS = 5
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@dataclass(frozen=True)
class Simulator:
    """Plays seeds, one after the other, over one database in memory."""

    root: Path
    planned: sqlite3.Connection
    store: Store

    def play(self, seed: int) -> World:
        """The whole run of the seed."""
        raw = raw_of(self.store)
        self.planned.backup(raw)
        shutil.rmtree(self.root / "subscribers")
        (self.root / "subscribers").mkdir()
        world = World(self._opened, raw, seed)
        world.run()
        return world

    def _opened(self, clock: Callable[[], datetime], guarded: bool) -> Workspace:
        ws = open_at(self.root, clock)
        ws = ws if guarded else with_settings(ws, guards=GuardSettings(breaker=0, deadline="", reserve_mb=0))
        vars(ws)["store"] = self.store
        return ws


@contextmanager
def simulator() -> Iterator[Simulator]:
    """A simulator, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="simulator-", dir=MEMORY) as folder, migrated_once():
        planned, store = _planned(Path(folder)), _in_memory()
        try:
            yield Simulator(Path(folder), planned, store)
        finally:
            planned.close()
            store.close()


def _planned(root: Path) -> sqlite3.Connection:
    ws = open_at(root)
    with mock.patch.object(secrets, "token_hex", lambda octets: "0" * 2 * octets):  # who leaves when hangs on the ids
        with_readers(ws, READERS)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    raw_of(ws.store).backup(copy)
    ws.store.close()
    return copy


def raw_of(store: Store) -> sqlite3.Connection:
    """SQLite's own connection, outside of any transaction."""
    fairy = store.engine.raw_connection()
    try:
        raw = fairy.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        return raw
    finally:
        fairy.close()


def _in_memory() -> Store:
    """One connection for all threads, of which one moves at a time."""
    made = sa.create_engine(
        "sqlite://", poolclass=StaticPool, hide_parameters=True, connect_args={"check_same_thread": False}
    )
    return Store(prepared(made))
