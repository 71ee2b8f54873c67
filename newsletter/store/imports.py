"""Deciding about staged people and bringing them in, by statements over all of them at once."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles

from newsletter.store.engine import insert_new
from newsletter.store.staging import decided, staged, verdict
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
    """One line of the account."""

    line: int
    address: str
    list: str
    outcome: str
    refused: str
    remarks: str
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


def decide(connection: Connection, community: str, table: Iterable[Mapping[str, object]]) -> None:
    """Decide about every staged row by the rows of `table`, and keep it in `decided`.

    Of the lines of one address for one list the gravest counts, and of those the first.
    """
    connection.execute(sa.insert(verdict), list(table))
    ranked, mine = _ranked(), subscription
    its_verdict = sa.and_(
        verdict.c.standing == ranked.c.standing,
        verdict.c.state == sa.func.coalesce(mine.c.state, ""),
        verdict.c.suppressed == sa.func.coalesce(suppression.c.reason, ""),
    )
    person = sa.and_(subscriber.c.community == community, subscriber.c.address_key == ranked.c.address_key)
    membership = sa.and_(mine.c.subscriber_id == subscriber.c.id, mine.c.list == ranked.c.list)
    barred = sa.and_(suppression.c.community == community, suppression.c.who == ranked.c.who)
    again = ranked.c.same.is_(True)
    joined_later = sa.and_(ranked.c.leaves, mine.c.since > ranked.c.since)
    found = (
        sa.select(
            ranked.c.seq,
            sa.func.coalesce(subscriber.c.id, ranked.c.first_id),
            subscriber.c.id.is_not(None),
            mine.c.state,
            suppression.c.reason,
            sa.case((again, ranked.c.before)),
            sa.case((again, "duplicate"), (joined_later, "known"), else_=verdict.c.outcome),
            sa.case((again, None), (joined_later, None), else_=verdict.c.after),
        )
        .select_from(
            ranked.outerjoin(subscriber, person)
            .outerjoin(mine, membership)
            .outerjoin(suppression, barred)
            .join(verdict, its_verdict)
        )
        .order_by(ranked.c.seq)
    )
    names = ["seq", "subscriber_id", "known", "state", "suppressed", "before", "outcome", "after"]
    connection.execute(sa.insert(decided).from_select(names, found))


def _ranked() -> sa.Subquery:
    """Every row that was not refused, with the line that goes before it and the first id of its address."""
    earlier = _over(sa.func.lag(staged.c.list))
    return (
        sa.select(
            staged.c.seq,
            staged.c.address_key,
            staged.c.who,
            staged.c.list,
            staged.c.standing,
            staged.c.since,
            staged.c.standing.in_(("left", "as-left")).label("leaves"),
            (earlier == staged.c.list).label("same"),
            _over(sa.func.lag(staged.c.line)).label("before"),
            _over(sa.func.first_value(staged.c.person_id)).label("first_id"),
        )
        .where(staged.c.address_key.is_not(None))
        .subquery("ranked")
    )


def _over(function: sa.sql.functions.FunctionElement[Any]) -> sa.Over[Any]:
    """The function over the rows of one address, those that count first for each list."""
    order = (staged.c.list, staged.c.gravity.desc(), staged.c.seq)
    return function.over(partition_by=staged.c.address_key, order_by=order)


def tallies(connection: Connection) -> tuple[Tally, ...]:
    """How many rows came out how; those refused as `invalid`."""
    outcome = sa.func.coalesce(decided.c.outcome, sa.case((staged.c.refused.is_not(None), "invalid"), else_="ended"))
    found = sa.select(outcome, sa.func.count()).select_from(_account()).group_by(outcome)
    return tuple(Tally(*row) for row in connection.execute(found))


def lines(connection: Connection, *, odd: bool = False) -> Iterator[StagedLine]:
    """The account, in the order of the file; `odd` leaves out who is simply new or known."""
    outcome = sa.func.coalesce(decided.c.outcome, sa.case((staged.c.refused.is_not(None), "invalid"), else_="ended"))
    text = [
        sa.func.coalesce(column, "")
        for column in (staged.c.refused, staged.c.remarks, staged.c.standing, decided.c.state, decided.c.suppressed)
    ]
    found = sa.select(
        staged.c.line, sa.func.coalesce(staged.c.address, ""), sa.func.coalesce(staged.c.list, ""), outcome, *text,
        decided.c.before,
    ).select_from(_account()).order_by(staged.c.seq)  # fmt: skip
    if odd:
        found = found.where(sa.or_(outcome.not_in(("new", "known")), staged.c.remarks.is_not(None)))
    for row in connection.execute(found, execution_options=_PARTS):
        yield StagedLine._make(row)


def bring_in(connection: Connection, community: str, *, at: datetime, how: str, text: str, detail: str) -> None:
    """Write the people, memberships, proofs and suppressions of all rows whose person we did not have on the list."""
    fresh = sa.select(sa.func.count()).select_from(decided).where(decided.c.after.is_not(None))
    with _rebuilt(connection, connection.execute(fresh).scalar_one()):
        _people(connection, community, at)
        _memberships(connection, community, at)
        _proofs(connection, community, at, how, text, detail)
    _suppressions(connection, community, at, detail)


def pending(connection: Connection) -> Iterator[tuple[Pending, ...]]:
    """Rows that are about a membership or person we have, or that are to be restored, some at a time."""
    somebody = sa.or_(decided.c.known, decided.c.suppressed.is_not(None))
    ours = sa.and_(somebody, decided.c.outcome == "ended", staged.c.standing.in_(_ENDINGS))
    moved = sa.and_(decided.c.state.is_not(None), decided.c.outcome.in_(("new", "ended")))
    found = (
        sa.select(
            staged.c.line, decided.c.subscriber_id, staged.c.who, staged.c.list, staged.c.standing, decided.c.outcome,
            sa.func.coalesce(decided.c.state, ""), staged.c.since, sa.func.coalesce(staged.c.restored, ""),
        )
        .select_from(_account())
        .where(sa.or_(ours, moved, sa.and_(staged.c.restored.is_not(None), _to_restore())))
        .order_by(staged.c.seq)
    )  # fmt: skip
    for part in connection.execute(found, execution_options=_PARTS).partitions():
        yield tuple(map(Pending._make, part))


_ENDINGS = ("bounced", "complained", "blocked", "as-bounced", "as-complained")


def _account() -> sa.Join:
    return staged.outerjoin(decided, decided.c.seq == staged.c.seq)


def _to_restore() -> sa.ColumnElement[bool]:
    return sa.or_(decided.c.after.is_not(None), staged.c.standing == "suppression")


def _fresh(*columns: Any) -> sa.Select[Any]:
    """These columns of every row by which somebody comes onto a list that they were not on."""
    both = staged.join(decided, decided.c.seq == staged.c.seq)
    found = sa.select(*columns).select_from(both).where(decided.c.after.is_not(None), decided.c.state.is_(None))
    return found.order_by(staged.c.seq)


def _insert(connection: Connection, table: sa.Table, found: sa.Select[Any], names: list[str]) -> None:
    connection.execute(insert_new(connection, table).from_select(names, found))


def _people(connection: Connection, community: str, at: datetime) -> None:
    same = ["address", "address_key", "who", "name", "timezone", "clock", "language", "density", "text_only"]
    found = _fresh(
        decided.c.subscriber_id,
        sa.literal(community),
        *(staged.c[name] for name in same),
        sa.func.coalesce(staged.c.created_at, staged.c.since, _moment(at)),
        json_text(staged.c.attributes),
    ).where(decided.c.known.is_(False))
    _insert(connection, subscriber, found, ["id", "community", *same, "created_at", "attributes"])


def _memberships(connection: Connection, community: str, at: datetime) -> None:
    found = _fresh(
        sa.literal(community),
        decided.c.subscriber_id,
        staged.c.list,
        json_text(staged.c.digests),
        json_text(staged.c.topics),
        decided.c.after,
        sa.func.coalesce(staged.c.since, _moment(at)),
    )
    names = ["community", "subscriber_id", "list", "digests", "topics", "state", "since"]
    _insert(connection, subscription, found, names)


def _proofs(connection: Connection, community: str, at: datetime, how: str, text: str, detail: str) -> None:
    found = _fresh(
        sa.literal(community),
        staged.c.who,
        staged.c.list,
        sa.case((decided.c.after == "active", "imported"), else_="left"),
        _moment(at),
        sa.literal(how),
        sa.literal(text),
        sa.literal(detail) + sa.cast(staged.c.line, sa.Text),
        staged.c.given_at,
    ).where(staged.c.restored.is_(None))
    names = ["community", "who", "list", "action", "at", "how", "text", "detail", "given_at"]
    connection.execute(sa.insert(consent).from_select(names, found))


def _suppressions(connection: Connection, community: str, at: datetime, detail: str) -> None:
    """Those of addresses nobody has here; who is known is looked at by themselves."""
    reason = sa.case((staged.c.standing == "blocked", "operator"), else_=staged.c.standing)
    found = (
        sa.select(
            sa.literal(community), staged.c.who, reason, sa.func.coalesce(staged.c.since, _moment(at)),
            sa.literal(detail) + sa.cast(staged.c.line, sa.Text),
        )
        .select_from(staged.join(decided, decided.c.seq == staged.c.seq))
        .where(decided.c.outcome == "ended", decided.c.known.is_(False), staged.c.standing.in_(_ENDINGS[:3]))
        .where(decided.c.suppressed.is_(None))
    )  # fmt: skip
    _insert(connection, suppression, found, ["community", "who", "reason", "at", "detail"])


def _moment(at: datetime) -> sa.ColumnElement[Any]:
    return sa.bindparam(None, at, type_=staged.c.since.type)


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
