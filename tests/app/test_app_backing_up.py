"""Backups: made while mails leave, whole, and put back so that nothing is sent twice."""

import sqlite3
import stat
import tarfile
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr
from support_workspace import KEY, Clock, open_at, render, settings_at, with_issue, with_readers

from newsletter.app.backing_up.archive import BackupError
from newsletter.app.backing_up.backup import back_up
from newsletter.app.backing_up.migrating import migrate_with_backup
from newsletter.app.backing_up.restore import restore
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.fence import old_copy, take_up
from newsletter.app.sending.pump import plan_issue, pump, this_worker
from newsletter.app.subscribing import add, listing, remove
from newsletter.app.workspace import SECRET_FILE, Workspace
from newsletter.model.delivery import Batch, Receipt, receipts_for_all
from newsletter.model.workspace import Secrets
from newsletter.store import migrate
from newsletter.store.engine import StoreError

STORE = "subscribers/newsletter.db"


class Road:
    """Takes everything, and keeps who got it."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.busy = threading.Event()

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.addresses += [row.address for row in batch.rows]
        self.busy.set()
        return receipts_for_all(batch, "accepted", "taken")

    def close(self) -> None: ...


def send(ws: Workspace, road: Road) -> None:
    pump(ws, road, KEY, ws.clock, batch=5, worker_id=this_worker())


def at(root: Path, *, signing: str | None = None) -> Workspace:
    """A workspace whose key lies in its file, or comes from the environment."""
    secrets = Secrets(signing=SecretStr(signing)) if signing else Secrets()
    return Workspace(settings_at(root).model_copy(update={"secrets": secrets}), Clock())


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Three readers, and the weekly issue planned for them."""
    made = at(tmp_path / "lab")
    with_readers(made, 3)
    with_issue(made)
    plan_issue(made, KEY, render, made.clock())
    assert made.secret
    return made


@pytest.fixture
def backup(ws: Workspace, tmp_path: Path) -> Path:
    file = tmp_path / "lab.backup"
    back_up(ws, file)
    return file


