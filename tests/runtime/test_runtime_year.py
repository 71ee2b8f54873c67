"""Years of a running program, simulated: each slot exactly once or accounted for, and each trouble told once.

Checks 19 (the clock an hour off, and set back), 20 (nights that change the clocks), 21 (two schedulers, a restart at
the very moment, down for 5 minutes and for 3 days) of the reliability list, with kills in the middle of a wake-up, a
provider that is down for hours, and a source that fails for days. The seed is in the name of a test that fails.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from year_oracle import Fate, Slot, fates, slots_between, unread
from year_stories import REST, Plan, Story, killed_while_sending, plan_of, restarted, road_closed, two_of_them
from year_world import READERS, World, new_world

from newsletter.app.sending.auditing import audit_mailing
from newsletter.store.tables import issue_event

GRACE = timedelta(minutes=15)


def simulated(
    root: Path, seed: int, start: datetime, end: datetime, stories: Mapping[str, Story] | None = None
) -> None:
    """Live through the time, and hold what came of it against the oracle."""
    with new_world(root, seed, start) as world:
        plan = plan_of(world, start, end, stories)
        plan.run(world)
        slots = slots_between(start, end + REST)
        found = {slot.key: fates(slot, world.wakes, world.approved.get(slot.key)) for slot in slots}
        history = Ledger(world)
        every_slot_is_accounted_for(slots, found, history)
        every_mail_came_once(world, history)
        every_trouble_was_told_once(world, plan, found, history)


class Ledger:
    """What the store says at the end."""

    def __init__(self, world: World) -> None:
        with world.processes[0].ws.store.read() as connection:
            ask = connection.exec_driver_sql
            self.states = dict(ask("SELECT key, state FROM issue").all())
            here = issue_event.c
            events = connection.execute(sa.select(here.key, here.state, here.detail, here.at).order_by(here.id)).all()
            self.why = {(key, state): detail for key, state, detail, _ in events if detail}
            self.left = {key: at for key, state, _, at in reversed(events) if state == "sending"}
            self.deliveries = Counter(
                ask("SELECT m.key, d.state FROM delivery d JOIN mailing m ON m.id = d.mailing_id").all()
            )
            self.episodes = ask(
                "SELECT id, kind, subject, final, ended_at, ending FROM alert_episode ORDER BY id"
            ).all()
            self.told = ask("SELECT episode_id, turn, channel, state FROM alert_telling ORDER BY id").all()


def every_slot_is_accounted_for(slots: list[Slot], found: dict[str, set[Fate]], ledger: Ledger) -> None:
    for slot in slots:
        ends = {one.end for one in found[slot.key]}
        assert ledger.states.get(slot.key) in ends, (slot.key, found[slot.key])
        if ledger.states[slot.key] == "skipped":
            assert "missed by " in ledger.why[slot.key, "skipped"], slot.key
        elif len(found[slot.key]) == 1 and ends == {"sent"}:
            (fate,) = found[slot.key]
            assert ledger.left[slot.key] == slot.send_at + fate.late, slot.key
        if ends == {"sent"} and all(one.late > GRACE for one in found[slot.key]):
            assert ledger.why[slot.key, "sending"].endswith(" late"), slot.key
    known = {slot.key for slot in slots}
    others = {key: state for key, state in ledger.states.items() if key not in known}
    assert set(others.values()) <= {"due", "drafted"}, others


def every_mail_came_once(world: World, ledger: Ledger) -> None:
    sent = {key for key, state in ledger.states.items() if state == "sent"}
    for key in sent:
        mails = [one.read_text() for one in sorted((world.root / "outbox" / key).glob("*.eml"))]
        got = Counter(line for one in mails for line in one.splitlines() if line.startswith("To: "))
        assert got == {f"To: {reader}": 1 for reader in READERS}, key
        assert ledger.deliveries[key, "accepted"] == len(READERS), key
        assert audit_mailing(world.processes[0].ws, key).violations == (), key
    assert {key for key, _ in ledger.deliveries} == sent


def every_trouble_was_told_once(world: World, plan: Plan, found: dict[str, set[Fate]], ledger: Ledger) -> None:
    began = Counter((kind, subject) for _, kind, subject, *_ in ledger.episodes)
    expected: dict[tuple[str, str], set[int]] = {
        ("issue-late", key): {int(one.seen_late or one.end == "skipped") for one in ends}
        for key, ends in found.items()
    }
    expected |= {("unknown", key): {1} for key in world.settled}
    expected["held", "breaker"] = {plan.roads}
    fails = [unread(world.wakes, *one) for one in plan.failing]
    expected["source", "calendar"] = set(range(sum(map(min, fails)), sum(map(max, fails)) + 1))
    wrong = {
        name: (count, expected.get(name))
        for name, count in {**dict.fromkeys(expected, 0), **began}.items()
        if count not in expected.get(name, {0})
    }
    assert wrong == {}, world.killed_at
    assert [one for one in ledger.episodes if one[4] is None] == [], "everything is over"
    for number, kind, subject, final, _, _ in ledger.episodes:
        turns = Counter((turn, channel) for episode, turn, channel, _ in ledger.told if episode == number)
        wanted = [(turn, channel) for turn in ("began", "over")[: 1 if final else 2] for channel in CHANNELS]
        assert turns == Counter(wanted), (kind, subject)
        for turn in ("began", "over")[: 1 if final else 2]:
            assert world.outside.posted[f"year-{number}-{turn}"] >= 1
    killed = sum(label.split(":")[0].endswith((" telling", " told")) for label in world.killed_at)
    assert sum(world.outside.posted.values()) - len(world.outside.posted) <= killed
    assert len([one for one in ledger.told if one[3] != "told"]) <= killed


CHANNELS = ("log", "webhook", "mail")


@pytest.mark.no_cover
def test_check_20_the_weeks_in_which_the_clocks_go_back(tmp_path: Path) -> None:
    """The month's issue is due in an hour that comes twice; the weeks' are killed, without a road, and doubled."""
    stories = {
        "weekly-2026-10-18": killed_while_sending,
        "weekly-2026-10-25": road_closed,
        "weekly-2026-11-01": two_of_them,
    }
    start = datetime(2026, 10, 16, 12, tzinfo=UTC)
    simulated(tmp_path, 1, start, start + timedelta(days=18), stories)


@pytest.mark.no_cover
def test_check_21_started_anew_at_a_moment_that_the_night_has_not(tmp_path: Path) -> None:
    """The very moment falls into the gap, and the program is started anew at it."""
    start = datetime(2027, 3, 12, 12, tzinfo=UTC)
    simulated(tmp_path, 2, start, start + timedelta(days=3), {"weekly-2027-03-14": restarted})


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24))
def test_check_19_20_21_a_year(tmp_path: Path, seed: int) -> None:
    simulated(tmp_path, seed, datetime(2026, 9, 1, 12, tzinfo=UTC), datetime(2027, 9, 1, 12, tzinfo=UTC))
