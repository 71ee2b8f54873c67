"""Deadlines over several issues: new once, the last chance said, what moved told once, nothing after the fact."""

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import pytest
from compose_builders import (
    IN_BERLIN,
    IN_SEATTLE,
    SEATTLE,
    at,
    draft_of,
    entries,
    event,
    local,
    news,
    only,
    plain,
)

from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.item import Deadline, Item

OTHER = event("Other", at("2027-06-30 12:00"))
WEEKS = ("2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18")
CALL = "call for papers"


def summit(*deadlines: Deadline, **values) -> Item:
    return event("Summit", at("2027-02-18 09:00", 8), deadlines=deadlines, **values)


def closes(day: str, label: str = CALL, zone: str = SEATTLE) -> Deadline:
    """A deadline of "2026-12-09", to the end of that day, or of "2026-12-09 17:00"."""
    moment = datetime.fromisoformat(day)
    return Deadline(label, moment if " " in day else moment.date(), zone)


def week(*items: Item, sent: str = "2026-12-04") -> Draft:
    """A weekly issue that knows when the next one leaves."""
    draft = draft_of(*items, OTHER, sent=f"{sent} 09:00")
    following = dict(pairwise(WEEKS)).get(sent, "2026-12-25")
    return replace(draft, slot=replace(draft.slot, next_at=local(f"{following} 09:00")))


def told(*drafts: Draft, choices: Choices = IN_SEATTLE) -> list[Issue]:
    """The issues that one reader gets, each with what they remember of those before."""
    issues: list[Issue] = []
    for place, draft in enumerate(drafts):
        before = drafts[place - 1] if place else None
        issues.append(compose(draft, choices, before, issues[-1].memory if issues else None))
    return issues


def marks(issues: list[Issue], kind: str = "deadlines") -> list[list[str]]:
    return [[entry.change for entry in entries(issue, kind)] for issue in issues]


def test_a_deadline_is_new_once_and_the_last_issue_before_it_says_so() -> None:
    issues = told(
        week(sent="2026-11-27"),
        *(week(summit(closes("2026-12-16")), sent=day) for day in WEEKS[1:]),
    )

    assert marks(issues) == [[], ["new"], ["last chance"], []]
    assert only(entries(issues[2], "deadlines")).flag == "last chance"


def test_a_deadline_that_was_known_is_not_new_when_its_time_comes() -> None:
    issues = told(*(week(summit(closes("2026-12-30")), sent=day) for day in WEEKS))

    assert marks(issues) == [[], [], [""], [""]]


def test_the_last_chance_is_said_of_what_ends_before_the_next_issue_leaves() -> None:
    in_time, too_late = closes("2026-12-11 08:00", "talks"), closes("2026-12-11 10:00", "posters")

    found = entries(compose(week(summit(in_time, too_late)), IN_SEATTLE), "deadlines")

    assert [(entry.summary, entry.change) for entry in found] == [("Talks", "last chance"), ("Posters", "")]


def test_an_issue_for_a_month_calls_only_the_near_ones_a_last_chance() -> None:
    draft = week(summit(closes("2026-12-08", "talks"), closes("2026-12-22", "posters")))
    month = replace(draft, slot=replace(draft.slot, next_at=local("2027-01-04 09:00")))

    assert marks([compose(month, IN_SEATTLE)]) == [["last chance", ""]]


def test_what_closes_over_the_weekend_after_the_issue_is_told_before() -> None:
    found = entries(compose(week(summit(closes("2026-12-05"))), IN_SEATTLE), "deadlines")

    assert [(entry.when_text, entry.change, entry.soon) for entry in found] == [("Sat 5 Dec", "last chance", True)]


@pytest.mark.parametrize("passed", ["2026-12-03", "2026-12-04 08:59"])
def test_nothing_is_told_that_is_over_when_the_issue_leaves(passed: str) -> None:
    assert entries(compose(week(summit(closes(passed))), IN_SEATTLE), "deadlines") == ()