def test_a_backup_is_one_file_of_its_owners_with_all_that_is_needed(ws: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "lab.backup"
    made = back_up(ws, file)
    assert (made.community, made.schema, made.holds_key) == ("data-lab", migrate.HEAD, True)
    assert made.counts == {"subscriber": 3, "delivery": 3, "consent": 3}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as tar:
        assert tar.getnames() == ["manifest.json", "secret.key", "newsletter.db"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab", "lab.backup"]


def test_a_backup_overwrites_nothing(ws: Workspace, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(BackupError, match="is there already"):
        back_up(ws, backup)
    assert backup.read_bytes() == before


def test_check_22_it_comes_back_on_another_machine_with_its_key_and_sends_nothing_until_told(
    ws: Workspace, backup: Path, tmp_path: Path
) -> None:
    road = Road()
    other = at(tmp_path / "other")
    done = restore(other, backup)
    assert done.replaced is None
    assert [one.address for one, _ in listing(other)] == [one.address for one, _ in listing(ws)]
    assert other.secret == ws.secret
    assert stat.S_IMODE((other.root / SECRET_FILE).stat().st_mode) == 0o600
    send(other, road)
    assert road.addresses == []

    with other.store.read() as connection:
        assert old_copy(connection, other) is not None
    assert take_up(other, other.clock()) == (KEY,)
    with other.store.read() as connection:
        assert old_copy(connection, other) is None


def test_check_22_what_was_sent_after_the_backup_is_not_sent_again(ws: Workspace, backup: Path) -> None:
    road = Road()
    send(ws, road)
    assert len(road.addresses) == 3
    ws.store.close()

    again = at(ws.root)
    assert restore(again, backup, replace=True).replaced is not None
    send(again, road)
    assert len(road.addresses) == 3


@pytest.mark.sqlite_only  # looks into the file
def test_a_store_that_is_there_is_moved_aside_and_never_lost(ws: Workspace, backup: Path) -> None:
    add(ws, "late@mail.example.org", "community")
    ws.store.close()
    again = at(ws.root)
    with pytest.raises(BackupError, match="--replace moves it aside"):
        restore(again, backup)
    done = restore(again, backup, replace=True)
    assert len(listing(again)) == 3
    assert done.replaced is not None
    with sqlite3.connect(done.replaced) as old:
        assert old.execute("SELECT count(*) FROM subscriber").fetchone() == (4,)


def test_a_store_in_use_is_left_where_it_is(ws: Workspace, backup: Path) -> None:
    with ws.store.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM subscriber").scalar()
        with pytest.raises(StoreError, match="in use"):
            restore(at(ws.root), backup, replace=True)
    assert (ws.root / STORE).exists()


@pytest.mark.sqlite_only  # looks into the file
def test_another_key_is_refused_since_it_would_forget_who_left(ws: Workspace, backup: Path, tmp_path: Path) -> None:
    for other in (at(tmp_path / "a", signing="another key"), at(tmp_path / "b")):
        if not other.settings.secrets.signing:
            assert other.secret
        with pytest.raises(BackupError, match="made with another key"):
            restore(other, backup)
        assert not (other.root / STORE).exists()


def test_a_key_of_the_environment_is_not_written_down_but_asked_for(tmp_path: Path) -> None:
    ws = at(tmp_path / "lab", signing="a key of ours")
    add(ws, "ada@mail.example.org", "community")
    made = back_up(ws, tmp_path / "lab.backup")
    assert not made.holds_key
    assert b"a key of ours" not in (tmp_path / "lab.backup").read_bytes()
    with pytest.raises(BackupError, match="NEWSLETTER_SECRET"):
        restore(at(tmp_path / "without"), tmp_path / "lab.backup")
    assert len(listing_after(at(tmp_path / "with", signing="a key of ours"), tmp_path / "lab.backup")) == 1


def listing_after(ws: Workspace, file: Path) -> Sequence[object]:
    restore(ws, file)
    return listing(ws)


@pytest.mark.sqlite_only  # looks for the file
@pytest.mark.parametrize("harm", ["cut", "flip", "text", "empty", "other"])
def test_what_is_no_sound_backup_changes_nothing(ws: Workspace, backup: Path, tmp_path: Path, harm: str) -> None:
    data = bytearray(backup.read_bytes())
    if harm == "flip":
        data[len(data) * 2 // 3] ^= 0xFF
    harmed = {"cut": data[: len(data) // 2], "text": b"no backup", "empty": b"", "flip": data, "other": data}[harm]
    (tmp_path / "harmed").write_bytes(harmed)
    other = at(tmp_path / "other")
    if harm == "other":
        named = other.settings.community.model_copy(update={"id": "another-lab"})
        other = Workspace(other.settings.model_copy(update={"community": named}), other.clock)
    with pytest.raises((BackupError, StoreError), match=r"harmed|damaged|sound|another-lab"):
        restore(other, tmp_path / "harmed")
    assert not (other.root / STORE).exists()
    assert list((other.root / "subscribers").iterdir()) == []


@pytest.mark.sqlite_only  # looks into the file
def test_a_backup_of_a_newer_program_is_refused(ws: Workspace, tmp_path: Path) -> None:
    with ws.store.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    back_up(ws, tmp_path / "new.backup")
    with pytest.raises(BackupError, match="9999"):
        restore(at(tmp_path / "other"), tmp_path / "new.backup")


@pytest.mark.sqlite_only  # looks into the file
def test_an_old_schema_is_brought_up_with_a_backup_before(ws: Workspace) -> None:
    assert migrate_with_backup(ws).backup is None
    with ws.store.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0011'")
    ws.store.close()
    made = None
    with pytest.raises(
        StoreError
    ):  # the tables of later schemas are there already: the file is odd, its backup sound
        made = migrate_with_backup(at(ws.root))
    assert made is None
    [saved] = (ws.root / "subscribers").glob("before-*.backup")
    with tarfile.open(saved) as tar:
        assert "newsletter.db" in tar.getnames()


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_backups_taken_while_mails_leave_are_each_a_consistent_ledger(tmp_path: Path, times: int) -> None:
    ws = open_at(tmp_path / "lab")
    with_readers(ws, 30 * times)
    with_issue(ws)
    plan_issue(ws, KEY, render, ws.clock())
    road, over = Road(), threading.Event()

    def go_on() -> None:
        while not over.is_set():
            send(ws, road)
            for one, _ in listing(ws)[:3]:
                remove(ws, one.address, "community")

    sender = threading.Thread(target=go_on)
    sender.start()
    try:
        assert road.busy.wait(30)
        files = [tmp_path / f"{number}.backup" for number in range(times)]
        for file in files:
            back_up(ws, file)
    finally:
        over.set()
        sender.join(60)
    sent = []
    for number, file in enumerate(files):
        other = open_at(tmp_path / f"back{number}")
        restore(other, file)
        found = audit_mailing(other, KEY)
        assert found.violations == ()
        sent.append(found.states.get("accepted", 0))
        other.store.close()
    assert sent == sorted(sent)
    assert sent[0] < 30 * times, "the first was taken while mails were leaving"
