"""What counts as wrong, as a table: facts in, and out what an operator reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.health.troubles import troubles
from newsletter.model.alert_settings import AlertSettings
from newsletter.model.alerting import (
    AlertFacts,
    DiskFact,
    EventsFact,
    HoldFact,
    IssueFact,
    QueueFact,
    RateFact,
    SourceReading,
    UnknownFact,
)
from newsletter.model.joining import Alert

NOW = datetime(2026, 12, 4, 18, tzinfo=UTC)
KEY = "weekly-2026-12-04"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = SourceReading("pages", NOW, NOW, NOW, NOW, 12)


USUAL = AlertSettings()


def judged(settings: AlertSettings = USUAL, **facts: object) -> list[tuple[str, str, str]]:
    """Kind, subject and sentence of every trouble."""
    return [(one.kind, one.subject, one.text) for one in troubles(AlertFacts(NOW, **facts), settings)]


def late(state: str, minutes: int = 60, **more: object) -> dict[str, object]:
    return {"issues": (IssueFact(KEY, state, NOW - timedelta(minutes=minutes), **more),)}


def test_nothing_is_wrong_where_nothing_is() -> None:
    disk = DiskFact(10**12, "/srv")
    assert judged(sources=(WELL,), disk=disk, events=EventsFact(9, 1, NOW), digests=frozenset({"weekly"})) == []


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("due", "it has not been drafted"),
        ("drafted", "nobody has approved it"),
        ("approved", "it is approved and does not leave"),
        ("paused", "it is paused; 0 of 0 mails have left"),
    ],
)
def test_an_issue_whose_time_went_by_is_told_with_its_reason(state: str, why: str) -> None:
    text = f"{KEY} was due Fri 4 Dec 17:00 UTC and has not been sent: {why}"
    assert judged(**late(state)) == [("issue-late", KEY, text)]


def test_the_wake_up_s_own_reason_goes_before_all_others() -> None:
    [(_, _, text)] = judged(waits={KEY: "the checks found 2 errors"}, **late("approved", why="the sources moved"))
    assert text.endswith("has not been sent: the checks found 2 errors")


def test_an_issue_is_not_late_before_its_grace_is_over() -> None:
    assert judged(**late("drafted", 14)) == []
    assert len(judged(**late("drafted", 15))) == 1
    assert judged(AlertSettings(late="2 hours"), **late("drafted", 119)) == []
    assert judged(AlertSettings(late=""), **late("drafted", 9_999)) == []


def test_what_to_do_about_it_is_a_command() -> None:
    [drafted] = troubles(AlertFacts(NOW, **late("drafted")), AlertSettings())
    [paused] = troubles(AlertFacts(NOW, **late("paused")), AlertSettings())
    assert f"newsletter approve {KEY}" in drafted.advice
    assert f"newsletter resume {KEY}" in paused.advice


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("missed by 3 days, more than the 12 hours it may be late", True),
        ("not approved: missed by 13 hours, more than the 12 hours it may be late", True),
        ("9 days late, merged into weekly-2026-12-11", True),
        ("weekly-2026-12-11 went out before it", True),
        ("nothing falls into its window", False),
        ("'weekly on Thursday at 09:00' has no such slot any more", False),
    ],
)
def test_a_skipped_issue_is_told_where_its_time_went_by_and_not_where_nobody_wanted_it(why: str, told: bool) -> None:
    found = troubles(AlertFacts(NOW, **late("skipped", why=why)), AlertSettings())
    assert [one.final for one in found] == [True] * told


def test_a_guard_is_told_and_not_the_issue_that_it_holds_as_well() -> None:
    hold = HoldFact("complaints", KEY, "3 of 200 mails (1.5 %) were complained of", NOW - HOUR)
    queue = QueueFact(KEY, 200, 400, NOW - DAY)
    found = judged(holds=(hold,), queues=(queue,), **late("paused"))
    assert [(kind, subject) for kind, subject, _ in found] == [("held", f"complaints {KEY}")]
    assert found[0][2].endswith("since Fri 4 Dec 17:00 UTC: 3 of 200 mails (1.5 %) were complained of")


@pytest.mark.parametrize("guard", ["pace", "warm-up", "canary"])
def test_what_the_operator_asked_for_alarms_nobody(guard: str) -> None:
    hold = HoldFact(guard, KEY, "as wanted", NOW - DAY)
    assert judged(holds=(hold,), queues=(QueueFact(KEY, 5, 9, NOW - DAY),)) == []


def test_a_queue_that_does_not_move_is_told_with_its_base() -> None:
    stuck = QueueFact(KEY, 40, 412, NOW - timedelta(minutes=31))
    text = f"{KEY}: 40 of 412 mails wait, and none got anywhere for 31 minutes"
    assert judged(queues=(stuck,)) == [("queue", KEY, text)]
    assert judged(queues=(replace(stuck, moved_at=NOW - timedelta(minutes=29)),)) == []
    assert judged(AlertSettings(queue="1 hour"), queues=(stuck,)) == []
    assert judged(AlertSettings(queue=""), queues=(stuck,)) == []


def test_unknowns_are_told_when_they_have_waited_long_enough() -> None:
    one = UnknownFact(KEY, 3, 412, NOW - HOUR)
    text = f"{KEY}: of 3 of 412 mails nobody knows whether they left, since Fri 4 Dec 17:00 UTC"
    assert judged(unknown=(one,)) == [("unknown", KEY, text)]
    assert judged(AlertSettings(unknown="2 hours"), unknown=(one,)) == []
    assert judged(AlertSettings(unknown=""), unknown=(one,)) == []


def test_reports_that_do_not_come_are_told_and_one_of_them_is_enough() -> None:
    [(kind, _, text)] = judged(events=EventsFact(200, 0, NOW - DAY))
    assert (kind, "of the last 200 mails that the provider accepted" in text) == ("events-silent", True)
    assert judged(events=EventsFact(200, 1, NOW - DAY)) == []
    assert judged(events=None) == []


def test_a_rate_is_told_unless_its_guard_holds_already() -> None:
    rate = RateFact(KEY, "complaints", "2 of 1000 mails (0.2 %) were complained of", False)
    assert judged(rates=(rate,)) == [("rate", f"complaints {KEY}", f"{KEY}: {rate.text}")]
    held = HoldFact("complaints", KEY, "too many", NOW)
    assert [kind for kind, _, _ in judged(rates=(rate,), holds=(held,))] == ["held"]


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (
            replace(WELL, read_at=NOW - 7 * HOUR, fault="HTTP 500"),
            "not read for 7 hours (HTTP 500); its last reading is used: 12 items",
        ),
        (replace(WELL, read_at=NOW - 7 * HOUR, tried_at=NOW - 7 * HOUR), "not read for 7 hours (nobody tried since"),
        (replace(WELL, items=0, filled_at=NOW - 2 * DAY), "0 items for 2 days, and it had some before"),
        (replace(WELL, changed_at=NOW - 91 * DAY), "nothing in it changed for 91 days: 12 items"),
        (replace(WELL, unmet="3 items, at least 5 expected"), "3 items, at least 5 expected"),
    ],
)
def test_a_source_gone_stale_is_told_with_its_cause(reading: SourceReading, words: str) -> None:
    [(kind, subject, text)] = judged(sources=(reading,))
    assert (kind, subject) == ("source", "pages")
    assert text.startswith(f"source pages: {words}")


@pytest.mark.parametrize(
    "reading",
    [
        replace(WELL, read_at=NOW - 5 * HOUR, fault="HTTP 500"),
        replace(WELL, items=0, filled_at=NOW - 23 * HOUR),
        replace(WELL, items=0, filled_at=None),
        replace(WELL, changed_at=NOW - 89 * DAY),
    ],
)
def test_a_source_is_given_its_time(reading: SourceReading) -> None:
    assert judged(sources=(reading,)) == []


def test_a_threshold_that_is_off_tells_of_no_source() -> None:
    off = AlertSettings(source_unread="", source_empty="", source_unchanged="")
    gone = SourceReading("pages", NOW - 99 * DAY, NOW - 99 * DAY, NOW - 99 * DAY, NOW - 99 * DAY, 0)
    assert judged(off, sources=(gone,)) == []


def test_a_disk_that_fills_up_is_told_with_both_figures() -> None:
    low = DiskFact(300 * 1024 * 1024, "/srv")
    assert judged(disk=low) == [("disk", "/srv", "300 MB are free at /srv, of 512 MB that should be")]
    assert judged(AlertSettings(disk_mb=300), disk=low) == []


def test_a_digest_that_has_no_next_issue_is_told() -> None:
    found = judged(digests=frozenset({"quarterly"}), waits={"quarterly": "no term follows"})
    assert found == [("no-slot", "quarterly", "digest quarterly has no next issue: no term follows")]


def test_a_flood_of_sign_ups_is_one_trouble_and_over_two_hours_after_its_last_hour() -> None:
    hours = tuple(Alert("joining-everybody", f"{n}", NOW - n * HOUR, f"hour {n}") for n in range(5))
    found = judged(happened=hours)
    assert {(kind, subject) for kind, subject, _ in found} == {("joining", "joining-everybody")}
    assert judged(happened=hours[2:]) == []


def test_what_was_written_down_once_is_told_once() -> None:
    noted = tuple(
        Alert(kind, "about", NOW, kind) for kind in ("events", "account", "guard-deadline", "guard-breaker")
    )
    found = troubles(AlertFacts(NOW, happened=noted), AlertSettings())
    assert [(one.kind, one.final) for one in found] == [("events", True), ("account", True), ("deadline", True)]
