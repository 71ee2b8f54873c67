"""Guards that look at what became of mails, at the disk, at the store's age, and at deliveries that break workers."""

import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_guards import LATER, Road, alerts, guarded, held, history, planned, send, states
from support_workspace import KEY, NOW, Clock, render, with_issue

from newsletter.app.sending import guarding, rates
from newsletter.app.sending.addressing import Addressing
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.fence import FILE, look
from newsletter.app.sending.pump import SendRefused, apply_notices, plan_issue, recover, resume, status
from newsletter.app.sending.resuming import take_up_restored
from newsletter.app.subscribing import remove
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Notice
from newsletter.model.ledger import Due
from newsletter.model.mail import Row
from newsletter.store import issues
from newsletter.store.tables import delivery

MB = 1_000_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tell(ws: Workspace, kind: str, count: int, key: str = KEY) -> None:
    """The provider reports this of so many deliveries that it had accepted."""
    with ws.store.read() as connection:
        found = sa.select(delivery.c.id).where(delivery.c.state == "accepted").order_by(delivery.c.id).limit(count)
        ids = connection.execute(found).scalars().all()
    apply_notices(ws, [Notice(one, kind, ws.clock(), permanent=False) for one in ids])


def test_check_56_complaints_are_told_at_a_tenth_and_stop_an_issue_at_three_tenths_of_a_percent(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws, 1_200)
    send(ws, road := Road(), batch=1_000, max_batches=1)
    tell(ws, "complained", 2)
    send(ws, road, batch=100, max_batches=1)
    assert (len(alerts(ws)), status(ws, KEY)["state"]) == (1, "sending")
    assert "2 of 1000 mails (0.2 %) were complained of; guards.complaints_alert is 0.1 %" in alerts(ws)[0]

    tell(ws, "complained", 2)
    send(ws, road, batch=100)
    assert (len(road.took), status(ws, KEY)["state"], held(ws)) == (1_100, "paused", ["complaints"])
    assert "4 of 1100 mails (0.36 %) were complained of; guards.complaints_pause is 0.3 %" in history(ws)
    assert "newsletter resume weekly-2026-12-04" in alerts(ws)[1]

    resume(ws, KEY, clock.now)
    assert send(ws, road, batch=100).finished
    assert len(road.took) == 1_200


def test_check_56_bounces_stop_an_issue_at_five_percent_once_there_are_enough_to_tell(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws, 300)
    send(ws, road := Road(), batch=10, max_batches=1)
    tell(ws, "bounced", 1)
    send(ws, road, batch=90, max_batches=1)
    assert status(ws, KEY)["state"] == "sending", "1 of 10 stops nobody"

    tell(ws, "bounced", 4)
    send(ws, road, batch=10)
    assert (len(road.took), held(ws)) == (100, ["bounces"])
    assert "5 of 100 mails (5 %) bounced or were refused" in history(ws)


def test_a_road_that_refuses_everybody_stops_by_itself(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws, 250)
    send(ws, road := Road(lambda _: "rejected"), batch=50)
    assert (road.asked, held(ws)) == ([50, 50], ["bounces"])


@pytest.mark.parametrize("guards", [{"bounces_pause": 90.0}, {"bounces_pause": 0.0}, {"rates_from": 400}])
def test_rates_are_those_that_the_workspace_bears(tmp_path: Path, clock: Clock, guards: dict[str, float]) -> None:
    ws = guarded(tmp_path, clock, **guards)
    planned(ws, 300)
    send(ws, road := Road(), batch=200, max_batches=1)
    tell(ws, "bounced", 50)
    assert send(ws, road, batch=200).finished


def test_complaints_have_limits_of_their_own(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, complaints_alert=2.0, complaints_pause=50.0)
    planned(ws, 300)
    send(ws, road := Road(), batch=200, max_batches=1)
    tell(ws, "complained", 3)
    send(ws, road, batch=50, max_batches=1)
    assert alerts(ws) == []
    tell(ws, "complained", 4)
    assert send(ws, road, batch=200).finished
    assert len(alerts(ws)) == 1


def test_an_issue_waits_where_the_last_one_was_complained_of_too_much(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws, 200)
    send(ws, road := Road(), batch=200)
    tell(ws, "complained", 4)
    rates.watch(ws, clock.now)
    rates.watch(ws, clock.now)
    assert [text for text in alerts(ws) if "4 of 200 mails (2 %)" in text] == alerts(ws)[:1]

    with_issue(ws, LATER)
    plan_issue(ws, LATER, render, NOW)
    send(ws, road, LATER)
    assert (len(road.took), held(ws, LATER)) == (200, ["complaints"])
    assert "of the last issue, weekly-2026-12-04, 4 of 200" in history(ws, LATER)
    resume(ws, LATER, clock.now)
    assert send(ws, road, LATER, batch=200).finished


