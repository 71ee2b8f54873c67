"""A file of people on its way in: rows in a temporary table, decided about and brought in by statements over all.

The temporary tables belong to one connection and are gone with it; they lie in files that have no name.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store import dialects
from newsletter.store.handle import Store
from newsletter.store.types import Utc

_temporary = sa.MetaData()

#: One row for each line of the file and list, in the order read; one that was refused has its line and text alone.
staged = sa.Table(
    "staged",
    _temporary,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("line", sa.Integer),
    sa.Column("address", sa.Text),
    sa.Column("address_key", sa.Text),
    sa.Column("who", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("manner", sa.Integer),
    sa.Column("refused", sa.Text),
    sa.Column("remarks", sa.Text),
    prefixes=["TEMPORARY"],
)
#: What staged rows say beside address and name; those that say the same share one.
manner = sa.Table(
    "manner",
    _temporary,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("list", sa.Text),
    sa.Column("standing", sa.Text),
    sa.Column("gravity", sa.Integer),
    sa.Column("timezone", sa.Text),
    sa.Column("clock", sa.Integer),
    sa.Column("language", sa.Text),
    sa.Column("density", sa.Text),
    sa.Column("text_only", sa.Boolean(create_constraint=False)),
    sa.Column("digests", sa.Text),
    sa.Column("topics", sa.Text),
    sa.Column("attributes", sa.Text),
    sa.Column("since", Utc),
    sa.Column("given_at", Utc),
    sa.Column("created_at", Utc),
    sa.Column("restored", sa.Text),
    sa.Column("remarks", sa.Text),
    prefixes=["TEMPORARY"],
)
#: The staged rows that were not refused, by address: written in this order, they go to the end of their indexes.
ordered = sa.Table(
    "ordered",
    _temporary,
    sa.Column("n", sa.Integer, primary_key=True),
    *(sa.Column(column.name, column.type) for column in list(staged.columns)[:7]),
    prefixes=["TEMPORARY"],
)
#: What was decided about each ordered row that is not simply a new reader, and what stood there before.
decided = sa.Table(
    "decided",
    _temporary,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("seq", sa.Integer, unique=True),
    sa.Column("subscriber_id", sa.Text),
    sa.Column("known", sa.Boolean(create_constraint=False)),
    sa.Column("state", sa.Text),
    sa.Column("suppressed", sa.Text),
    sa.Column("before", sa.Integer),
    sa.Column("outcome", sa.Text),
    sa.Column("after", sa.Text),
    prefixes=["TEMPORARY"],
)
#: The ordered rows that are to be decided about one by one.
unusual = sa.Table("unusual", _temporary, sa.Column("n", sa.Integer, primary_key=True), prefixes=["TEMPORARY"])
#: What follows from how a line's person stands, the state of their membership and their suppression, "" for none.
verdict = sa.Table(
    "verdict",
    _temporary,
    sa.Column("standing", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, primary_key=True),
    sa.Column("suppressed", sa.Text, primary_key=True),
    sa.Column("outcome", sa.Text),
    sa.Column("after", sa.Text),
    prefixes=["TEMPORARY"],
)
#: Columns of what is staged, in the order `Stager` takes them. To bind NULL costs more than to bind a text, so that
#: usual rows leave out the columns that they do not fill.
USUAL = tuple(column.name for column in staged.columns)[:7]
UNUSUAL = tuple(column.name for column in staged.columns)
MANNERS = tuple(column.name for column in manner.columns)
# So that a file of any size takes the same room: KiB of pages held of the store, and of the temporary tables.
_PAGES = ("cache_size=-16384", "temp.cache_size=-4096")
# The log of a large transaction is taken into the store and cut short at once, unless somebody is just reading.
_CUT = ("busy_timeout=0", "wal_checkpoint(TRUNCATE)", "busy_timeout=30000")


@contextmanager
def staging(store: Store) -> Iterator[Connection]:
    """A connection of its own with empty tables to stage in; what is in them is gone when the block ends."""
    with store.engine.connect() as connection:
        connection.detach()
        connection.execution_options(reading=True)
        _say(connection, _PAGES)
        _temporary.create_all(connection, checkfirst=False)
        connection.commit()
        yield connection


def _say(connection: Connection, pragmas: Iterable[str]) -> None:
    """What only SQLite understands."""
    raw: Any = connection.connection.dbapi_connection
    for pragma in pragmas if connection.dialect.name == "sqlite" else ():
        raw.execute(f"PRAGMA {pragma}").fetchall()


@contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """One durable transaction on a staging connection: all of the block or, if it raises, nothing of it."""
    connection.execution_options(reading=False)
    with connection.begin():
        yield
    connection.execution_options(reading=True)
    _say(connection, _CUT)


class Stager:
    """Writes rows into `staged` and `manner`, many at a time, as plainly as the driver can."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        dialect = connection.dialect
        self._positional = bool(dialect.positional)
        self._moment = Utc().dialect_impl(dialect).bind_processor(dialect)

    def moment(self, value: datetime | None) -> object:
        """An instant as the driver wants it."""
        return self._moment(value) if value and self._moment and self._positional else value

    def stage(
        self,
        manners: Sequence[tuple[object, ...]],
        usual: Sequence[tuple[object, ...]],
        unusual: Sequence[tuple[object, ...]],
    ) -> None:
        """Write these rows, each with a value for every column of MANNERS, USUAL and UNUSUAL."""
        self._write(manner, MANNERS, manners)
        self._write(staged, USUAL, usual)
        self._write(staged, UNUSUAL, unusual)

    def _write(self, table: sa.Table, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        if rows and self._positional:
            statement = sa.insert(table).compile(dialect=self.connection.dialect, column_keys=list(columns))
            self.connection.exec_driver_sql(str(statement), list(rows))
        elif rows:
            named = [table.c[name] for name in columns]
            dialects.of(self.connection.dialect).write_rows(self.connection, table.name, named, rows)