def test_an_extended_deadline_is_a_change_told_once() -> None:
    before, after = summit(closes("2026-12-09")), summit(closes("2026-12-18"))
    issues = told(week(before, sent="2026-11-27"), week(after), week(after, sent="2026-12-11"))

    change = only(entries(issues[1], "changes"))
    assert (change.change, change.now, change.was) == ("deadline extended", "Fri 18 Dec", "Wed 9 Dec")
    assert change.exceptions == ("Call for papers",)
    assert marks(issues) == [[""], ["deadline extended"], [""]]
    assert marks(issues, "changes") == [[], ["deadline extended"], []]


def test_a_deadline_brought_forward_is_no_extension() -> None:
    _, issue = told(week(summit(closes("2026-12-18")), sent="2026-11-27"), week(summit(closes("2026-12-09"))))

    assert only(entries(issue, "changes")).change == "deadline moved"


def test_an_extension_after_the_old_day_has_passed_is_told() -> None:
    _, issue = told(week(summit(closes("2026-12-02")), sent="2026-11-27"), week(summit(closes("2026-12-11"))))

    assert only(entries(issue, "changes")).now == "Fri 11 Dec"


def test_what_was_never_told_has_not_moved() -> None:
    far, near = summit(closes("2027-01-15")), summit(closes("2026-12-18"))

    _, issue = told(week(far, sent="2026-11-27"), week(near))

    assert entries(issue, "changes") == ()
    assert marks([issue]) == [[""]]


def test_next_years_deadline_under_the_same_name_has_not_moved() -> None:
    award = news("Travel award", deadlines=(closes("2026-12-09"),))
    again = replace(award, deadlines=(closes("2027-12-09"),))

    first, second = told(week(award, sent="2026-11-27"), week(again, sent="2027-11-26"))

    assert (marks([first]), entries(second, "changes")) == ([[""]], ())


def test_a_deadline_of_news_that_moves_is_told_too() -> None:
    award = news("Travel award", deadlines=(closes("2026-12-09"),))

    _, issue = told(week(award, sent="2026-11-27"), week(replace(award, deadlines=(closes("2026-12-16"),))))

    assert [entry.change for entry in entries(issue, "changes")] == ["deadline extended"]


def test_of_two_deadlines_with_one_name_none_is_said_to_have_moved() -> None:
    before = summit(closes("2026-12-09"), closes("2026-12-16"))

    _, issue = told(week(before, sent="2026-11-27"), week(summit(closes("2026-12-10"), closes("2026-12-16"))))

    assert entries(issue, "changes") == ()


def test_an_hour_added_to_the_day_is_no_change_and_another_hour_is() -> None:
    day, early, late = (summit(closes(text)) for text in ("2026-12-09", "2026-12-09 12:00", "2026-12-09 17:00"))

    assert entries(told(week(day, sent="2026-11-27"), week(early))[1], "changes") == ()
    change = only(entries(told(week(early, sent="2026-11-27"), week(late), choices=IN_BERLIN)[1], "changes"))
    assert (plain(change.now), plain(change.was)) == ("Thu 10 Dec, 02:00", "Wed 9 Dec, 21:00")


def test_a_cancelled_event_closes_nothing() -> None:
    off = summit(closes("2026-12-18"), status="cancelled")

    _, issue = told(week(summit(closes("2026-12-09")), sent="2026-11-27"), week(off))

    assert "deadline extended" not in [entry.change for entry in entries(issue, "changes")]
    assert entries(issue, "deadlines") == ()


def test_readers_who_know_the_same_deadlines_share_a_memory() -> None:
    links = Deadline(CALL, date(2026, 12, 9), SEATTLE, url="https://cfp.example.org")

    memories = [compose(week(summit(one)), IN_SEATTLE).memory for one in (closes("2026-12-09"), links)]

    assert memories[0] == memories[1]


def test_a_deadline_long_over_is_forgotten() -> None:
    issues = told(*(week(summit(closes("2026-12-01")), sent=day) for day in WEEKS))

    assert [[len(one.item.deadlines) for one in issue.memory.told] for issue in issues] == [[1], [1], [1], [0]]
