"""What a reader knows: told once, reminded honestly, and never left without what no issue told them in time."""

from dataclasses import replace
from datetime import UTC

import pytest
from compose_builders import (
    IN_BERLIN,
    IN_SEATTLE,
    WEEKLY,
    at,
    draft_of,
    entries,
    event,
    local,
    mondays,
    news,
    only,
    plain,
    titles,
    weekly,
    winter,
)

from newsletter.compose.issue import compose
from newsletter.compose.remembering import dump_memory, load_memory, memory_key
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.item import Item, Place
from newsletter.model.memory import NOTHING
from newsletter.model.workspace import CategorySettings

OTHER = event("Other", at("2027-06-30 12:00"))
TALK = event("Workflows", at("2026-12-10 12:00"), "deep-dive", summary="How to keep them.")
DIVES = Choices(timezone="America/Los_Angeles", topics=("deep-dives",))
WEEKS = ("2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18", "2026-12-25")


def told(*drafts: Draft, choices: Choices = IN_SEATTLE) -> list[Issue]:
    """The issues that one reader gets, each against what they remember of those before."""
    issues: list[Issue] = []
    before: Draft | None = None
    for draft in drafts:
        memory = issues[-1].memory if issues else None
        issues.append(compose(draft, choices, before, memory))
        before = draft
    return issues


def week(*items: Item, sent: str = "2026-12-04", **values) -> Draft:
    return draft_of(*items, OTHER, sent=f"{sent} 09:00", **values)


def change_of(issue: Issue, title: str, kind: str = "events") -> str:
    return only(entry for entry in entries(issue, kind) if entry.title == title).change


def test_what_the_quarterly_told_comes_as_a_reminder_in_the_weekly_and_shorter() -> None:
    clinic = event("Clinic", at("2027-01-14 12:00"), summary="Bring your data.", body="Long words.")

    _, issue = told(winter(clinic, OTHER), week(clinic, sent="2027-01-08"))

    card = only(entries(issue, "events"))
    assert (card.change, card.flag, card.summary, card.body) == ("reminder", "reminder", "", "")


def test_what_stood_in_a_table_alone_is_told_in_full_when_its_week_comes() -> None:
    clinic = event("Clinic", at("2027-01-14 12:00"), summary="Bring your data.")
    table = WEEKLY.model_copy(update={"sections": ("glance",)})

    _, issue = told(winter(clinic, OTHER, settings=table), week(clinic, sent="2027-01-08"))

    card = only(entries(issue, "events"))
    assert (card.change, card.summary) == ("reminder", "Bring your data.")


def test_what_comes_up_for_the_weekend_after_the_last_issue_is_told_before_it_happens() -> None:
    party = event("Party", at("2026-12-05 18:00"))

    _, issue = told(week(sent="2026-11-27"), week(party))

    assert change_of(issue, "Party") == "new"


def test_a_reader_who_chooses_another_topic_is_told_what_the_old_choice_hid() -> None:
    social = event("Potluck", at("2026-12-05 18:00"), "social")
    first, second = week(social, sent="2026-11-27"), week(social)
    hidden = compose(first, DIVES)

    issue = compose(second, IN_SEATTLE, first, hidden.memory)

    assert titles(hidden, "events") == []
    assert titles(issue, "events") == ["Potluck"]


def test_a_new_reader_begins_with_the_window() -> None:
    assert titles(compose(week(event("Party", at("2026-12-05 18:00"))), IN_SEATTLE), "events") == []


def test_a_cancellation_reaches_who_has_left_the_topic_since() -> None:
    fortnight = week(TALK, sent="2026-11-27", window=("2026-11-30", "2026-12-14"))
    before = compose(fortnight, IN_SEATTLE)

    other = Choices(timezone="America/Los_Angeles", topics=("datathons",))
    issue = compose(week(replace(TALK, status="cancelled")), other, fortnight, before.memory)

    assert [(entry.title, entry.change) for entry in entries(issue, "changes")] == [("Workflows", "cancelled")]


