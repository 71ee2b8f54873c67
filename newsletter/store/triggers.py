"""Triggers, in each database's own tongue: append-only tables, and rows that know after which claim they came."""

from collections.abc import Sequence

_SQLITE = (
    """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$
       BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
       END $$ LANGUAGE plpgsql""",
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
             RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
           END $$ LANGUAGE plpgsql""",
    ),
}
_IS = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}


def words_may_be_blanked(dialect: str, table: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The statements by which an append-only table lets `detail` become empty, and nothing else: `columns` stay."""
    same = " AND ".join(f'NEW."{name}" {_IS[dialect]} OLD."{name}"' for name in columns)
    return tuple(statement.format(table=table, same=same) for statement in _BLANKABLE[dialect])


#: SQLite cannot change the row that is being written, so it is written again.
_LAST_CLAIM = "(SELECT coalesce(max(turn), 0) FROM attempt)"
_TURN = {
    "sqlite": """CREATE TRIGGER {table}_turn_{name} AFTER {event} ON {table} WHEN {condition}
        BEGIN UPDATE {table} SET turn = {last} WHERE {mine}; END""",
    "postgresql": """CREATE TRIGGER {table}_turn_{name} BEFORE {event} ON {table}
        FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION take_turn()""",
}
_TAKE_TURN = {
    "sqlite": (),
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION take_turn() RETURNS trigger AS $$
            BEGIN NEW.turn = {_LAST_CLAIM}; RETURN NEW; END $$ LANGUAGE plpgsql""",
    ),
}


def after_which_claim(dialect: str) -> tuple[str, ...]:
    """The statements that write into `turn` the last claim there was when an address was suppressed or a reader left.

    A graver reason for what stands already is no new turn.
    """
    triggers = (
        ("suppression", "of_new", "INSERT", "true", ("community", "who")),
        ("subscription", "of_new", "INSERT", "NEW.state <> 'active'", ("subscriber_id", "list")),
        (
            "subscription",
            "of_end",
            "UPDATE OF state",
            "OLD.state = 'active' AND NEW.state <> 'active'",
            ("subscriber_id", "list"),
        ),
    )
    return (*_TAKE_TURN[dialect], *(_turn_trigger(dialect, *one) for one in triggers))


def _turn_trigger(dialect: str, table: str, name: str, event: str, condition: str, key: Sequence[str]) -> str:
    mine = " AND ".join(f"{column} = NEW.{column}" for column in key)
    return _TURN[dialect].format(
        table=table, name=name, event=event, condition=condition, mine=mine, last=_LAST_CLAIM
    )
