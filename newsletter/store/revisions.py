"""Events as calendars were told them last: read by item, by address, or all that are not withdrawn."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from newsletter.model.publishing import Revision, ZoneSpan
from newsletter.store.tables import event_revision

_COLUMNS = tuple(column for column in event_revision.c if column.name != "community")


def all_of(connection: Connection, community: str) -> dict[str, Revision]:
    """Every event there ever was a file of, withdrawn ones included, by item id."""
    found = sa.select(*_COLUMNS).where(event_revision.c.community == community)
    return {row["item_id"]: _revision(row) for row in connection.execute(found).mappings()}


def shown(connection: Connection, community: str, since: date) -> tuple[Revision, ...]:
    """The events that are not withdrawn and not over before `since`, in the order of their UIDs."""
    found = (
        sa.select(*_COLUMNS)
        .where(event_revision.c.community == community, sa.not_(event_revision.c.withdrawn))
        .where(sa.or_(event_revision.c.last.is_(None), event_revision.c.last >= since))
        .order_by(event_revision.c.uid)
    )
    return tuple(_revision(row) for row in connection.execute(found).mappings())


def by_slug(connection: Connection, community: str, slug: str) -> Revision | None:
    """The event of this address; None where there is none, or it is withdrawn."""
    found = sa.select(*_COLUMNS).where(
        event_revision.c.community == community, event_revision.c.slug == slug, sa.not_(event_revision.c.withdrawn)
    )
    row = connection.execute(found).mappings().first()
    return _revision(row) if row else None


def put(connection: Connection, community: str, revisions: Iterable[Revision]) -> None:
    """Write these revisions in the place of those before."""
    new = [{"community": community, **_values(one)} for one in revisions]
    if new:
        mine = (event_revision.c.community == community) & (event_revision.c.item_id == sa.bindparam("one"))
        connection.execute(sa.delete(event_revision).where(mine), [{"one": one["item_id"]} for one in new])
        connection.execute(sa.insert(event_revision), new)


def _values(one: Revision) -> dict[str, Any]:
    return asdict(one) | {"topics": list(one.topics), "zones": [asdict(span) for span in one.zones]}


def _revision(row: RowMapping) -> Revision:
    values = dict(row)
    values["topics"] = tuple(values["topics"])
    values["zones"] = tuple(ZoneSpan(**span) for span in values["zones"])
    return Revision(**values)
