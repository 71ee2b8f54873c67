"""PostgreSQL: what BEGIN IMMEDIATE is on SQLite is a lock here, which most writers hold alone and batches share.

A transaction that decides by what it read must not be overtaken by another writer, and the program was written with
one writer at a time. So each that writes begins by taking the store's advisory lock. The steps of a batch (claim,
mark, settle), which say by row locks and unique indexes what they need, share it and go side by side. The level is
READ COMMITTED: every statement sees what was committed before it, the lock included; under REPEATABLE READ the moment
would be that of the lock's own statement, before it was waited for. Readers see one moment: REPEATABLE READ.
docs/decisions/0038 has the alternatives.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler
from sqlalchemy.engine import URL, Connection, Engine

#: How a connection is told that it only looks.
READING: Mapping[str, Any] = {"reading": True, "isolation_level": "REPEATABLE READ"}
#: Two keys of advisory locks: the store's own, and the class of those that are named.
STORE_LOCK, NAMED_LOCKS = 0x6E6C7374, 0x6E6C6E6D
#: So that a machine that vanished lets go of its locks, and a broken line is noticed while it is waited on.
_CONNECT: Mapping[str, Any] = {
    "application_name": "newsletter",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# A commit that was answered is on the disk, whatever the server's default is.
_SESSION = """SELECT set_config('idle_in_transaction_session_timeout', '10min', false),
    set_config('lock_timeout', '5min', false), set_config('tcp_keepalives_idle', '30', false),
    set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
        ELSE current_setting('synchronous_commit') END, false)"""
#: Settings of the server that nothing here can make good.
MUST_BE = (
    ("server_encoding", "UTF8", "names and texts are of any language"),
    ("fsync", "on", "after a power cut it would not know what was sent"),
)
#: Classes of SQLSTATE that say nothing against the statement: connections, resources, an operator's hand; and the
#: codes of transactions that were in each other's way, waited too long for a lock, or slept.
_PASSING = ("08", "53", "57")
_TRY_AGAIN = ("40001", "40P01", "55P03", "25P03")
#: Under which name a connection knows whether its transaction said anything but SELECT.
_WROTE = "newsletter wrote"
#: From so many rows on, COPY is worth its own round trips.
_COPY_FROM = 20


class _Columns(PGDDLCompiler):
    """Columns as SQLite has them: texts of any length that are ordered by their bytes, and numbers of 64 bits."""

    def get_column_specification(self, column: sa.Column[Any], **words: Any) -> str:
        before = column.type
        column.type = _as_sqlite_has_it(before)
        try:
            return str(super().get_column_specification(column, **words))  # type: ignore[no-untyped-call]  # SQLAlchemy has none
        finally:
            column.type = before


def _as_sqlite_has_it(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    if isinstance(kind, sa.String):
        return sa.Text(collation="C")
    return sa.BigInteger() if type(kind) is sa.Integer else kind


def engine_at(url: URL) -> Engine:
    """The engine; connections that the server closed meanwhile are noticed before they are used."""
    told = {name: value for name, value in _CONNECT.items() if name not in url.query}
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=25,
        connect_args=told,
    )
    speak(engine)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "before_cursor_execute", _note_what_writes)
    return engine


def speak(engine: Engine) -> None:
    """Let tables that are made by this engine have our columns."""
    engine.dialect.ddl_compiler = _Columns


def _prepare(raw: Any, _record: object) -> None:
    from psycopg.adapt import Loader

    class Plain(Loader):
        """Sums and means as SQLite gives them: PostgreSQL's are of a type for money."""

        def load(self, data: Any) -> int | float:
            text = bytes(data).decode()
            return int(text) if text.lstrip("-").isdecimal() else float(text)

    raw.adapters.register_loader("numeric", Plain)
    raw.execute(_SESSION)
    raw.commit()


def _begin(connection: Connection) -> None:
    connection.info[_WROTE] = False
    options = connection.get_execution_options()
    if not options.get("reading", False):
        mode = "_shared" if options.get("shared", False) else ""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{mode}({STORE_LOCK})")


