"""What becomes of each staged row: put in order by hash, and decided about where it is not simply a new reader."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles

from newsletter.store.staging import decided, manner, ordered, staged, unusual, verdict
from newsletter.store.tables import subscriber, subscription, suppression

#: How somebody stands of whom nothing is to be decided, unless the store knows them.
_PLAIN = "active"


class new_id(sa.sql.functions.GenericFunction[str]):  # noqa: N801 - the name of a function in SQL
    """The id of a person who is new: ids of one import begin alike and count up in the order of keyed hashes.

    So they are written in order, and say nothing of the addresses beside theirs: an id outlives its person.
    """

    type = sa.Text()
    inherit_cache = True


@compiles(new_id, "sqlite")
def _sqlite_id(element: new_id, compiler: Any, **words: Any) -> str:
    begin, number = (compiler.process(one, **words) for one in element.clauses)
    return f"printf('%s%010x', {begin}, {number})"


@compiles(new_id, "postgresql")
def _postgresql_id(element: new_id, compiler: Any, **words: Any) -> str:
    begin, number = (compiler.process(one, **words) for one in element.clauses)
    return f"CAST({begin} AS TEXT) || lpad(to_hex({number}), 10, '0')"


def decide(connection: Connection, community: str, table: Iterable[Mapping[str, object]], begin: str) -> None:
    """Decide about every staged row by the rows of `table`; what is none of the plain and new is kept in `decided`.

    Of the lines of one address for one list the gravest counts, and of those the first. `begin` is what the ids of
    new people begin with.
    """
    connection.execute(sa.insert(verdict), list(table))
    _put_in_order(connection)
    _find_unusual(connection, community)
    _decide_unusual(connection, community, begin)


def _put_in_order(connection: Connection) -> None:
    names = [column.name for column in ordered.columns][1:]
    found = sa.select(*(staged.c[name] for name in names)).where(staged.c.address_key.is_not(None))
    by_hash = found.order_by(staged.c.who, staged.c.address_key, staged.c.seq)
    connection.execute(sa.insert(ordered).from_select(names, by_hash))


def _find_unusual(connection: Connection, community: str) -> None:
    """Rows of an address that comes more than once, that the store knows, or that do not simply come in."""
    other = ordered.alias("other")
    same = other.c.address_key == ordered.c.address_key
    neighbours = [sa.exists().where(other.c.n == ordered.c.n + step, same).correlate(ordered) for step in (1, -1)]
    known = sa.exists().where(subscriber.c.community == community, subscriber.c.address_key == ordered.c.address_key)
    barred = sa.exists().where(suppression.c.community == community, suppression.c.who == ordered.c.who)
    odd = sa.select(manner.c.id).where(sa.or_(manner.c.standing != _PLAIN, manner.c.restored.is_not(None)))
    found = sa.select(ordered.c.n).where(
        sa.or_(*neighbours, ordered.c.manner.in_(odd), known.correlate(ordered), barred.correlate(ordered))
    )
    connection.execute(sa.insert(unusual).from_select(["n"], found))


def _decide_unusual(connection: Connection, community: str, begin: str) -> None:
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
            ranked.c.n,
            ranked.c.seq,
            sa.func.coalesce(subscriber.c.id, new_id(begin, ranked.c.first)),
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
        .order_by(ranked.c.n)
    )
    names = ["n", "seq", "subscriber_id", "known", "state", "suppressed", "before", "outcome", "after"]
    connection.execute(sa.insert(decided).from_select(names, found))


def _ranked() -> sa.Subquery:
    """Every unusual row, with the line that goes before it and the first of its address."""
    earlier = _over(sa.func.lag(manner.c.list))
    return (
        sa.select(
            ordered.c.n,
            ordered.c.seq,
            ordered.c.address_key,
            ordered.c.who,
            manner.c.list,
            manner.c.standing,
            manner.c.since,
            manner.c.standing.in_(("left", "as-left")).label("leaves"),
            (earlier == manner.c.list).label("same"),
            _over(sa.func.lag(ordered.c.line)).label("before"),
            _over(sa.func.first_value(ordered.c.n)).label("first"),
        )
        .select_from(unusual.join(ordered, ordered.c.n == unusual.c.n).join(manner, manner.c.id == ordered.c.manner))
        .subquery("ranked")
    )


def _over(function: sa.sql.functions.FunctionElement[Any]) -> sa.Over[Any]:
    """The function over the rows of one address, those that count first for each list."""
    order = (manner.c.list, manner.c.gravity.desc(), ordered.c.seq)
    return function.over(partition_by=ordered.c.address_key, order_by=order)
