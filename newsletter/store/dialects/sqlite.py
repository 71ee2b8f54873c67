"""SQLite: one writer at a time, by BEGIN IMMEDIATE; readers see one moment and keep nobody waiting.

A deferred transaction that reads and then writes loses to "database is locked" at once, whatever the busy timeout.
synchronous=FULL because the ledger must survive a power cut, not only a kill.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

# secure_delete: what is deleted or changed leaves nothing of it behind in the pages of the file.
PRAGMAS: tuple[str, ...] = (
    "busy_timeout=30000",
    "journal_mode=wal",
    "synchronous=full",
    "foreign_keys=on",
    "secure_delete=on",
    "cache_size=-8192",
)
#: How a connection is told that it only looks.
READING: Mapping[str, Any] = {"reading": True}


def engine_at(url: URL) -> Engine:
    """The engine; no error that is logged tells a parameter, which may be an address."""
    return prepared(sa.create_engine(url, hide_parameters=True))


def prepared(engine: Engine) -> Engine:
    """The same engine, whose connections and transactions are ours from now on."""
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(raw: Any, _record: object) -> None:
    # The driver's own transactions are off, so that ours begin where and how we say.
    raw.isolation_level = None
    for pragma in PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def end_reading(_connection: Connection) -> None:
    """What looked is rolled back, which costs nothing."""


def bulk_insert(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Many rows of the same columns."""
    connection.execute(sa.insert(table), rows)


def write_rows(connection: Connection, table: str, columns: Sequence[sa.Column[Any]], rows: Sequence[Any]) -> None:
    """Rows of values in the order of these columns, documents among them as they are written."""
    plain = [sa.column(one.name, sa.Text() if isinstance(one.type, sa.JSON) else one.type) for one in columns]
    names = [one.name for one in columns]
    connection.execute(sa.insert(sa.table(table, *plain)), [dict(zip(names, row, strict=True)) for row in rows])


def given(name: str) -> sa.FromClause:
    """The texts of this parameter as a table of one column, `value`."""
    return sa.func.json_each(sa.bindparam(name, type_=sa.Text)).table_valued("value", name="given")


def among(column: sa.Column[str], name: str) -> sa.ColumnElement[bool]:
    """Whether the column is one of the parameter's texts."""
    return column.in_(sa.select(given(name).c.value))


def as_given(texts: Sequence[str]) -> str:
    """One document with all of them."""
    return json.dumps(texts)


def each_of(column: sa.Column[str], name: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[str]]:
    """That the column is the key, and its text: a statement for each.

    Joined to one document with all of them, each row would go through the whole of it.
    """
    key: sa.BindParameter[str] = sa.bindparam(f"{name}_key")
    return column == key, sa.bindparam(f"{name}_text")


def as_each(name: str, texts: Mapping[str, str], same: Mapping[str, object]) -> list[dict[str, object]]:
    """The values of each statement."""
    return [{**same, f"{name}_key": key, f"{name}_text": text} for key, text in texts.items()]


def one_by_one(_connection: Connection, _what: str) -> None:
    """Writers go one by one already."""


@contextmanager
def without_triggers(connection: Connection, _tables: Sequence[sa.Table]) -> Iterator[None]:
    """Meanwhile rows are written as they are; foreign keys hold all the same."""
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in found:
        connection.exec_driver_sql(statement)


def refuse_writes(connection: Connection, table: str, why: str) -> None:
    """From the end of the transaction on, every write to the table fails with these words."""
    for verb in ("INSERT", "UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"""CREATE TRIGGER IF NOT EXISTS "{table}_moved_{verb.lower()}" BEFORE {verb} ON "{table}"
                BEGIN SELECT RAISE(ABORT, '{why.replace("'", "''")}'); END"""
        )


def allow_writes(connection: Connection, table: str) -> None:
    """Take back that every write is refused."""
    for verb in ("insert", "update", "delete"):
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{table}_moved_{verb}"')


def end_sequences(_connection: Connection, _tables: Sequence[sa.Table]) -> None:
    """The next number follows the largest by itself."""
