"""An issue that leaves by each reader's clock, wave by wave, with a real store and a real outbox."""

from datetime import UTC, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from cadence_workspace import Clock, at, mails, new_workspace, opened, states

from newsletter.app.dispatching import provider_of, send_issue
from newsletter.app.operating import tick
from newsletter.app.reviewing.approving import approve
from newsletter.app.sending.pump import status
from newsletter.app.workspace import open_workspace
from newsletter.cli.failures import run_guarded
from newsletter.settings.reading import SettingsError
from newsletter.store.tables import subscriber

# What a wave is made of is covered by tests/app and tests/delivery; nights of them, watched, take twice as long.
pytestmark = pytest.mark.no_cover

WEEK = "weekly-2026-12-04"
READERS = """email,timezone
yuki@example.org,Asia/Tokyo
asha@example.org,Asia/Kathmandu
jonas@example.org,Europe/Berlin
ada@example.org,America/Los_Angeles
grace@example.org,
kai@example.org,Pacific/Honolulu
"""
RULES = {"send_at": "reader", "review": "automatic"}
#: When each of them reads 09:00 on Friday 4 December, by the community's clock.
WAVES = [
    ("2026-12-03T16:00:00-08:00", ["Asia/Tokyo"], 1),
    ("2026-12-03T19:15:00-08:00", ["Asia/Kathmandu"], 1),
    ("2026-12-04T00:00:00-08:00", ["Europe/Berlin"], 1),
    ("2026-12-04T09:00:00-08:00", ["America/Los_Angeles"], 2),
    ("2026-12-04T11:00:00-08:00", ["Pacific/Honolulu"], 1),
]


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-30T12:00")


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_workspace(tmp_path_factory.mktemp("waves") / "lab", Clock("2026-11-30T12:00"), READERS)


@pytest.fixture
def root(tmp_path: Path, monday: Path) -> Path:
    return copytree(monday, tmp_path / "lab")


def waves(ws) -> list[tuple[str, list[str], int]]:
    return [(one["at"], one["zones"], one["planned"]) for one in status(ws, WEEK)["waves"]]


def tick_until(ws, clock: Clock, start: str, end: str, minutes: int = 15) -> list[tuple[str, int]]:
    """When mails left, and how many there were by then."""
    moment, last, found = at(start).astimezone(UTC), at(end).astimezone(UTC), []
    while moment <= last:
        before = len(mails(ws))
        tick(ws, clock.set(moment))
        if len(mails(ws)) > before:
            found.append((f"{moment.astimezone(at(start).tzinfo):%d %H:%M}", len(mails(ws))))
        moment += timedelta(minutes=minutes)
    return found


def test_every_wave_leaves_at_its_own_time_and_each_mail_once(root, clock):
    ws = opened(root, clock, **RULES)
    left = tick_until(ws, clock, "2026-12-01T09:00", "2026-12-05T09:00")
    assert left == [("03 16:00", 1), ("03 19:15", 2), ("04 00:00", 3), ("04 09:00", 5), ("04 11:00", 6)]
    assert states(ws)[WEEK] == "sent"
    assert waves(ws) == WAVES


def test_the_community_s_own_hour_is_everybody_s_where_nothing_else_is_said(root, clock):
    ws = opened(root, clock, review="automatic")
    assert tick_until(ws, clock, "2026-12-01T09:00", "2026-12-05T09:00", minutes=60) == [("04 09:00", 6)]
    assert "waves" not in status(ws, WEEK)


def test_nobody_is_kept_waiting_beyond_the_limit(root, clock):
    ws = opened(root, clock, send_by="90 minutes", **RULES)
    left = tick_until(ws, clock, "2026-12-04T08:30", "2026-12-05T09:00", minutes=30)
    assert left == [("04 09:00", 5), ("04 10:30", 6)]


def test_the_waves_to_come_are_told(root, clock):
    ws = opened(root, clock, **RULES)
    tick_until(ws, clock, "2026-12-01T09:00", "2026-12-01T09:00")
    tick(ws, clock.move("2026-12-03T20:00"))
    (step,) = tick(ws, clock.move("2026-12-03T20:15")).steps
    assert (step.action, step.why) == ("wait", "more of it leaves at 2026-12-04 00:00 PST")
    assert [one["left"] for one in status(ws, WEEK)["waves"]] == [0, 1, 2, 1]
    assert status(ws, WEEK)["waves"][0]["zones"] == []
    assert status(ws, WEEK)["planned"] == 6


