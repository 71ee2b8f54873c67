"""Crash points: nothing without the variable, and exactly the asked passing with it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_workspace import Clock, open_at, with_readers

from newsletter import crash_points
from newsletter.crash_points import are_watched, arm, crash_point, watch
from newsletter.store.tables import subscriber


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The signals that this process would have got."""
    signals: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: signals.append(number) if pid == os.getpid() else None)
    yield signals
    watch(None)


def test_nothing_is_watched_where_nobody_asked(killed: list[int]) -> None:
    arm("")
    assert not are_watched()
    crash_point("after mark")
    assert killed == []


@pytest.mark.parametrize(("asked", "passings"), [("after mark", 1), ("after mark:1", 1), ("after mark:3", 3)])
def test_the_process_dies_at_the_asked_passing_of_its_label(killed: list[int], asked: str, passings: int) -> None:
    arm(asked)
    for _ in range(passings - 1):
        crash_point("after mark")
        crash_point("before mark")
    assert killed == []
    crash_point("after mark")
    assert killed == [signal.SIGKILL]


def test_a_label_may_hold_a_colon(killed: list[int]) -> None:
    arm("before mark: update attempt:2")
    crash_point("before mark: update attempt")
    assert killed == []
    crash_point("before mark: update attempt")
    assert killed == [signal.SIGKILL]


def test_each_transaction_and_each_statement_that_writes_has_its_points(tmp_path: Path) -> None:
    passed: list[str] = []
    watch(passed.append)
    try:
        ws = open_at(tmp_path, Clock())
        with_readers(ws, 1)
        passed.clear()
        with ws.store.begin("a step") as connection:
            connection.exec_driver_sql("SELECT 1")
            connection.execute(subscriber.update().values(name="Ada"))
    finally:
        watch(None)
    assert passed == [
        "before a step: update subscriber",
        "after a step: update subscriber",
        "before a step",
        "after a step",
    ]
    assert crash_points.VARIABLE == "NEWSLETTER_CRASH_AT"
