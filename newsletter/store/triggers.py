"""Triggers that make a table append-only, in each database's own tongue."""

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
