"""What the guards remember, inside the caller's transaction; all workers on the store share the same rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState
from newsletter.model.guarding import GuardName, Hold, Road, Standing
from newsletter.store.dialects import insert_by, insert_into, insert_new
from newsletter.store.guard_tables import departure, guard_hold, high_water, road
from newsletter.store.tables import consent, delivery, delivery_event, edition, issue, mailing, planning, subscriber

# What each batch asks, built once.
_ACTIVE = (
    sa.select(guard_hold)
    .where(guard_hold.c.community == sa.bindparam("here"), guard_hold.c.active)
    .order_by(guard_hold.c.since, guard_hold.c.guard)
)
_ACTIVE_ABOUT = _ACTIVE.where(guard_hold.c.about.in_(sa.bindparam("abouts", expanding=True)))
_ROAD = (
    sa.select(road.c.failures, road.c.trips, road.c.until)
    .where(road.c.community == sa.bindparam("here"))
    .with_for_update()
)
#: (when, how many): what left, in order.
Departures = tuple[tuple[datetime, int], ...]


def standing(connection: Connection, community: str, guard: GuardName, about: str = "") -> Standing | None:
    """What this guard holds, or held, about that."""
    found = sa.select(guard_hold).where(_mine(community, guard, about))
    row = connection.execute(found).mappings().first()
    return _standing(row) if row else None


def active(connection: Connection, community: str, abouts: Collection[str] | None = None) -> tuple[Standing, ...]:
    """Everything that is held, oldest first; `abouts` narrows it to these mailings."""
    here = {"here": community}
    if abouts is None:
        rows = connection.execute(_ACTIVE, here)
    else:
        rows = connection.execute(_ACTIVE_ABOUT, here | {"abouts": list(abouts)})
    return tuple(_standing(row) for row in rows.mappings())


def keep(connection: Connection, community: str, one: Standing) -> None:
    """Write the hold down in the place of what stood there."""
    key = {"community": community, "guard": one.hold.guard, "about": one.hold.about}
    values = {"active": one.active, "since": one.since, "until": one.hold.until, "why": one.hold.why}
    values["data"] = dict(one.data)
    written = insert_into(connection, guard_hold).values(key | values)
    connection.execute(written.on_conflict_do_update(index_elements=list(key), set_=values))


def _mine(community: str, guard: GuardName, about: str) -> sa.ColumnElement[bool]:
    here = guard_hold.c
    return sa.and_(here.community == community, here.guard == guard, here.about == about)


def _standing(row: sa.RowMapping) -> Standing:
    hold = Hold(row["guard"], row["why"], row["until"], row["about"])
    return Standing(hold, row["since"], row["active"], row["data"])


def road_of(connection: Connection, community: str) -> Road:
    """How the road out does. Where rows can be locked, claims of the community go one by one from here."""
    row = connection.execute(_ROAD, {"here": community}).first()
    if row is None:
        connection.execute(insert_new(connection, road), {"community": community})
        return Road()
    return Road(*row)


def set_road(connection: Connection, community: str, new: Road) -> None:
    """Write down how it does now."""
    mine = sa.update(road).where(road.c.community == community)
    connection.execute(mine.values(failures=new.failures, trips=new.trips, until=new.until))


def depart(
    connection: Connection,
    community: str,
    counts: Mapping[str, int],
    at: datetime,
    keep_from: datetime,
    account: str = "",
) -> None:
    """Count mails by domain (empty: all), and forget what left before `keep_from`."""
    base = {"community": community, "account": account, "at": at}
    rows = [base | {"domain": name, "count": count} for name, count in counts.items()]
    connection.execute(sa.insert(departure), rows)
    old = sa.delete(departure).where(departure.c.community == community, departure.c.at < keep_from)
    connection.execute(old)


def departures(
    connection: Connection, community: str, after: datetime, until: datetime, account: str = ""
) -> dict[str, Departures]:
    """What left in (after, until], by domain: of the community, or of all who share the account."""
    found = (
        sa.select(departure.c.domain, departure.c.at, departure.c.count)
        .where(_counts(community, account), departure.c.at > after, departure.c.at <= until)
        .order_by(departure.c.at)
    )
    by_domain: dict[str, list[tuple[datetime, int]]] = {}
    for name, at, count in connection.execute(found):
        by_domain.setdefault(name, []).append((at, count))
    return {name: tuple(rows) for name, rows in by_domain.items()}


def departed(connection: Connection, community: str, since: datetime, until: datetime, account: str = "") -> int:
    """How many mails left in [since, until], wherever they went, as above."""
    found = sa.select(sa.func.sum(departure.c.count)).where(
        _counts(community, account), departure.c.at >= since, departure.c.at <= until, departure.c.domain == ""
    )
    return connection.execute(found).scalar() or 0


def _counts(community: str, account: str) -> sa.ColumnElement[bool]:
    return departure.c.account == account if account else departure.c.community == community


def alone_with(connection: Connection, account: str) -> None:
    """Let the claims of all who share the account go one by one; SQLite has one writer anyhow."""
    if account and connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"pace {account}"))))


def put_off(connection: Connection, delivery_ids: Iterable[str], until: datetime, at: datetime) -> None:
    """Let pending deliveries wait; no attempt of theirs is used up."""
    mine = sa.update(delivery).where(delivery.c.id.in_(list(delivery_ids)), delivery.c.state == "pending")
    connection.execute(mine.values(not_before=until, updated_at=at))


def raise_water(connection: Connection, community: str, to: int | None = None) -> int:
    """Count one more batch that is about to leave, or set the number; the number now."""
    raised = _raised(connection.dialect.name, to_a_number=to is not None)
    number: int = connection.execute(raised, {"here": community, "to": 1 if to is None else to}).scalar_one()
    return number


@cache
def _raised(dialect: str, *, to_a_number: bool) -> sa.Executable:
    to: sa.BindParameter[int] = sa.bindparam("to", type_=sa.Integer)
    written = insert_by(dialect, high_water).values(community=sa.bindparam("here"), number=to)
    new = to if to_a_number else high_water.c.number + 1
    changed = written.on_conflict_do_update(index_elements=["community"], set_={"number": new})
    return changed.returning(high_water.c.number)


def water(connection: Connection, community: str) -> tuple[int, int]:
    """How far this store came: batches that left, and lines of consent."""
    number = sa.select(high_water.c.number).where(high_water.c.community == community).scalar_subquery()
    lines = sa.select(sa.func.max(consent.c.id)).where(consent.c.community == community).scalar_subquery()
    sent, consents = connection.execute(sa.select(number, lines)).one()
    return sent or 0, consents or 0


def count_in(connection: Connection, mailing_id: int, states: Sequence[DeliveryState]) -> dict[DeliveryState, int]:
    """How many deliveries of the mailing are in each of these states."""
    found = (
        sa.select(delivery.c.state, sa.func.count())
        .where(delivery.c.mailing_id == mailing_id, delivery.c.state.in_(states))
        .group_by(delivery.c.state)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def largest_message(connection: Connection, mailing_id: int) -> int:
    """How many bytes the largest edition of the mailing has, as it is kept."""
    found = sa.select(sa.func.max(sa.func.length(edition.c.payload))).where(edition.c.mailing_id == mailing_id)
    return connection.execute(found).scalar() or 0


def first_due(connection: Connection, mailing_id: int, now: datetime, most: int) -> tuple[str, ...]:
    """So many pending deliveries that may leave now, by their ids, which are as good as drawn by lot."""
    mine = sa.and_(delivery.c.mailing_id == mailing_id, delivery.c.state == "pending", delivery.c.not_before <= now)
    found = sa.select(delivery.c.id).where(mine).order_by(delivery.c.id).limit(most)
    return tuple(connection.execute(found).scalars())


def addressed_to(connection: Connection, mailing_id: int, address_keys: Collection[str]) -> tuple[str, ...]:
    """The pending deliveries of the mailing to readers with these addresses."""
    person = sa.and_(subscriber.c.id == delivery.c.subscriber_id, subscriber.c.community == delivery.c.community)
    found = (
        sa.select(delivery.c.id)
        .join(subscriber, person)
        .where(delivery.c.mailing_id == mailing_id, delivery.c.state == "pending")
        .where(subscriber.c.address_key.in_(list(address_keys)))
    )
    return tuple(connection.execute(found).scalars())


def under_way(connection: Connection, delivery_ids: Sequence[str]) -> int:
    """How many of these deliveries have no end yet."""
    open_ = delivery.c.state.in_(("pending", "claimed", "submitting"))
    found = sa.select(sa.func.count()).select_from(delivery).where(delivery.c.id.in_(delivery_ids), open_)
    return connection.execute(found).scalar_one()


def issue_before(
    connection: Connection, community: str, digest: str, mailing_id: int | None
) -> tuple[int, str] | None:
    """The mailing (id, key) of the digest's last issue that went out, or is going out, before this one."""
    found = (
        sa.select(mailing.c.id, mailing.c.key)
        .where(mailing.c.community == community, mailing.c.kind == "issue", mailing.c.digest == digest)
        .where(mailing.c.state.in_(("sending", "sent", "paused")))
        .order_by(mailing.c.id.desc())
        .limit(1)
    )
    row = connection.execute(found if mailing_id is None else found.where(mailing.c.id < mailing_id)).first()
    return (row.id, row.key) if row else None


