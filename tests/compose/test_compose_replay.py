"""Slots in their order, and one reader's way through them."""

from datetime import datetime, timedelta

from compose_builders import IN_SEATTLE, TERMS, WEEKLY, at, draft_of, event, local, titles

from newsletter.compose.programme import programme_of
from newsletter.compose.replay import Follower, numbered, planned, replay
from newsletter.model.issue import Choices

TERMLY = WEEKLY.model_copy(update={"cadence": "quarterly 7 days before term at 09:00", "window": "term"})
ROLLING = WEEKLY.model_copy(update={"cadence": "weekly on Friday at 09:00", "window": "since last, 2 weeks ahead"})
TALK = event("Talk", at("2026-12-08 12:00"))


def keys(digests: dict, start: str, days: int) -> list[str]:
    begin = local(start)
    found = planned(digests, begin, begin + timedelta(days=days), zone=begin.tzinfo, terms=dict(TERMS))
    return [slot.key for slot in found]


def test_the_slots_of_all_digests_come_in_order_of_time_and_end_where_terms_do() -> None:
    digests = {"weekly": WEEKLY, "quarterly": TERMLY}

    assert keys(digests, "2026-12-21", 14) == ["weekly-2026-12-25", "quarterly-2026-12-28", "weekly-2027-01-01"]
    assert keys({"quarterly": TERMLY}, "2027-01-01", 900) == ["quarterly-2027-03-22"]


def test_what_leaves_at_one_moment_comes_in_the_order_of_the_digests() -> None:
    assert keys({"b": WEEKLY, "a": WEEKLY}, "2026-12-04", 7) == ["b-2026-12-04", "a-2026-12-04"]


def test_a_window_since_the_last_issue_begins_there() -> None:
    begin = local("2026-12-01")
    first, second = planned({"it": ROLLING}, begin, begin + timedelta(days=14), zone=begin.tzinfo, terms={})
    assert [slot.window.start.date().day for slot in (first, second)] == [4, 4]


def test_an_issue_that_says_nothing_is_withheld_and_changes_nothing() -> None:
    empty = programme_of(draft_of(sent="2026-11-27 09:00"))
    full = programme_of(draft_of(TALK))
    again = programme_of(draft_of(TALK, sent="2026-12-05 09:00"))

    turns = list(replay([empty, full, again], Follower.steady(IN_SEATTLE, ("weekly",))))

    assert [turn.withheld for turn in turns] == [True, False, False]
    assert [turn.issue.baseline for turn in turns] == [None, None, "weekly-2026-12-04"]
    assert titles(turns[1].issue, "events") == ["Talk"]


def test_a_reader_gets_the_digests_they_take_at_the_time_with_the_choices_they_have_then() -> None:
    programmes = [programme_of(draft_of(TALK, sent=f"2026-12-{day:02} 09:00")) for day in (4, 5, 6)]

    def choices(at: datetime) -> Choices:
        return Choices(timezone="Asia/Tokyo" if at.day > 4 else "Europe/Berlin")

    turns = list(replay(programmes, Follower(choices, lambda at: () if at.day == 5 else ("weekly",))))

    assert [turn.issue.choices.timezone for turn in turns] == ["Europe/Berlin", "Asia/Tokyo"]
    assert [turn.slot.key[-2:] for turn in turns] == ["04", "06"]


def test_issues_are_numbered_for_each_digest() -> None:
    drafts = [draft_of(TALK, number=7), draft_of(TALK, digest="monthly"), draft_of(TALK, number=7)]
    assert [(one.digest, one.number) for one in numbered(drafts)] == [("weekly", 7), ("monthly", 1), ("weekly", 8)]


def weekly_then_monthly(move: datetime) -> Follower:
    return Follower(lambda _: IN_SEATTLE, lambda at: ("monthly",) if at >= move else ("weekly",), (move,))


def test_who_moves_to_a_digest_gets_its_current_issue_where_it_tells_them_more() -> None:
    lecture, move = event("Lecture", at("2026-12-21 12:00")), local("2026-12-08 18:00")
    month = programme_of(
        draft_of(TALK, lecture, digest="monthly", sent="2026-11-30 09:00", window=("2026-12-01", "2027-01-01"))
    )

    turns = list(replay([month, programme_of(draft_of(TALK))], weekly_then_monthly(move)))
    assert [(turn.slot.digest, turn.slot.send_at == move) for turn in turns] == [("weekly", False), ("monthly", True)]
    assert titles(turns[1].issue, "events") == ["Lecture"], "the talk was at noon"

    over = list(replay([month, programme_of(draft_of(TALK))], weekly_then_monthly(local("2027-01-02"))))
    assert [turn.slot.digest for turn in over] == ["weekly"]


def test_who_moves_and_knows_all_of_it_is_spared_it() -> None:
    month = programme_of(
        draft_of(TALK, digest="monthly", sent="2026-11-30 09:00", window=("2026-12-01", "2027-01-01"))
    )
    turns = list(replay([month, programme_of(draft_of(TALK))], weekly_then_monthly(local("2026-12-06"))))

    assert [(turn.slot.digest, turn.withheld) for turn in turns] == [("weekly", False), ("monthly", True)]