def test_a_change_told_by_one_digest_is_not_told_again_by_another() -> None:
    clinic = event("Clinic", at("2027-01-14 12:00"))
    later = replace(clinic, when=at("2027-01-13 12:00"))

    term = winter(later, OTHER)
    quarterly = replace(term, slot=replace(term.slot, send_at=local("2027-01-02 09:00")))
    _, first, second = told(winter(clinic, OTHER), week(later, sent="2027-01-01"), quarterly)

    assert [entry.change for entry in entries(first, "changes")] == ["moved"]
    assert entries(second, "changes") == ()
    assert change_of(second, "Clinic") == "reminder"


def test_days_that_no_other_issue_covers_are_told_ahead() -> None:
    movie = event("Movie night", at("2027-03-24 19:00"))
    draft = winter(movie, OTHER)
    covered = replace(draft, slot=replace(draft.slot, until=local("2027-03-29")))

    assert entries(compose(draft, IN_SEATTLE), "ahead") == ()
    assert titles(compose(covered, IN_SEATTLE), "ahead") == ["Movie night"]


def conference(**values) -> tuple[tuple[str, CategorySettings], ...]:
    return (("conference", CategorySettings(lead="12 weeks", **values)),)


@pytest.mark.parametrize(("repeats", "expected"), [(0, [1, 0, 0, 0, 0]), (2, [1, 1, 1, 0, 0])])
def test_a_conference_is_announced_weeks_ahead_and_repeated_as_often_as_wanted(repeats: int, expected: list) -> None:
    summit = event("Summit", at("2027-02-18 09:00", 8), category="conference")
    drafts = [week(summit, sent=day, categories=conference(repeats=repeats)) for day in WEEKS]

    assert [len(entries(issue, "ahead")) for issue in told(*drafts)] == expected


def test_what_is_announced_ahead_is_told_in_full_in_its_week() -> None:
    summit = event("Summit", at("2026-12-17 09:00", 8), category="conference", summary="Two tracks.")
    drafts = [week(summit, sent=day, categories=conference()) for day in ("2026-12-04", "2026-12-11")]

    early, late = told(*drafts)

    assert (change_of(early, "Summit", "ahead"), change_of(late, "Summit")) == ("", "reminder")
    assert only(entries(late, "events")).summary == "Two tracks."


def test_a_meetup_without_a_lead_waits_for_its_week() -> None:
    meetup = event("Meetup", at("2027-02-18 18:00"), category="meetup")

    assert entries(compose(week(meetup, categories=conference()), IN_SEATTLE), "ahead") == ()


def test_no_more_repeats_than_the_digest_wants() -> None:
    rolling = [
        week(TALK, sent=day, window=(day, "2026-12-14"), settings=WEEKLY.model_copy(update={"max_repeats": 1}))
        for day in ("2026-11-27", "2026-11-30", "2026-12-02")
    ]

    assert [titles(issue, "events") for issue in told(*rolling)] == [["Workflows"], ["Workflows"], []]


def test_a_change_is_told_however_often_it_was_repeated() -> None:
    strict = WEEKLY.model_copy(update={"max_repeats": 0})
    window = ("2026-11-30", "2026-12-14")
    first = week(TALK, sent="2026-11-27", window=window, settings=strict)
    moved = week(replace(TALK, when=at("2026-12-11 12:00")), sent="2026-11-28", window=window, settings=strict)

    assert change_of(told(first, moved)[1], "Workflows") == "moved"


def test_a_series_is_told_every_week_without_a_mark() -> None:
    coffee = event("Coffee", mondays("2026-11-02", "2027-02-22"))

    for issue in told(week(coffee, sent="2026-11-27"), week(coffee)):
        assert change_of(issue, "Coffee", "recurring") == ""


def test_each_date_of_a_monthly_meeting_is_told_as_its_own() -> None:
    board = event("Board", weekly("2026-12-09 17:00", "FREQ=MONTHLY;BYDAY=2WE"))

    first, second = told(week(board), week(board, sent="2027-01-08"))

    assert [change_of(issue, "Board") for issue in (first, second)] == ["", ""]


def test_news_is_told_once_by_whichever_digest_comes_first() -> None:
    grant = news("A grant", publish=local("2026-12-01").date())

    first, second = told(week(grant), winter(grant, OTHER))

    assert titles(first, "announcements") == ["A grant"]
    assert titles(second, "announcements") == []


