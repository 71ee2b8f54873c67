"""What one database alone understands, a file for each: connections, who waits for whom, rows in bulk, triggers off.

Everything else in the store is said in SQL that both understand, or by triggers.py in each one's own tongue.
"""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as postgresql_sql
from sqlalchemy.dialects import sqlite as sqlite_sql
from sqlalchemy.engine import URL, Connection, Dialect, Engine

from newsletter.store.dialects import postgresql, sqlite

__all__ = [
    "among",
    "as_each",
    "as_given",
    "bulk_insert",
    "each_of",
    "engine_at",
    "given",
    "insert_by",
    "insert_into",
    "insert_new",
    "is_lost",
    "of",
    "one_by_one",
]

_KNOWN: Mapping[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def of(dialect: Dialect) -> ModuleType:
    """The file of this dialect; KeyError where it is none of ours."""
    return _KNOWN[dialect.name]


def engine_at(url: URL) -> Engine:
    """The engine of a database; NoSuchModuleError where it is none of ours, ImportError without its driver."""
    name = url.get_backend_name()
    if name not in _KNOWN:
        raise sa.exc.NoSuchModuleError(f"neither {' nor '.join(_KNOWN)}")
    engine: Engine = _KNOWN[name].engine_at(url)
    return engine


def insert_new(connection: Connection, table: sa.Table) -> sqlite_sql.Insert | postgresql_sql.Insert:
    """An INSERT that passes over rows whose key stands already."""
    return insert_into(connection, table).on_conflict_do_nothing()


def insert_into(connection: Connection, table: sa.Table) -> sqlite_sql.Insert | postgresql_sql.Insert:
    """An INSERT that can be told what to do with a row whose key stands already."""
    return insert_by(connection.dialect.name, table)


def insert_by(dialect: str, table: sa.Table) -> sqlite_sql.Insert | postgresql_sql.Insert:
    """The same, for a statement that is built once."""
    written = sqlite_sql.insert(table) if dialect == "sqlite" else postgresql_sql.insert(table)
    # How many rows it wrote is what tells who was first; a driver that closed its cursor has forgotten.
    return written.execution_options(preserve_rowcount=True)


def bulk_insert(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows of the same columns as fast as the driver can."""
    if rows:
        of(connection.dialect).bulk_insert(connection, table, rows)


def given(dialect: str, name: str) -> sa.FromClause:
    """The texts of a parameter as a table of one column, `value`: a statement is the same however many they are."""
    table: sa.FromClause = _KNOWN[dialect].given(name)
    return table


def among(dialect: str, column: sa.Column[str], name: str) -> sa.ColumnElement[bool]:
    """Whether the column is one of a parameter's texts, of which there may be thousands."""
    condition: sa.ColumnElement[bool] = _KNOWN[dialect].among(column, name)
    return condition


def as_given(connection: Connection, texts: Sequence[str]) -> object:
    """Texts as the value of such a parameter."""
    value: object = of(connection.dialect).as_given(texts)
    return value


def each_of(dialect: str, column: sa.Column[str], name: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[str]]:
    """That the column is a key of a parameter's texts by text, and the text of that key."""
    both: tuple[sa.ColumnElement[bool], sa.ColumnElement[str]] = _KNOWN[dialect].each_of(column, name)
    return both


def as_each(
    connection: Connection, name: str, texts: Mapping[str, str], same: Mapping[str, object]
) -> dict[str, object] | list[dict[str, object]]:
    """What a statement with such a parameter is given, together with what is the `same` for all."""
    values: dict[str, object] | list[dict[str, object]] = of(connection.dialect).as_each(name, texts, same)
    return values


def one_by_one(connection: Connection, what: str) -> None:
    """From here to the end of the transaction, nobody else passes this line for the same thing."""
    of(connection.dialect).one_by_one(connection, what)


def is_lost(error: BaseException) -> bool:
    """Whether the database went away, or asks for the transaction to be tried again: no fault of what was asked."""
    return isinstance(error, sa.exc.DBAPIError) and postgresql.is_lost(error)
