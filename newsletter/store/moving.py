"""Rows from one store into another, whatever databases they are: for copies, backups, and moving to another database.

What is moved is compared: a store is taken over whole, or nothing of it is.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store import dialects
from newsletter.store.copying import copy_store, file_of, seal_copy
from newsletter.store.dialects import postgresql
from newsletter.store.engine import is_file, unmigrated
from newsletter.store.handle import Store, StoreError
from newsletter.store.migrate import HEAD, build, migrate, schema_version
from newsletter.store.tables import delivery, metadata

#: Rows that are held at once.
_PART = 5_000
#: Tables that are no part of a store: how Alembic knows the schema, and what the engine of the workers keeps.
_NOT_OURS = ("alembic_version", "procrastinate_")


def copy_over(source: Store, target: Store, moved_to: str) -> dict[str, int]:
    """Move everything to an empty store; afterwards the old one refuses to be written. How many rows of each table.

    Nobody writes in the old one meanwhile. It is closed before the new one counts: if this is broken off in between,
    neither sends, and doing it again finishes it. StoreError, and nothing is changed, where the new one holds rows.
    """
    why = f"this store was moved to {moved_to}: let [store] url in config.toml name that one"
    with target.begin("copy") as new, source.begin("move") as old:
        for connection in (old, new):
            if (schema := schema_version(connection)) != HEAD:
                raise StoreError(f"the schema of one of the stores is {schema}, and {HEAD} is needed")
        there = counts(new)
        if not any(there.values()):
            there = move_rows(old, new)
        elif there != counts(old):
            raise StoreError(f"{moved_to} holds rows already: name an empty database")
        for table in tables_of(old):
            dialects.of(old.dialect).refuse_writes(old, table.name, why)
    return there


def under_way(connection: Connection) -> int:
    """How many deliveries a worker had in hand: what becomes of them is known to the old store at most."""
    held = sa.select(sa.func.count()).select_from(delivery).where(delivery.c.state == "submitting")
    return connection.execute(held).scalar_one()


def copy_to_file(url: str, root: Path, file: Path) -> dict[str, int]:
    """The store as it stands at one moment, whole, in a new SQLite file; how many rows of some kinds are in it.

    StoreError where there is none, or what was copied is not sound.
    """
    if is_file(url, root):
        return copy_store(file_of(url, root), file)
    store = unmigrated(url, root)
    try:
        with store.read() as connection:
            if schema_version(connection) is None:
                raise StoreError("there is no store in that database yet")
            return dump(connection, file)
    finally:
        store.close()


def dump(connection: Connection, file: Path) -> dict[str, int]:
    """Write all rows, as the connection sees them, into a new SQLite store of the same schema; how many of some."""
    made = unmigrated(f"sqlite:///{file}", file.parent)
    try:
        with made.begin() as new:
            build(new, schema_version(connection) or HEAD)
            move_rows(connection, new)
    finally:
        made.close()
    return seal_copy(file)


def load(file: Path, target: Store, aside: str = "") -> bool:
    """Bring the rows of an SQLite store into a database; True where what stood there was put `aside`, by that name.

    All of it is one transaction. StoreError where rows are there and no name is given, or where it is in use.
    """
    old = unmigrated(f"sqlite:///{file}", file.parent)
    migrate(old)
    try:
        with target.begin("restore") as new, old.read() as rows:
            if postgresql.is_used_by_others(new):
                raise StoreError("the database is in use: stop `newsletter run` and its workers first")
            replaced = _make_room(new, aside)
            build(new, HEAD)
            move_rows(rows, new)
            return replaced
    finally:
        old.close()


def _make_room(connection: Connection, aside: str) -> bool:
    """Let there be none of our tables; True where some with rows were put aside."""
    tables = [table.name for table in tables_of(connection)]
    full = any(counts(connection).values())
    if full and not aside:
        raise StoreError("there are rows in the database already")
    if full:
        postgresql.move_aside(connection, [*tables, "alembic_version"], aside)
    elif tables:
        connection.exec_driver_sql(f"DROP TABLE {', '.join(tables)}, alembic_version CASCADE")
    return full


def holds_rows(url: str, root: Path) -> bool:
    """Whether there is a store with anything in it."""
    if is_file(url, root):
        return file_of(url, root).exists()
    store = unmigrated(url, root)
    try:
        with store.read() as connection:
            return any(counts(connection).values())
    finally:
        store.close()


def move_rows(source: Connection, target: Connection) -> dict[str, int]:
    """Write every row of the source into the target, which has none; StoreError where not all of them arrived."""
    tables = tables_of(source)
    spoken = dialects.of(target.dialect)
    with spoken.without_triggers(target, tables):
        for table in tables:
            columns = _columns(source, table)
            for part in _rows(source, table, columns):
                spoken.write_rows(target, table.name, columns, part)
    spoken.end_sequences(target, tables)
    before, after = counts(source), counts(target)
    if before != after:
        name = next(name for name in before if before[name] != after.get(name))
        raise StoreError(f"of {before[name]} rows of {name}, {after.get(name, 0)} arrived: nothing was changed")
    return after


def tables_of(connection: Connection) -> list[sa.Table]:
    """The tables that this store has, those first that others hang from."""
    there = {name for name in sa.inspect(connection).get_table_names() if not name.startswith(_NOT_OURS)}
    if strange := there - metadata.tables.keys():
        raise StoreError(f"the store has a table that this program does not know: {min(strange)}")
    return [table for table in metadata.sorted_tables if table.name in there]


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    found = ((table.name, sa.select(sa.func.count()).select_from(table)) for table in tables_of(connection))
    return {name: connection.execute(one).scalar_one() for name, one in found}


def _columns(source: Connection, table: sa.Table) -> list[sa.Column[Any]]:
    """What both programs know; a store of an older schema has fewer columns."""
    there = {column["name"] for column in sa.inspect(source).get_columns(table.name)}
    return [column for column in table.columns if column.name in there]


def _rows(source: Connection, table: sa.Table, columns: Sequence[sa.Column[Any]]) -> Iterator[Sequence[sa.Row[Any]]]:
    # A document goes over as it is written, so that null in it and no document at all stay two things.
    values = [sa.cast(one, sa.Text) if isinstance(one.type, sa.JSON) else one for one in columns]
    found = sa.select(*values).order_by(*table.primary_key.columns)
    yield from source.execute(found, execution_options={"yield_per": _PART}).partitions()
