"""Bringing a store's schema up to this program's; Alembic is loaded only when there is something to do."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.handle import Store, StoreError

#: The schema this program speaks; a test holds it equal to the newest migration.
HEAD = "0020"
SCRIPTS = Path(__file__).parent / "migrations"


def migrate(store: Store) -> bool:
    """Bring the schema to HEAD in one transaction; True where something was done.

    StoreError where the store was written by a newer program.
    """
    with store.read() as connection:
        if schema_version(connection) == HEAD:
            return False
    with store.begin() as connection:
        # Looked at again under the write lock: another process may have been first.
        if schema_version(connection) == HEAD:
            return False
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


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        version = schema_version(connection)
        raise StoreError(f"the store's schema is {version}, which this program does not know: update it") from error
