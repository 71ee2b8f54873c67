"""Opening the store. What only one database understands stands in dialects/ and in triggers.py."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from newsletter.crash_points import are_watched, crash_point
from newsletter.store import (  # noqa: F401 - all are known
    alert_tables,
    api_tables,
    deed_tables,
    event_tables,
    guard_tables,
    joining_tables,
    number_tables,
    session_tables,
    sharing_tables,
)
from newsletter.store.dialects import engine_at, insert_into, insert_new
from newsletter.store.handle import Store, StoreError
from newsletter.store.migrate import HEAD, prepare

__all__ = [
    "Store",
    "StoreError",
    "anchored",
    "insert_into",
    "insert_new",
    "is_file",
    "open_store",
    "shown",
    "unmigrated",
]


def open_store(url: str, root: Path, prepared: Callable[[Store], object] = prepare) -> Store:
    """The store at this SQLAlchemy URL, made where it is new; a relative file hangs from `root`.

    `prepared` sees to its schema, and raises StoreError where that is another than this program's. StoreError where
    it cannot be opened. What is written later is refused once a newer program has changed the schema.
    """
    place = anchored(url, root)
    if _is_file(place):
        _create_private(Path(str(place.database)))
    store = Store(_engine(place))
    try:
        prepared(store)
    except sa.exc.DatabaseError as error:
        store.close()
        text = f"the store {_shown(place)} cannot be opened ({error.orig}): check [store] url in config.toml"
        raise StoreError(text) from error
    except StoreError:
        store.close()
        raise
    return replace(store, schema=HEAD)


def is_file(url: str, root: Path) -> bool:
    """Whether the store is a file on this machine."""
    return _is_file(anchored(url, root))


def unmigrated(url: str, root: Path) -> Store:
    """The store as it stands, or an empty database: whoever asks for this sees to its schema."""
    return Store(_engine(anchored(url, root)))


def anchored(text: str, root: Path) -> URL:
    """The URL with its file where it hangs from `root`; nothing is made. StoreError where it is no URL."""
    try:
        url = make_url(text)
    except sa.exc.ArgumentError as error:
        raise StoreError(f"[store] url is not a database URL: {text!r}") from error
    return url.set(database=str(root / str(url.database))) if _is_file(url) else url


def shown(url: str, root: Path) -> str:
    """Where the store is, as it may be told: without a password."""
    return _shown(anchored(url, root))


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")


def _create_private(path: Path) -> None:
    # Addresses live in it: nobody but its owner may read the file or what SQLite puts beside it.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the store {path} cannot be written ({error.strerror}): check [store] url") from error


def _engine(url: URL) -> Engine:
    try:
        engine = engine_at(url)
    except (sa.exc.NoSuchModuleError, ImportError) as error:
        raise StoreError(f"[store] url names a database without a driver here: {url.drivername} ({error})") from error
    if are_watched():
        sa.event.listen(engine, "before_cursor_execute", partial(_pass, "before"))
        sa.event.listen(engine, "after_cursor_execute", partial(_pass, "after"))
    return engine


def _pass(when: str, connection: Connection, *about: Any) -> None:
    """A crash point beside each statement that writes: `before mark: update attempt`."""
    context = about[3]
    if context is not None and (context.isinsert or context.isupdate or context.isdelete):
        step, statement = connection.info.get("transaction", "write"), context.compiled.statement
        crash_point(f"{when} {step}: {statement.__visit_name__} {statement.table.name}")


def beside(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """A column that no row is looked up by, for what is true of those that something narrower finds.

    SQLite counts no rows: where a person and their community are asked for, it would take the index of the community,
    and go through all that is in it.
    """
    return sa.func.coalesce(column, "")
