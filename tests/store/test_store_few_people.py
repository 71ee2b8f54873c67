"""What is asked about some people looks at their rows, however many others the community has."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from support_workspace import open_at, with_readers

from newsletter.app.workspace import Workspace
from newsletter.model.segment import EVERYBODY, NOWHERE
from newsletter.store import leaving, members, subscribers
from newsletter.store.tables import subscriber

pytestmark = pytest.mark.sqlite_only  # whose planner counts no rows, and takes the first index that looks narrow
HERE = "data-lab"
#: A walk through all that a community has: by an index of which nothing but the community is given.
WALK = re.compile(r"^(SCAN|SEARCH) (subscription|consent|delivery)\b(?!.*\(community=\? AND)(?!.*_id=\?)")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    ws = open_at(tmp_path)
    with_readers(ws, 40)
    return ws


def plans(ws: Workspace, ask: Callable[[Connection, list[str]], object]) -> list[str]:
    """How SQLite goes about each statement of what is asked about three people."""
    said: list[tuple[str, tuple[object, ...]]] = []

    @sa.event.listens_for(ws.store.engine, "before_cursor_execute")
    def keep(_connection: object, _cursor: object, text: str, values: tuple[object, ...], *_more: object) -> None:
        said.append((text, values))

    with ws.store.read() as connection:
        people = list(connection.execute(sa.select(subscriber.c.id).limit(3)).scalars())
        said.clear()
        ask(connection, people)
        sa.event.remove(ws.store.engine, "before_cursor_execute", keep)
        return [
            str(row.detail)
            for text, values in said
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]


ASKED: dict[str, Callable[[Connection, list[str]], object]] = {
    "leaving": lambda connection, people: leaving.standing(connection, HERE, people),
    "export": lambda connection, _: list(members.everything(connection, HERE, EVERYBODY, NOWHERE)),
    "one": lambda connection, people: subscribers.subscriptions_of(connection, HERE, people[0]),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_is_asked_about_some_people_does_not_walk_through_all(ws: Workspace, what: str) -> None:
    found = plans(ws, ASKED[what])
    assert found
    assert [line for line in found if WALK.match(line)] == []


def test_who_is_somewhere_else_is_not_found(ws: Workspace) -> None:
    with ws.store.read() as connection:
        people = list(connection.execute(sa.select(subscriber.c.id)).scalars())
        assert len(leaving.standing(connection, HERE, people)) == 40
        assert leaving.standing(connection, "another", people) == {}
