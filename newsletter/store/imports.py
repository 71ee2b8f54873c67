"""The account of staged people, and bringing them in, by statements over all of them at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles

from newsletter.store.engine import insert_new
from newsletter.store.import_decisions import new_id
from newsletter.store.staging import decided, manner, ordered, staged
from newsletter.store.tables import consent, subscriber, subscription, suppression

#: How rows come that are too many to be held at once.
_PARTS = {"yield_per": 1000}
#: Above so many new people, and more than there are, an index is built anew sooner than row by row.
_MANY = 20_000


class json_text(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - the name of a function in SQL
    """JSON that stands in a column of text."""

    type = sa.JSON()
    inherit_cache = True


@compiles(json_text, "sqlite")
def _sqlite_json(element: json_text, compiler: Any, **words: Any) -> str:
    return str(compiler.process(element.clauses, **words))


@compiles(json_text, "postgresql")
def _postgresql_json(element: json_text, compiler: Any, **words: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **words)} AS JSON)"


class Tally(NamedTuple):
    """How many staged rows came out so."""

    outcome: str
    rows: int


class StagedLine(NamedTuple):
    """One line of the account; `remarks` are of the line itself, and what is `said` of all that say the same."""

    line: int
    address: str
    list: str
    outcome: str
    refused: str
    remarks: str
    said: str
    standing: str
    state: str
    suppressed: str
    before: int | None


class Pending(NamedTuple):
    """A staged row that is about somebody we know, or that our own export wrote: each is looked at by itself."""

    line: int
    subscriber_id: str
    who: str
    list: str
    standing: str
    outcome: str
    state: str
    since: datetime | None
    restored: str


#: Of a row that nothing was decided about: it was refused, it is a suppression, or it is of a new reader.
_OUTCOME = sa.func.coalesce(
    decided.c.outcome,
    sa.case((staged.c.refused.is_not(None), "invalid"), (staged.c.address_key.is_(None), "ended"), else_="new"),
)


def tallies(connection: Connection) -> tuple[Tally, ...]:
    """How many rows came out how; those refused as `invalid`."""
    found = sa.select(_OUTCOME, sa.func.count()).select_from(_account()).group_by(_OUTCOME)
    return tuple(Tally(*row) for row in connection.execute(found))


def lines(connection: Connection, *, odd: bool = False) -> Iterator[StagedLine]:
    """The account, in the order of the file; `odd` leaves out who is simply new or known."""
    columns = (staged.c.refused, staged.c.remarks, manner.c.remarks, manner.c.standing)
    text = [sa.func.coalesce(column, "") for column in (*columns, decided.c.state, decided.c.suppressed)]
    found = sa.select(
        staged.c.line, sa.func.coalesce(staged.c.address, ""), sa.func.coalesce(manner.c.list, ""), _OUTCOME, *text,
        decided.c.before,
    ).select_from(_described()).order_by(staged.c.seq)  # fmt: skip
    if odd:
        remarked = sa.or_(staged.c.remarks.is_not(None), manner.c.remarks.is_not(None))
        found = found.where(sa.or_(_OUTCOME.not_in(("new", "known")), remarked))
    for row in connection.execute(found, execution_options=_PARTS):
        yield StagedLine._make(row)


def bring_in(
    connection: Connection, community: str, *, begin: str, at: datetime, how: str, text: str, detail: str
) -> None:
    """Write the people, memberships, proofs and suppressions of all rows whose person we did not have on the list.

    `begin` is what `decide` was given.
    """
    fresh = _fresh(sa.func.count()).order_by(None)
    with _rebuilt(connection, connection.execute(fresh).scalar_one()):
        _people(connection, community, begin, at)
        _memberships(connection, community, begin, at)
        _proofs(connection, community, at, how, text, detail)
    _suppressions(connection, community, at, detail)


def pending(connection: Connection) -> Iterator[tuple[Pending, ...]]:
    """Rows that are about a membership or person we have, or that are to be restored, some at a time."""
    somebody = sa.or_(decided.c.known, decided.c.suppressed.is_not(None))
    ours = sa.and_(somebody, decided.c.outcome == "ended", manner.c.standing.in_(_ENDINGS))
    moved = sa.and_(decided.c.state.is_not(None), decided.c.outcome.in_(("new", "ended")))
    found = (
        sa.select(
            staged.c.line, decided.c.subscriber_id, staged.c.who, manner.c.list, manner.c.standing, _OUTCOME,
            sa.func.coalesce(decided.c.state, ""), manner.c.since, sa.func.coalesce(manner.c.restored, ""),
        )
        .select_from(_described())
        .where(sa.or_(ours, moved, sa.and_(manner.c.restored.is_not(None), _to_restore())))
        .order_by(staged.c.seq)
    )  # fmt: skip
    for part in connection.execute(found, execution_options=_PARTS).partitions():
        yield tuple(map(Pending._make, part))


_ENDINGS = ("bounced", "complained", "blocked", "as-bounced", "as-complained")


def _account() -> sa.Join:
    return staged.outerjoin(decided, decided.c.seq == staged.c.seq)


def _described() -> sa.Join:
    return _account().outerjoin(manner, manner.c.id == staged.c.manner)


def _to_restore() -> sa.ColumnElement[bool]:
    return sa.or_(decided.c.after.is_not(None), manner.c.standing == "suppression")


def _fresh(*columns: Any) -> sa.Select[Any]:
    """These columns of every row by which somebody comes onto a list that they were not on, by address."""
    all_of_them = ordered.join(manner, manner.c.id == ordered.c.manner).outerjoin(decided, decided.c.n == ordered.c.n)
    brought = sa.and_(decided.c.after.is_not(None), decided.c.state.is_(None))
    found = sa.select(*columns).select_from(all_of_them).where(sa.or_(decided.c.n.is_(None), brought))
    return found.order_by(ordered.c.n)


def _person(begin: str) -> sa.ColumnElement[str]:
    return sa.func.coalesce(decided.c.subscriber_id, new_id(begin, ordered.c.n))


def _state() -> sa.ColumnElement[str]:
    return sa.func.coalesce(decided.c.after, "active")


def _insert(connection: Connection, table: sa.Table, found: sa.Select[Any], names: list[str]) -> None:
    connection.execute(insert_new(connection, table).from_select(names, found))


def _people(connection: Connection, community: str, begin: str, at: datetime) -> None:
    same = ["address", "address_key", "who", "name"]
    shared = ["timezone", "clock", "language", "density", "text_only"]
    found = _fresh(
        _person(begin),
        sa.literal(community),
        *(ordered.c[name] for name in same),
        *(manner.c[name] for name in shared),
        sa.func.coalesce(manner.c.created_at, manner.c.since, _moment(at)),
        json_text(manner.c.attributes),
    ).where(decided.c.known.is_not(True))
    _insert(connection, subscriber, found, ["id", "community", *same, *shared, "created_at", "attributes"])


def _memberships(connection: Connection, community: str, begin: str, at: datetime) -> None:
    found = _fresh(
        sa.literal(community),
        _person(begin),
        manner.c.list,
        json_text(manner.c.digests),
        json_text(manner.c.topics),
        _state(),
        sa.func.coalesce(manner.c.since, _moment(at)),
    )
    names = ["community", "subscriber_id", "list", "digests", "topics", "state", "since"]
    _insert(connection, subscription, found, names)


def _proofs(connection: Connection, community: str, at: datetime, how: str, text: str, detail: str) -> None:
    found = _fresh(
        sa.literal(community),
        ordered.c.who,
        manner.c.list,
        sa.case((_state() == "active", "imported"), else_="left"),
        _moment(at),
        sa.literal(how),
        sa.literal(text),
        sa.literal(detail) + sa.cast(ordered.c.line, sa.Text),
        manner.c.given_at,
    ).where(manner.c.restored.is_(None))
    names = ["community", "who", "list", "action", "at", "how", "text", "detail", "given_at"]
    connection.execute(sa.insert(consent).from_select(names, found))


def _suppressions(connection: Connection, community: str, at: datetime, detail: str) -> None:
    """Those of addresses nobody has here; who is known is looked at by themselves."""
    reason = sa.case((manner.c.standing == "blocked", "operator"), else_=manner.c.standing)
    found = (
        sa.select(
            sa.literal(community), staged.c.who, reason, sa.func.coalesce(manner.c.since, _moment(at)),
            sa.literal(detail) + sa.cast(staged.c.line, sa.Text),
        )
        .select_from(_described())
        .where(decided.c.outcome == "ended", decided.c.known.is_(False), manner.c.standing.in_(_ENDINGS[:3]))
        .where(decided.c.suppressed.is_(None))
    )  # fmt: skip
    _insert(connection, suppression, found, ["community", "who", "reason", "at", "detail"])


def _moment(at: datetime) -> sa.ColumnElement[Any]:
    return sa.bindparam(None, at, type_=manner.c.since.type)


@contextmanager
def _rebuilt(connection: Connection, fresh: int) -> Iterator[None]:
    """Take off the indexes by keyed hash, which come in no order, while more rows come in than there are."""
    there = connection.execute(sa.select(sa.func.count()).select_from(subscriber)).scalar_one()
    indexes = [index for table in (subscriber, consent) for index in table.indexes if "who" in index.columns]
    taken = indexes if fresh > max(_MANY, there) else []
    for index in taken:
        index.drop(connection)
    yield
    for index in taken:
        index.create(connection)
