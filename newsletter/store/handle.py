"""The handle that everything above the store holds: two kinds of transaction, nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import Connection, Engine

from newsletter.crash_points import are_watched, crash_point
from newsletter.store import dialects


class StoreError(Exception):
    """The store cannot be opened; the sentence names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Store:
    """A database with our tables in it. `begin` writes, `read` looks; both end when their block does.

    With a `schema`, nothing is written once the database has another: a newer program changed it meanwhile.
    """

    engine: Engine
    schema: str = ""

    @contextmanager
    def begin(self, name: str = "write", *, shared: bool = False) -> Iterator[Connection]:
        """One durable transaction: all of the block or, if it raises, nothing of it.

        Nobody else writes meanwhile, but where both are `shared`: such a block says by row locks and unique indexes
        what it needs. `name` is what crash points call it.
        """
        with self.engine.connect() as connection:
            connection.execution_options(shared=shared)
            with connection.begin():
                if are_watched():
                    connection.info["transaction"] = name
                self._hold_to_schema(connection)
                yield connection
                crash_point(f"before {name}")
        crash_point(f"after {name}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view that keeps no writer waiting; what is written in it is rolled back."""
        spoken = dialects.of(self.engine.dialect)
        with self.engine.connect() as connection:
            connection.execution_options(**spoken.READING)
            yield connection
            spoken.end_reading(connection)

    def check(self) -> None:
        """StoreError where this program must not write any more, since a newer one changed the schema."""
        with self.read() as connection:
            self._hold_to_schema(connection)

    def _hold_to_schema(self, connection: Connection) -> None:
        if not self.schema:
            return
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if found != self.schema:
            raise StoreError(
                f"the store was brought to schema {found} while this program, of {self.schema}, ran: start it anew"
            )

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()