def planned_at_first(connection: Connection, mailing_id: int) -> int:
    """How many readers the mailing was planned for, without those who joined since."""
    found = sa.select(sa.func.count()).select_from(delivery)
    return connection.execute(found.where(_of_first_planning(mailing_id))).scalar_one()


def let_go(connection: Connection, mailing_id: int, at: datetime, why: str) -> int:
    """Skip what is pending of those the mailing was first planned for, and note why; how many."""
    which = sa.and_(_of_first_planning(mailing_id), delivery.c.state == "pending")
    rows = sa.select(
        delivery.c.community,
        delivery.c.id,
        sa.literal(at, delivery_event.c.at.type),
        sa.literal("skipped"),
        sa.literal("skipped"),
        sa.literal(why),
    ).where(which)
    columns = ["community", "delivery_id", "at", "kind", "state", "detail"]
    connection.execute(sa.insert(delivery_event).from_select(columns, rows))
    moved = sa.update(delivery).where(which).values(state="skipped", reason=why, updated_at=at)
    return connection.execute(moved).rowcount


def _of_first_planning(mailing_id: int) -> sa.ColumnElement[bool]:
    first = sa.select(sa.func.min(planning.c.id)).where(planning.c.mailing_id == mailing_id).scalar_subquery()
    return sa.and_(delivery.c.mailing_id == mailing_id, delivery.c.planning_id == first)


def sending_mailings(connection: Connection, community: str) -> tuple[tuple[int, str], ...]:
    """The mailings (id, key) of issues, corrections and one-offs that are being sent."""
    found = sa.select(mailing.c.id, mailing.c.key).where(
        mailing.c.community == community, mailing.c.state == "sending", mailing.c.kind != "service"
    )
    return tuple((row.id, row.key) for row in connection.execute(found.order_by(mailing.c.id)))


def send_at(connection: Connection, community: str, key: str) -> datetime | None:
    """When an issue, a correction or a one-off was to leave."""
    found = sa.select(issue.c.send_at).where(issue.c.community == community, issue.c.key == key)
    return connection.execute(found).scalar()
