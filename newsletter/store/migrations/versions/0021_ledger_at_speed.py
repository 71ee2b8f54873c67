"""SQLite only: the items of attempts are kept once, by their key, and the states of a delivery are checked soon.

For each row that is written SQLite builds the list of fourteen words anew which a state may be one of; a chain of
comparisons ends at the first that holds. Nothing of what is stored changes by that, so that the table is not written
again but described anew, as SQLite's manual shows for such changes. Where that is forbidden to programs, it stays as
it is, and as right.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_COLUMNS = "community, attempt_id, delivery_id, live, outcome, detail, provider_id"
_ITEMS = """CREATE TABLE attempt_item (
    community VARCHAR(40) NOT NULL,
    attempt_id VARCHAR(40) NOT NULL,
    delivery_id VARCHAR(64) NOT NULL,
    live BOOLEAN DEFAULT 1 NOT NULL,
    outcome TEXT DEFAULT '' NOT NULL,
    detail TEXT DEFAULT '' NOT NULL,
    provider_id TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_attempt_item PRIMARY KEY (attempt_id, delivery_id),
    CONSTRAINT fk_attempt_item_attempt_id_attempt FOREIGN KEY(attempt_id) REFERENCES attempt (id),
    CONSTRAINT fk_attempt_item_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id)
) WITHOUT ROWID"""
_INDICES = (
    ("uq_attempt_item_live", "delivery_id", True, "live"),
    ("ix_attempt_item_not_accepted", "attempt_id", False, "outcome NOT IN ('', 'accepted')"),
)
_LIST = re.compile(r"state IN \(([^)]*)\)")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _keep_items_once()
        _describe_anew(connection)


def _keep_items_once() -> None:
    op.execute("ALTER TABLE attempt_item RENAME TO attempt_item_before")
    op.execute(_ITEMS)
    op.execute(f"INSERT INTO attempt_item ({_COLUMNS}) SELECT {_COLUMNS} FROM attempt_item_before")
    op.execute("DROP TABLE attempt_item_before")
    for name, column, unique, where in _INDICES:
        op.create_index(name, "attempt_item", [column], unique=unique, sqlite_where=sa.text(where))


def _describe_anew(connection: sa.Connection) -> None:
    found = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'delivery'"
    text = str(connection.exec_driver_sql(found).scalar())
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    try:
        change = "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'delivery'"
        connection.exec_driver_sql(change, (_LIST.sub(_chain, text),))
        connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    except sa.exc.DatabaseError:
        pass
    finally:
        connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _chain(found: re.Match[str]) -> str:
    words = [word.strip() for word in found.group(1).split(",")]
    first = [word for word in ("'accepted'", "'pending'", "'claimed'") if word in words]
    return " OR ".join(f"state = {word}" for word in [*first, *(word for word in words if word not in first)])