def _note_what_writes(connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
    if not statement.lstrip().startswith("SELECT"):
        connection.info[_WROTE] = True


def end_reading(connection: Connection) -> None:
    """End what only looked as though it had worked: after a rollback the driver forgets what it has prepared."""
    if connection.in_transaction() and not connection.info[_WROTE]:
        connection.commit()


def given(name: str) -> sa.FromClause:
    """The texts of this parameter as a table of one column, `value`."""
    return sa.func.unnest(_array(name)).table_valued("value", name="given").render_derived()


def among(column: sa.Column[str], name: str) -> sa.ColumnElement[bool]:
    """Whether the column is one of the parameter's texts.

    As an array, which is hashed: a table of them is joined row by row where a mailing's rows were never analyzed.
    """
    return column == sa.any_(_array(name))


def as_given(texts: Sequence[str]) -> list[str]:
    """An array of them."""
    return list(texts)


def each_of(column: sa.Column[str], name: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[str]]:
    """That the column is a key of two arrays side by side, and the text beside that key."""
    both = sa.func.unnest(_array(f"{name}_keys"), _array(f"{name}_texts"))
    pairs = both.table_valued("key", "text", name="given").render_derived()
    return column == pairs.c.key, pairs.c.text


def as_each(name: str, texts: Mapping[str, str], same: Mapping[str, object]) -> dict[str, object]:
    """The values of one statement: two arrays of one length."""
    return {**same, f"{name}_keys": list(texts), f"{name}_texts": list(texts.values())}


def _array(name: str) -> sa.ColumnElement[Any]:
    return sa.cast(sa.bindparam(name, type_=sa.ARRAY(sa.Text)), sa.ARRAY(sa.Text))


def one_by_one(connection: Connection, what: str) -> None:
    """A lock of that name, to the end of the transaction."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({NAMED_LOCKS}, hashtext(%s))", (what,))


def is_lost(error: sa.exc.DBAPIError) -> bool:
    """Whether the connection broke, none could be had, or the server asks to try again."""
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return state.startswith(_PASSING) or state in _TRY_AGAIN
    return error.connection_invalidated or _could_not_connect(error)


def _could_not_connect(error: sa.exc.DBAPIError) -> bool:
    return type(error.orig).__module__.startswith("psycopg") and isinstance(error, sa.exc.OperationalError)


def bulk_insert(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Many rows of the same columns, by COPY where there are many."""
    if len(rows) < _COPY_FROM:
        connection.execute(sa.insert(table), rows)
        return
    columns = [table.c[name] for name in rows[0]]
    binders = [_binder(connection, column.type) for column in columns]
    _copy(connection, table.name, columns, binders, ([row[one.name] for one in columns] for row in rows))


def write_rows(connection: Connection, table: str, columns: Sequence[sa.Column[Any]], rows: Sequence[Any]) -> None:
    """Rows of values in the order of these columns, documents among them as they are written."""
    binders = [None if isinstance(one.type, sa.JSON) else _binder(connection, one.type) for one in columns]
    _copy(connection, table, columns, binders, rows)


def _copy(
    connection: Connection,
    table: str,
    columns: Sequence[sa.Column[Any]],
    binders: Sequence[Callable[[Any], Any] | None],
    rows: Iterable[Sequence[Any]],
) -> None:
    listed = ", ".join(f'"{column.name}"' for column in columns)
    connection.info[_WROTE] = True
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([bind(value) if bind else value for bind, value in zip(binders, row, strict=True)])


def _binder(connection: Connection, kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)


@contextmanager
def without_triggers(connection: Connection, tables: Sequence[sa.Table]) -> Iterator[None]:
    """Meanwhile rows are written as they are; foreign keys hold all the same."""
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    yield
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')


def refuse_writes(connection: Connection, table: str, why: str) -> None:
    """From the end of the transaction on, every write to the table fails with these words."""
    connection.exec_driver_sql(
        f"""CREATE OR REPLACE FUNCTION refuse_moved() RETURNS trigger AS $$
            BEGIN RAISE EXCEPTION '{why.replace("'", "''").replace("%", "%%")}'
            USING ERRCODE = 'integrity_constraint_violation'; END $$ LANGUAGE plpgsql"""
    )
    connection.exec_driver_sql(
        f"""CREATE OR REPLACE TRIGGER "{table}_moved" BEFORE INSERT OR UPDATE OR DELETE ON "{table}"
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_moved()"""
    )


def allow_writes(connection: Connection, table: str) -> None:
    """Take back that every write is refused."""
    connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{table}_moved" ON "{table}"')


def end_sequences(connection: Connection, tables: Sequence[sa.Table]) -> None:
    """Let the next number of each table follow the largest that is in it."""
    for table in tables:
        column = table.autoincrement_column
        if column is not None and isinstance(column.type, sa.Integer) and not column.foreign_keys:
            last = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
            name = sa.func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            connection.execute(sa.select(sa.func.setval(name, last, sa.false())))


def is_used_by_others(connection: Connection) -> bool:
    """Whether another process of ours is connected to the database."""
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'newsletter%' AND pid <> pg_backend_pid()"
    )
    return bool(connection.execute(others).scalar())


def move_aside(connection: Connection, tables: Sequence[str], schema: str) -> None:
    """Put the tables, with all that is in them, into a schema of that name, where nobody looks for them."""
    connection.exec_driver_sql(f'CREATE SCHEMA "{schema}"')
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" SET SCHEMA "{schema}"')


def fault_of(connection: Connection) -> str:
    """What keeps this database from being a store; empty where nothing does."""
    for name, wanted, why in MUST_BE:
        if (found := connection.exec_driver_sql(f"SHOW {name}").scalar()) != wanted:
            return f"its {name} is {found}, and must be {wanted}: {why}"
    if connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar():
        return "this is a standby server, which cannot be written"
    off = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D' LIMIT 1"
    table = connection.exec_driver_sql(off).scalar()
    return f"a trigger of {table} is switched off: the logs could be changed" if table else ""
