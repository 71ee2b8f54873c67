"""The log of deeds: numbered without a gap, sealed line over line, one chain for each community."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from newsletter.model.deeds import Actor, DeedLine
from newsletter.store import deeds
from newsletter.store.engine import Store, open_store

pytestmark = pytest.mark.no_cover  # other tests cover its lines

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
ADA = Actor("person", "f00d", ("editor", "operator"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///newsletter.db", tmp_path)


def test_lines_come_back_as_they_were_written(store: Store) -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    with store.begin() as connection:
        first = deeds.add(connection, "lab", DeedLine(tokyo, ADA, "paused", "weekly-2026-12-04", "2 of 412 left"))
        second = deeds.add(connection, "lab", DeedLine(NOW, Actor("schedule"), "drafted", "weekly-2026-12-11"))
        deeds.add(connection, "club", DeedLine(NOW, ADA, "sent"))
        assert list(deeds.lines(connection, "lab")) == [first, second]
    assert [first.number, second.number] == [1, 2]


def test_each_seal_covers_the_line_and_the_seal_before_it() -> None:
    line = DeedLine(NOW, ADA, "paused", "weekly-2026-12-04", "why", 7)
    others = [
        replace(line, at=NOW + timedelta(microseconds=1)),
        replace(line, actor=replace(ADA, name="beef")),
        replace(line, actor=replace(ADA, roles=("editor",))),
        replace(line, actor=replace(ADA, kind="token")),
        replace(line, deed="resumed"),
        replace(line, subject="weekly-2026-12-11"),
        replace(line, detail=""),
        replace(line, subject="weekly-2026-12-04why", detail=""),
        replace(line, number=8),
    ]
    seals = {deeds.seal_of("lab", one, "s") for one in (line, *others)}
    seals |= {deeds.seal_of("club", line, "s"), deeds.seal_of("lab", line, "t")}
    assert len(seals) == len(others) + 3


def test_the_newest_line_of_a_deed_is_found(store: Store) -> None:
    with store.begin() as connection:
        for day in range(3):
            deeds.add(connection, "lab", DeedLine(NOW + timedelta(days=day), ADA, "roles changed", detail=str(day)))
            deeds.add(connection, "lab", DeedLine(NOW + timedelta(days=day), ADA, "signed in"))
        newest = deeds.last_of(connection, "lab", "roles changed")
        assert newest is not None
        assert newest.detail == "2"
        assert deeds.last_of(connection, "club", "roles changed") is None
        assert [one.number for one in deeds.lines(connection, "lab", NOW + timedelta(days=2))] == [5, 6]


def test_writers_at_the_same_time_make_one_chain(store: Store) -> None:
    def write() -> None:
        for _ in range(5):
            with store.begin() as connection:
                deeds.add(connection, "lab", DeedLine(NOW, ADA, "tested"))

    writers = [threading.Thread(target=write) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    with store.read() as connection:
        found = list(deeds.lines(connection, "lab"))
    assert [one.number for one in found] == list(range(1, 21))
    seals = [deeds.FIRST, *(one.seal for one in found)]
    assert all(one.seal == deeds.seal_of("lab", one, before) for one, before in zip(found, seals, strict=False))