def test_what_is_over_is_forgotten() -> None:
    first, second = told(week(TALK), week(TALK, sent="2026-12-11"))

    assert [one.item.title for one in first.memory.told] == ["Workflows"]
    assert second.memory == NOTHING


def test_readers_who_know_the_same_share_a_memory_whatever_their_clock() -> None:
    issues = [compose(week(TALK), choices) for choices in (IN_SEATTLE, IN_BERLIN)]

    assert len({memory_key(issue.memory) for issue in issues}) == 1


def test_an_edit_of_words_leaves_the_memory_as_it_was() -> None:
    edited = replace(TALK, summary="Other words", body="And more", hosts=("Ada",))

    assert compose(week(TALK), IN_SEATTLE).memory == compose(week(edited), IN_SEATTLE).memory


def test_a_memory_is_written_down_and_read_back() -> None:
    memory = compose(winter(TALK, OTHER, event("Coffee", mondays("2026-11-02", "2027-02-22"))), IN_SEATTLE).memory

    assert load_memory(dump_memory(memory)) == memory


@pytest.mark.parametrize(("start", "told"), [("2027-04-23 08:30", ["Summit"]), ("2027-04-23 09:00", [])])
def test_weeks_ahead_are_weeks_of_the_communitys_clock_also_once_a_draft_was_stored(start: str, told: list) -> None:
    """The clocks change between: a stored draft knows its send time by its offset alone."""
    summit = event("Summit", at(start), category="conference")
    draft = week(summit, sent="2027-01-29", categories=conference())
    stored = replace(draft, slot=replace(draft.slot, send_at=draft.slot.send_at.astimezone(UTC)))

    assert [titles(compose(one, IN_SEATTLE), "ahead") for one in (draft, stored)] == [told, told]


def frozen(day: str, *items: Item, **values) -> Draft:
    """A quarterly that was frozen on that day, a week or more before it leaves."""
    return winter(*items, OTHER, as_of=local(day), **values)


CLINIC = event("Clinic", at("2027-01-14 12:00"))


def test_a_draft_older_than_what_the_reader_was_told_does_not_move_an_event_back() -> None:
    moved = replace(CLINIC, when=at("2027-01-13 12:00"), place=Place("online"))
    fortnight = ("2026-12-28", "2027-01-25")
    before = week(CLINIC, sent="2026-12-11", window=fortnight)
    newer = week(moved, sent="2026-12-25", window=fortnight)

    _, weekly_issue, quarterly = told(before, newer, frozen("2026-12-21", CLINIC))

    assert change_of(weekly_issue, "Clinic") == "moved"
    assert entries(quarterly, "changes") == ()
    card = only(entry for entry in entries(quarterly, "events") if entry.title == "Clinic")
    assert (plain(card.when_text), card.place, card.change) == ("Wed 13 Jan, 12–1 PM PST", "Online", "reminder")


def test_a_draft_that_does_not_know_an_event_yet_does_not_call_it_off() -> None:
    newer = week(CLINIC, sent="2026-12-25", window=("2026-12-28", "2027-01-25"))

    _, quarterly = told(newer, frozen("2026-12-21"))

    assert entries(quarterly, "changes") == ()


@pytest.mark.parametrize("how", ["cancelled", "vanished"])
def test_a_draft_that_does_not_know_of_a_cancellation_yet_does_not_take_it_back(how: str) -> None:
    window = ("2026-12-28", "2027-01-25")
    gone = (replace(CLINIC, status="cancelled"),) if how == "cancelled" else ()
    before, newer = week(CLINIC, sent="2026-12-11", window=window), week(*gone, sent="2026-12-25", window=window)

    _, weekly_issue, quarterly = told(before, newer, frozen("2026-12-21", CLINIC))

    assert [entry.change for entry in entries(weekly_issue, "changes")] == ["cancelled"]
    assert titles(quarterly, "events") == []
    assert entries(quarterly, "changes") == ()


def test_what_was_called_off_and_takes_place_after_all_is_news() -> None:
    window = ("2026-12-28", "2027-01-25")
    days = ("2026-12-11", "2026-12-18", "2026-12-25")
    drafts = [
        week(*items, sent=day, window=window) for day, items in zip(days, ((CLINIC,), (), (CLINIC,)), strict=True)
    ]

    assert change_of(told(*drafts)[2], "Clinic") == "new"
