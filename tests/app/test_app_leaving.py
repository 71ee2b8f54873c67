"""Leavings that come at the same time are written together, and nobody is answered before it is on disk."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_workspace import Clock, open_at

from newsletter.app.owning.leaving import AT_ONCE, Leaver, leave_all
from newsletter.app.subscribing import add, listing, show
from newsletter.app.workspace import Workspace
from newsletter.people.tokens import make_token
from newsletter.store.tables import consent

MIRA = "mira@example.org"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path, Clock())


def links(ws: Workspace, count: int) -> list[str]:
    people = [add(ws, f"reader{number}@example.org", "community").subscriber.id for number in range(count)]
    return [make_token(ws.secret, "leave", person, "community") for person in people]


def commits(ws: Workspace) -> list[str]:
    """Fills with every write of the consent log from now on."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO consent"):
            seen.append(statement)

    sa.event.listen(ws.store.engine, "before_cursor_execute", note)
    return seen


def test_many_links_are_left_by_in_one_transaction_each_with_its_line(ws: Workspace) -> None:
    asked = [(token, "one-click") for token in links(ws, 5)]
    wrong = (make_token(b"another key", "leave", "x", "community"), "one-click")
    gone = (make_token(ws.secret, "leave", "erased long ago", "community"), "one-click")
    writes = commits(ws)
    assert leave_all(ws, [*asked, wrong, asked[0], gone]) == (*[True] * 5, False, True, True)
    assert len(writes) == 1
    assert {one.state for _, one in listing(ws)} == {"left"}
    assert [line.action for line in show(ws, "reader0@example.org").consents] == ["added", "left"]
    assert leave_all(ws, asked) == (True,) * 5
    assert len(writes) == 1, "who left before changes nothing"


def test_nobody_is_answered_before_their_leaving_can_be_read(ws: Workspace) -> None:
    tokens, leaver, missing = links(ws, 40), Leaver(ws), []
    done = threading.Semaphore(0)

    def ask(number: int) -> None:
        def answer(left: bool | None) -> None:
            if not left or show(ws, f"reader{number}@example.org").subscriptions[0].state != "left":
                missing.append(number)
            done.release()

        leaver.ask(tokens[number], "one-click", answer)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert done.acquire(timeout=60)
    leaver.close()
    assert missing == []


def test_what_waits_is_written_together_and_closing_writes_the_rest(ws: Workspace) -> None:
    tokens, leaver, answers = links(ws, 20), Leaver(ws), []
    writes = commits(ws)
    with ws.store.begin() as connection:
        connection.execute(sa.select(consent.c.id).limit(1))
        for token in tokens:
            leaver.ask(token, "one-click", answers.append)
    leaver.close()
    assert answers == [True] * 20
    assert len(writes) <= 3 < AT_ONCE


def test_who_cannot_be_written_is_told_so_and_the_next_is(ws: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    (token,), leaver, answers = links(ws, 1), Leaver(ws), []
    told = threading.Event()

    def answer(left: bool | None) -> None:
        answers.append(left)
        told.set()

    with ws.store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE consent RENAME TO elsewhere")
    leaver.ask(token, "one-click", answer)
    assert told.wait(20)
    with ws.store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO consent")
    assert (answers, show(ws, "reader0@example.org").subscriptions[0].state) == ([None], "active")
    assert "reader0" not in caplog.text
    leaver.ask(token, "one-click", answers.append)
    leaver.close()
    assert (answers, show(ws, "reader0@example.org").subscriptions[0].state) == ([None, True], "left")
