"""The workers' engine in our database: its tables beside ours, its jobs in our transactions, and nothing of it read.

What is to be sent, and who has it in hand, the ledger alone says.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.handle import Store

_TABLE = "procrastinate_jobs"
#: In which jobs are put in: a connection with its transaction begun.
Transaction = Connection


def can_queue(store: Store) -> bool:
    """Whether the database is one in which the engine can work."""
    return store.engine.dialect.name == "postgresql"


def driver_connection(connection: Connection) -> Any | None:
    """The driver's own connection, in this very transaction; None where the engine has no tables there."""
    if connection.dialect.name != "postgresql" or not sa.inspect(connection).has_table(_TABLE):
        return None
    return connection.connection.driver_connection


def set_up(store: Store, script: str) -> bool:
    """Make the engine's tables, once, by its own script; True where they were made now."""
    with store.begin("queue") as connection:
        if driver_connection(connection) is not None:
            return False
        raw: Any = connection.connection.driver_connection
        raw.execute(script)
        return True


def address_of(store: Store) -> str:
    """How the engine reaches the database, its password included."""
    return store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