def test_a_batch_is_taken_up_only_with_room_on_the_disk_and_goes_on_by_itself(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [63 * MB]
    monkeypatch.setattr(guarding, "free_space", lambda _: room[0])
    ws = guarded(tmp_path, clock)
    planned(ws)
    send(ws, road := Road())
    assert (road.asked, held(ws)) == ([], ["reserve"])
    assert "has 63 MB free, and 64 MB are kept in reserve" in alerts(ws)[0]

    room[0] = 65 * MB
    assert send(ws, road).finished
    assert (len(road.took), held(ws), alerts(ws)[-1]) == (5, [], "reserve: it goes on again")


def test_the_reserve_is_as_large_as_the_workspace_says(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "free_space", lambda _: 63 * MB)
    ws = guarded(tmp_path, clock, reserve_mb=10)
    planned(ws)
    assert send(ws, Road()).finished


@contextmanager
def full(ws: Workspace) -> Iterator[None]:
    """Meanwhile the store's file may not grow by a page: SQLite itself says SQLITE_FULL."""

    def cap(raw: sqlite3.Connection, _: object) -> None:
        raw.execute("PRAGMA max_page_count = 1")  # as many as there are

    ws.store.engine.dispose()
    sa.event.listen(ws.store.engine, "connect", cap)
    try:
        yield
    finally:
        sa.event.remove(ws.store.engine, "connect", cap)
        ws.store.engine.dispose()


@pytest.mark.sqlite_only  # copies and caps the file
def test_check_17_a_disk_that_is_full_before_a_claim_sends_nothing_and_after_a_mark_leaves_it_unknown(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws, 400)
    road = Road()
    with full(ws), pytest.raises(sa.exc.OperationalError, match="full"):
        send(ws, road, batch=200)
    assert (road.asked, states(ws)) == ([], {"pending": 400})

    filled = full(ws)

    def fills(_: object) -> str:
        filled.__enter__()
        return "accepted"

    with pytest.raises(sa.exc.OperationalError, match="full"):
        send(ws, Road(fills), batch=200)
    filled.__exit__(None, None, None)
    assert states(ws) == {"pending": 200, "submitting": 200}

    clock.sleep(3600)
    assert recover(ws, clock.now).unknown == 200
    assert send(ws, road, batch=200).finished
    assert (states(ws), len(road.took)) == ({"accepted": 200, "unknown": 200}, 200)
    assert audit_mailing(ws, KEY).violations == ()


TMPFS = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from support_guards import Road, alerts, guarded, held, planned, send, states
from support_workspace import Clock

root, clock = Path({root!r}), Clock()
ws = guarded(root, clock, reserve_mb=4)
planned(ws, 400)
ballast = root / "ballast"
ballast.write_bytes(b"0" * 5_000_000)
held_back = send(ws, road := Road())
print(held(ws), road.asked, "MB free" in alerts(ws)[0])
ballast.unlink()
print(send(ws, road, batch=100).finished, states(ws))
"""


@pytest.mark.slow
def test_check_17_on_a_disk_of_eight_megabytes(tmp_path: Path) -> None:
    """A real one where this machine lets us mount it, in a namespace of its own; elsewhere nothing is seen."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = TMPFS.format(tests=str(Path(__file__).parents[1]), root=str(disk))
    mounted = f"mount -t tmpfs -o size=8m tmpfs {disk} && exec {sys.executable} -c {shlex.quote(script)}"
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        return
    done = subprocess.run(["unshare", "-rm", "sh", "-c", mounted], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["['reserve'] [] True", "True {'accepted': 400}"], done.stderr


def keep_copy(ws: Workspace) -> Path:
    """A backup of the store as it is now."""
    file, copy = ws.root / "subscribers/newsletter.db", ws.root / "copy.db"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def put_back(ws: Workspace, copy: Path, clock: Clock) -> Workspace:
    """The copy in the place of the store, opened anew."""
    ws.store.close()
    for file in (ws.root / "subscribers").glob("newsletter.db*"):
        file.unlink()
    shutil.copy(copy, ws.root / "subscribers/newsletter.db")
    return guarded(ws.root, clock)


@pytest.mark.sqlite_only  # copies and caps the file
def test_check_22_an_old_copy_of_the_store_sends_nothing_until_a_person_says_so(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws)
    with_issue(ws, LATER)
    send(ws, Road(), max_batches=1)
    copy = keep_copy(ws)
    send(ws, Road())

    old = put_back(ws, copy, clock)
    assert states(old) == {"pending": 3, "accepted": 2}
    send(old, road := Road())
    assert (road.asked, held(old)) == ([], ["restored"])
    with pytest.raises(SendRefused, match="older copy: it does not know of 2 batches that were sent"):
        plan_issue(old, LATER, render, NOW)
    assert "newsletter resume --restored" in alerts(old)[0]

    assert take_up_restored(old, clock.now, "ada") == (KEY,)
    send(old, road)
    assert (road.asked, held(old), status(old, KEY)["state"]) == ([], [], "paused")
    with pytest.raises(SendRefused, match="may have been sent"):
        plan_issue(old, LATER, render, NOW, by=issues.SCHEDULE)
    assert plan_issue(old, LATER, render, NOW).planned == 5, "a person who sends it knows"
    resume(old, KEY, clock.now)
    assert send(old, road).finished
    with pytest.raises(SendRefused, match="no older copy"):
        take_up_restored(old, clock.now)


@pytest.mark.sqlite_only  # copies and caps the file
def test_check_22_a_copy_that_does_not_know_who_left_since_is_an_old_one(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws)
    copy = keep_copy(ws)
    remove(ws, "reader00000@example.org")
    assert not look(ws, NOW)

    old = put_back(ws, copy, clock)
    send(old, road := Road())
    assert (road.asked, "1 joinings and leavings" in alerts(old)[0]) == ([], True)
    assert look(old, NOW)


def test_a_mark_that_is_lost_or_damaged_holds_nothing_and_is_written_again(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws)
    send(ws, road := Road(), max_batches=1)
    (ws.root / FILE).write_text("{")
    assert send(ws, road).finished
    assert (ws.root / FILE).read_text().startswith('{"sent":')


def poisoned(monkeypatch: pytest.MonkeyPatch, address: str) -> list[int]:
    """Making this reader's mail fails; how often it was tried."""
    tried: list[int] = []
    usual = Addressing.row

    def row(self: Addressing, due: Due) -> Row:
        if due.address == address:
            tried.append(1)
            raise KeyError("no such slot")
        return usual(self, due)

    monkeypatch.setattr(Addressing, "row", row)
    return tried


def test_check_57_a_delivery_that_cannot_be_made_is_given_up_after_three_tries_and_the_rest_is_sent(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = guarded(tmp_path, clock)
    audience = planned(ws, 6)
    tried = poisoned(monkeypatch, "reader00002@example.org")

    summary = send(ws, road := Road(), batch=4, sleep=clock.sleep, patience=timedelta(minutes=5))

    assert summary.finished
    assert sorted(road.took) == sorted(set(audience) - {"reader00002@example.org"})
    assert len(tried) == 1 + 3, "once in company, three times alone"
    assert states(ws) == {"accepted": 5, "skipped": 1}
    assert "given up: its worker broke off 3 times over it alone; the others are sent" in alerts(ws)[0]
    assert audit_mailing(ws, KEY).violations == ()


def test_check_57_a_delivery_that_kills_its_worker_is_given_up_too(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock)
    audience = planned(ws, 4)
    with ws.store.read() as connection:
        poison = connection.execute(sa.select(delivery.c.id).order_by(delivery.c.id)).scalars().first()
    road = Road()
    for _ in range(20):
        killed(ws, poison, road, clock)

    assert send(ws, road).finished
    assert (len(set(road.took)), states(ws)) == (len(audience) - 1, {"accepted": 3, "skipped": 1})


def killed(ws: Workspace, poison: str | None, road: Road, clock: Clock) -> None:
    """One worker's life: it sends until it takes up the poison, and then is no more; its lease runs out."""
    line = guarding_line(ws, road)
    recover(ws, clock.now)
    while (held_ := line.claim()[0]) is not None:
        if poison in {due.delivery_id for due in held_.rows}:
            break
        line.mark(held_)
        line.settle(held_, line.hand_over(held_, line.fill(held_)))
    clock.sleep(180)


def guarding_line(ws: Workspace, road: Road) -> object:
    from newsletter.app.sending.line import Line
    from newsletter.app.sending.pump import find_job, this_worker

    return Line(ws, road, find_job(ws, KEY), ws.clock, 2, this_worker(), lambda: 0.0)