def test_the_status_shows_the_waves(root, clock, capsys):
    ws = opened(root, clock, **RULES)
    config = root / "config.toml"
    config.write_text(config.read_text().replace('cadence = "weekly', 'send_at = "reader"\ncadence = "weekly', 1))
    tick(ws, clock.move("2026-12-01T09:00"))
    tick(ws, clock.move("2026-12-03T16:00"))
    assert run_guarded(["--workspace", str(root), "status", WEEK]) == 0
    shown = capsys.readouterr().out
    assert "  2026-12-03 16:00  1 mail, left: Asia/Tokyo\n" in shown
    assert "  2026-12-04 09:00  2 mails, 2 to leave: America/Los_Angeles\n" in shown
    assert "  2026-12-03 16:00  sending  by schedule\n" in shown


def test_the_first_readers_wait_for_an_approval_that_comes_late_and_the_others_do_not(root, clock):
    ws = opened(root, clock, send_at="reader")
    tick(ws, clock.move("2026-12-01T09:00"))
    assert tick(ws, clock.move("2026-12-03T15:45")).steps == ()
    assert tick(ws, clock.move("2026-12-03T16:00")).keys("wait") == (WEEK,)
    approve(ws, WEEK, "priya", clock.move("2026-12-03T23:00"))
    left = tick_until(ws, clock, "2026-12-03T23:00", "2026-12-05T09:00")
    assert left == [("03 23:00", 2), ("04 00:00", 3), ("04 09:00", 5), ("04 11:00", 6)]


def test_a_reader_who_moves_after_the_audience_was_frozen_keeps_the_planned_time(root, clock):
    ws = opened(root, clock, **RULES)
    tick(ws, clock.move("2026-12-01T09:00"))
    tick(ws, clock.move("2026-12-03T16:00"))
    with ws.store.begin() as connection:
        moved = subscriber.update().where(subscriber.c.timezone == "Pacific/Honolulu")
        connection.execute(moved.values(timezone="Asia/Tokyo"))
    assert tick_until(ws, clock, "2026-12-04T09:30", "2026-12-04T12:00")[-1] == ("04 11:00", 6)


def test_a_hand_that_sends_early_leaves_the_waves_their_times(root, clock):
    ws = opened(root, clock, **RULES)
    tick(ws, clock.move("2026-12-01T09:00"))
    with provider_of(ws) as provider:
        send_issue(ws, provider, WEEK, clock.move("2026-12-03T18:00"))
    assert len(mails(ws)) == 1
    assert status(ws, WEEK)["states"]["pending"] == 5


@pytest.mark.parametrize(("night", "berlin"), [("2026-11-01", "01:00"), ("2027-03-14", "00:00")])
def test_on_a_night_that_changes_clocks_everybody_gets_one_at_their_own_hour(root, clock, night, berlin):
    """Seattle changes that Sunday, at 2 in the morning; Berlin changed a week before, or does two weeks after."""
    ws = opened(root, clock, cadence="weekly on Sunday at 09:00", draft="2 days before", **RULES)
    slot = at(f"{night}T09:00").astimezone(UTC)
    clock.set(slot - timedelta(days=2))
    tick(ws, clock.now)
    for hour in range(-24, 24):
        tick(ws, clock.set(slot + timedelta(hours=hour)))
    assert len(mails(ws)) == 6
    found = {zone: one["at"] for one in status(ws, f"weekly-{night}")["waves"] for zone in one["zones"]}
    assert found["Europe/Berlin"][11:16] == berlin
    assert found["America/Los_Angeles"][11:16] == "09:00"


@pytest.mark.parametrize("line", ['send_by = "soon"', 'send_at = "reader"\ndraft = "20 hours before"'])
def test_settings_that_cannot_hold_are_named(root, line):
    config = (root / "config.toml").read_text()
    weekly, rest = config.split("[digests.monthly]")
    changed = weekly.replace('draft = "3 days before"', "") if "draft" in line else weekly
    (root / "config.toml").write_text(f"{changed}{line}\n\n[digests.monthly]{rest}")
    with pytest.raises(SettingsError) as found:
        open_workspace(root, environ={})
    (problem,) = found.value.problems
    assert f"digests.weekly.{line.splitlines()[-1].split()[0]}" in problem.text
