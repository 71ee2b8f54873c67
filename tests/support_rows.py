"""A workspace's rows as its database has them, whatever that is: read whole, or changed behind the program's back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.engine import unmigrated

URL = "sqlite:///subscribers/newsletter.db"


@contextmanager
def inside(root: Path) -> Iterator[Connection]:
    """A transaction in the store of a workspace."""
    store = unmigrated(URL, root)
    try:
        with store.begin() as connection:
            yield connection
    finally:
        store.close()


def rows_of(root: Path, statement: str) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with inside(root) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def whole_store(root: Path, but: Sequence[str] = ()) -> list[str]:
    """Every row of ours as a line, which begins with its table's name in quotation marks."""
    with inside(root) as connection:
        names = sa.inspect(connection).get_table_names()
        return [line for name in sorted(names) if name not in but for line in _lines(connection, name)]


def _lines(connection: Connection, table: str) -> list[str]:
    return sorted(f'"{table}" {tuple(row)}' for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'))
