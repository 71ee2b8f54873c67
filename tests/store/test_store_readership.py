"""Who may be written to now, and with what wishes: equal ones are one value, and the count agrees."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_workspace import NOW, open_at, with_readers

from newsletter.app.subscribing import suppress
from newsletter.app.workspace import Workspace
from newsletter.model.people import Wishes
from newsletter.store import readership
from newsletter.store.tables import subscriber, subscription

HERE = ("data-lab", "community")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    ws = open_at(tmp_path)
    with_readers(ws, 6)
    return ws


def found(ws: Workspace) -> dict[str, Wishes]:
    """Everybody who may be written to, by the last digit of their name."""
    with ws.store.read() as connection:
        named = connection.execute(sa.select(subscriber.c.id, subscriber.c.address)).all()
        names = {row.id: row.address for row in named}
        there = readership.sendable(connection, *HERE, NOW)
        return {names[one].partition("@")[0][-1]: wishes for one, wishes in there}


def change(ws: Workspace, number: int, **values: object) -> None:
    """Change what the reader of that number chose."""
    with ws.store.begin() as connection:
        found = sa.select(subscriber.c.id).where(subscriber.c.address.like(f"reader%{number}@%"))
        reader = connection.execute(found).scalar_one()
        for table, key in ((subscriber, subscriber.c.id), (subscription, subscription.c.subscriber_id)):
            mine = {name: value for name, value in values.items() if name in table.c}
            if mine:
                connection.execute(sa.update(table).where(key == reader).values(mine))


def test_equal_wishes_are_one_value_however_many_have_them(ws: Workspace) -> None:
    change(ws, 1, topics=["talks"], stopped=[["a-series", "A series"]], timezone="Europe/Berlin", clock=24)
    change(ws, 2, topics=["talks"], stopped=[["a-series", "A series"]], timezone="Europe/Berlin", clock=24)
    change(ws, 3, topics=[], online_only=True)
    wishes = found(ws)

    assert len({id(one) for one in wishes.values()}) == 3
    assert wishes["1"] is wishes["2"]
    assert (wishes["1"].topics, wishes["1"].stopped) == (("talks",), ("a-series",))
    assert (wishes["1"].timezone, wishes["1"].clock) == ("Europe/Berlin", 24)
    assert (wishes["3"].topics, wishes["3"].online_only) == ((), True)
    assert (wishes["0"].topics, wishes["0"].digests) == (None, ("weekly",))


def test_who_left_pauses_or_is_suppressed_is_not_there_and_not_counted(ws: Workspace) -> None:
    change(ws, 1, state="left")
    change(ws, 2, paused_until=NOW + timedelta(days=1))
    change(ws, 3, paused_until=NOW)
    suppress(ws, "reader00004@example.org")

    assert found(ws).keys() == {"0", "3", "5"}
    with ws.store.read() as connection:
        assert readership.readers(connection, *HERE, "weekly", NOW) == 3
