"""How each source was read last, by name."""

from collections.abc import Iterable
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.alerting import SourceReading
from newsletter.store.alert_tables import source_reading
from newsletter.store.engine import insert_into


def all_of(connection: Connection, community: str) -> dict[str, SourceReading]:
    """Every source that was read at some time."""
    rows = connection.execute(sa.select(source_reading).where(source_reading.c.community == community)).mappings()
    return {
        row["name"]: SourceReading(**{name: value for name, value in row.items() if name != "community"})
        for row in rows
    }


def keep(connection: Connection, community: str, readings: Iterable[SourceReading]) -> None:
    """Write these down in the place of what stood there."""
    for one in readings:
        row = {"community": community, **asdict(one)}
        key = ["community", "name"]
        written = insert_into(connection, source_reading).values(row)
        values = {name: value for name, value in row.items() if name not in key}
        connection.execute(written.on_conflict_do_update(index_elements=key, set_=values))
