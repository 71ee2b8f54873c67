"""Troubles over time: told once when they begin, once when they are over, and seldom where they flap."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.health.episodes import LATELY, Began, Cleared, Lasts, Over, follow, words
from newsletter.model.alerting import Episode, Trouble

START = datetime(2026, 12, 4, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SETTLE = 15 * MINUTE
QUEUE = Trouble("queue", "weekly-2026-12-04", "error", "40 of 412 mails wait", "newsletter status")
LATE = Trouble("issue-late", "weekly-2026-12-04", "error", "it has not been sent", "newsletter approve")
MISSED = replace(LATE, text="it was skipped", final=True)


class Desk:
    """What a store would make of the changes, for one community."""

    def __init__(self) -> None:
        self.open: list[Episode] = []
        self.past: list[Episode] = []
        self.told: list[str] = []
        self.state = {}

    def look(self, minutes: float, *found: Trouble) -> list[object]:
        now = START + minutes * MINUTE
        before: dict[tuple[str, str], int] = {}
        for one in self.past:
            if one.first_seen >= now - LATELY or one.trouble.final or one.trouble.kind == "issue-late":
                name = (one.trouble.kind, one.trouble.subject)
                before[name] = before.get(name, 0) + 1
        changes = follow(self.open, before, found, now, SETTLE, self.state)
        for change in changes:
            self._take(change, now)
        return list(changes)

    def _take(self, change: object, now: datetime) -> None:
        match change:
            case Began(trouble):
                one = Episode(len(self.open) + len(self.past), trouble, now, now)
                (self.past if trouble.final else self.open).append(one)
                self.told.append(trouble.text)
            case Lasts(episode, trouble):
                self._put(replace(episode, trouble=trouble, last_seen=now, clear_since=None))
            case Cleared(episode):
                self._put(replace(episode, clear_since=now))
            case Over(episode, since, ending):
                self.open = [one for one in self.open if one.id != episode.id]
                over = replace(episode, ended_at=since, ending=ending)
                self.past.append(over)
                self.told.append(words(over))

    def _put(self, new: Episode) -> None:
        self.open = [new if one.id == new.id else one for one in self.open]


def test_a_trouble_is_told_when_it_begins_and_when_it_is_over_with_how_long_it_lasted() -> None:
    desk = Desk()
    for minute in range(60):
        desk.look(minute, QUEUE)
    for minute in range(60, 90):
        desk.look(minute)
    assert desk.told == [QUEUE.text, "over after 60 minutes: weekly-2026-12-04 moves again"]
    assert desk.open == []


def test_what_comes_back_before_it_settled_is_the_same_trouble() -> None:
    desk = Desk()
    for minute in range(200):
        desk.look(minute, *[QUEUE] * (minute % 15 == 0))
    assert desk.told == [QUEUE.text]


def test_what_flaps_more_slowly_must_be_gone_for_twice_as_long_each_time() -> None:
    desk = Desk()
    for minute in range(24 * 60):
        desk.look(minute, *[QUEUE] * (minute % 40 < 10))
    assert desk.told[:2] == [QUEUE.text, "over after 10 minutes: weekly-2026-12-04 moves again"]
    assert len(desk.told) == 3, "after the first end, half an hour is not enough any more"


def test_words_of_a_trouble_are_those_of_now_and_are_not_told_again() -> None:
    desk = Desk()
    desk.look(0, QUEUE)
    desk.look(10, replace(QUEUE, text="30 of 412 mails wait"))
    assert [one.trouble.text for one in desk.open] == ["30 of 412 mails wait"]
    assert desk.told == [QUEUE.text]


def test_an_issue_that_was_late_and_is_skipped_is_told_as_its_end_and_once() -> None:
    desk = Desk()
    desk.look(0, LATE)
    for minute in range(1, 100):
        desk.look(minute, MISSED)
    assert desk.told == [LATE.text, "over after 1 minute: it was skipped"]


def test_an_issue_that_was_missed_while_nothing_ran_is_told_once_and_no_end_of_it() -> None:
    desk = Desk()
    for minute in (0, 1, 2, 3 * 24 * 60):
        desk.look(minute, MISSED)
    desk.look(4 * 24 * 60)
    assert desk.told == [MISSED.text]


def test_an_issue_that_left_is_over_at_once() -> None:
    desk = Desk()
    desk.look(0, LATE)
    desk.state = {LATE.subject: "sent"}
    desk.look(30)
    assert desk.told[-1] == "over after 30 minutes: weekly-2026-12-04 is sent"


def test_an_end_is_dated_to_when_it_was_first_found_gone_and_outages_of_our_own_do_not_settle_anything() -> None:
    desk = Desk()
    desk.look(0, QUEUE)
    desk.look(3 * 24 * 60)
    assert len(desk.open) == 1, "three days without a look say nothing"
    desk.look(3 * 24 * 60 + 15)
    assert desk.told[-1].startswith("over after 3 days")


def test_two_troubles_of_one_kind_do_not_meet() -> None:
    desk = Desk()
    other = replace(QUEUE, subject="weekly-2026-12-11")
    desk.look(0, QUEUE)
    desk.look(1, QUEUE, other)
    for minute in range(2, 30):
        desk.look(minute, other)
    assert [one.trouble.subject for one in desk.open] == ["weekly-2026-12-11"]
    assert len(desk.told) == 3


@given(st.lists(st.booleans(), max_size=300), st.integers(1, 60))
def test_however_it_flaps_each_end_follows_a_beginning_and_a_day_has_few_of_them(seen: list[bool], step: int) -> None:
    desk = Desk()
    for index, here in enumerate(seen):
        desk.look(index * step, *[QUEUE] * here)
    turns = ["over" if one.startswith("over") else "began" for one in desk.told]
    assert turns == ["began", "over"] * (len(turns) // 2) + ["began"] * (len(turns) % 2)
    days = 1 + len(seen) * step // (24 * 60)
    assert turns.count("began") <= 8 * days + 1
