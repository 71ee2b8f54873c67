"""Bringing a store's schema up to this program's; Alembic is loaded only when there is something to do."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.handle import Store, StoreError

#: The schema this program speaks; a test holds it equal to the newest migration.
HEAD = "0021"
SCRIPTS = Path(__file__).parent / "migrations"


def prepare(store: Store) -> None:
    """Make the schema where there is none yet. StoreError where it is another than this program's.

    A store that holds something is brought up by `newsletter store migrate` alone, which backs it up before.
    """
    with store.read() as connection:
        version = schema_version(connection)
    if version is None:
        migrate(store)
    elif version != HEAD:
        raise StoreError(why_not(version))


def why_not(version: str) -> str:
    """Why this program does not work on a store of another schema, and what to do."""
    if version in revisions():
        return (
            f"the store's schema is {version} and this program's is {HEAD}: stop what runs on it, then bring it up "
            "with `newsletter store migrate`, which backs it up before"
        )
    return (
        f"the store's schema is {version}, which a newer program wrote, and this one knows {HEAD}: start the newer "
        "one, or put a backup of before in its place with `newsletter store restore`"
    )


def migrate(store: Store, allowed: Callable[[Connection], None] = lambda _: None) -> bool:
    """Bring the schema to HEAD in one transaction; True where something was done.

    `allowed` is asked under the write lock, and raises where it must not be. StoreError where the store was written
    by a newer program.
    """
    with store.read() as connection:
        if schema_version(connection) == HEAD:
            return False
    with store.begin() as connection:
        # Looked at again under the write lock: another process may have been first.
        if schema_version(connection) == HEAD:
            return False
        allowed(connection)
        _upgrade(connection)
    return True


def schema_version(connection: Connection) -> str | None:
    """The revision the store stands at; None where it holds nothing of ours."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def revisions() -> frozenset[str]:
    """Every schema that this program knows the way from."""
    return frozenset(file.name.partition("_")[0] for file in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def build(connection: Connection, revision: str) -> None:
    """Bring an empty database to a schema of this program's past or present."""
    _upgrade(connection, revision)


def _upgrade(connection: Connection, to: str = HEAD) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise StoreError(why_not(str(schema_version(connection)))) from error
