"""Triggers that make a table append-only, in each database's own tongue."""

from collections.abc import Sequence

_SQLITE = (
    """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$
       BEGIN RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
       FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
)


def append_only(dialect: str, table: str) -> tuple[str, ...]:
    """The statements that make `table` refuse UPDATE and DELETE on this dialect."""
    spoken = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[dialect]
    return tuple(statement.format(table=table) for statement in spoken)


_BLANKABLE = {
    "sqlite": (
        "DROP TRIGGER {table}_no_update",
        """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
           WHEN NOT (NEW.detail = '' AND {same})
           BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$
           BEGIN
             IF TG_OP = 'UPDATE' THEN
               IF NEW.detail = '' AND {same} THEN RETURN NEW; END IF;
             END IF;
             RAISE EXCEPTION '{table} is append-only';
           END $$ LANGUAGE plpgsql""",
    ),
}
_IS = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}


def words_may_be_blanked(dialect: str, table: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The statements by which an append-only table lets `detail` become empty, and nothing else: `columns` stay."""
    same = " AND ".join(f'NEW."{name}" {_IS[dialect]} OLD."{name}"' for name in columns)
    return tuple(statement.format(table=table, same=same) for statement in _BLANKABLE[dialect])
