"""Posts are whole on disk or not there at all, and only their owner may read them."""

import os
import stat
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.model.events import Posted
from newsletter.store.spool import Spool, SpoolError

AT = datetime(2026, 12, 4, 17, tzinfo=UTC)
POSTS = (Posted("sendgrid", AT, b'[{"a":1}]\r\n'), Posted("sendgrid", AT, b"\n\n{\n"), Posted("sendgrid", AT, b""))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "events")


def test_what_is_added_is_read_byte_for_byte_in_the_order_of_coming(spool: Spool) -> None:
    spool.add(POSTS)
    spool.add(POSTS[:1])
    first, second = spool.waiting()
    assert (spool.read(first), spool.read(second)) == (POSTS, POSTS[:1])
    spool.done(first)
    assert spool.waiting() == (second,)


def test_only_its_owner_may_read_it(spool: Spool) -> None:
    spool.add(POSTS)
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(spool.waiting()[0].stat().st_mode) == 0o600
    assert (spool.folder / ".gitignore").read_text() == "*\n"


def test_what_could_not_be_written_whole_is_not_there(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.add(POSTS)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("the disk is full")))
    with pytest.raises(OSError, match="full"):
        spool.add(POSTS)
    assert len(spool.waiting()) == 1
    assert [path.name for path in spool.folder.glob(".[0-9]*")] == []


@pytest.mark.parametrize("damage", [b"{", b"{}\n", b'{"provider":"x","at":"y","length":1}\na', b"\xff\n"])
def test_a_damaged_file_is_named_and_can_be_set_aside(damage: bytes, spool: Spool) -> None:
    spool.add(POSTS)
    [path] = spool.waiting()
    path.write_bytes(path.read_bytes() + damage)
    with pytest.raises(SpoolError, match="cannot be read"):
        spool.read(path)
    assert spool.set_aside(path).is_file()
    assert spool.waiting() == ()


def test_one_at_a_time_takes_out(spool: Spool) -> None:
    with spool.taking() as mine:
        assert not mine  # there is nothing yet
    spool.add(POSTS)
    with spool.taking() as mine, Spool(spool.folder).taking() as other:
        assert (mine, other) == (True, False)
    with Spool(spool.folder).taking() as mine:
        assert mine


def test_what_was_begun_long_ago_is_removed(spool: Spool) -> None:
    spool.add(POSTS)
    old, new = spool.folder / ".0001-old", spool.folder / ".0002-new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    spool.tidy()
    assert (old.exists(), new.exists(), len(spool.waiting())) == (False, True, 1)
