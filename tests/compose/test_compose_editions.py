"""A page used again for the next edition is news; the same event at another time is a move."""

from dataclasses import replace

import pytest
from compose_builders import IN_SEATTLE, at, days, draft_of, entries, event, mondays, weekly

from newsletter.compose.issue import compose
from newsletter.model.issue import Issue
from newsletter.model.item import Item
from newsletter.model.when import Sessions, Vague, When

OTHER = event("Other", at("2026-12-30 12:00"))
NAMED = event("Better plots", at("2026-12-10 12:00"))
PAGE = replace(NAMED, id=f"{NAMED.origin.source}:{NAMED.origin.path}")


def after(before: Item, now: Item) -> Issue:
    last_issue = draft_of(before, OTHER, sent="2026-11-27 09:00", window=("2026-11-30", "2027-03-15"))
    return compose(draft_of(now, OTHER), IN_SEATTLE, last_issue)


def change(before: Item, now: Item) -> str:
    issue = after(before, now)
    told = [entry.change for kind in ("changes", "events") for entry in entries(issue, kind) if entry.change]
    return told[0] if told else ""


def codes(issue: Issue) -> list[str]:
    return [problem.code for problem in issue.problems]


def on(item: Item, when: When) -> Item:
    return replace(item, when=when)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (at("2025-10-24 12:00"), at("2026-12-10 12:00"), "new"),
        (at("2026-12-03 12:00"), at("2026-12-10 12:00"), "new"),
        (at("2027-02-08 12:00"), at("2026-12-10 12:00"), "moved"),
        (at("2027-02-09 12:00"), at("2026-12-10 12:00"), "new"),
        (days("2026-12-03", "2026-12-06"), days("2026-12-08", "2026-12-09"), "new"),
        (days("2026-12-03", "2026-12-08"), days("2026-12-08", "2026-12-09"), "moved"),
        (days("2026-12-04", "2026-12-06"), days("2026-12-08", "2026-12-09"), "moved"),
        (Sessions((at("2026-12-02 12:00"), at("2026-12-08 12:00"))), at("2026-12-09 12:00"), "moved"),
    ],
)
def test_a_page_tells_of_a_new_edition_when_the_old_has_begun_or_is_far(old: When, new: When, expected: str) -> None:
    assert change(on(PAGE, old), on(PAGE, new)) == expected


def test_an_id_of_its_own_says_that_it_is_the_same_event_however_far() -> None:
    assert change(on(NAMED, at("2027-03-09 12:00")), NAMED) == "moved"
    assert change(on(NAMED, at("2026-12-03 12:00")), NAMED) == "new"


def test_a_far_move_of_a_page_is_shown_to_the_editor() -> None:
    issue = after(on(PAGE, at("2026-12-09 12:00")), on(PAGE, at("2027-03-09 12:00")))

    (problem,) = issue.problems
    assert (problem.level, problem.code, problem.origin) == ("warning", "W-EDITION", PAGE.origin)
    assert "was on 2026-12-09 and is on 2027-03-09 now" in problem.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (at("2025-10-24 12:00"), at("2026-12-10 12:00")),
        (at("2026-12-09 12:00"), at("2027-01-20 12:00")),
        (at("2026-12-09 12:00"), at("2026-12-09 12:00")),
        (at("2026-12-09 12:00"), at("2025-12-09 12:00")),
        (Vague("in spring"), at("2026-12-09 12:00")),
        (at("2026-12-09 12:00"), Vague("in spring")),
        (at("2026-12-09 12:00"), weekly("2027-03-09 12:00", "FREQ=WEEKLY")),
        (at("2026-12-09 12:00"), mondays("2027-03-08", "2027-05-31")),
    ],
)
def test_what_is_no_far_move_needs_no_word(old: When, new: When) -> None:
    assert codes(after(on(PAGE, old), on(PAGE, new))) == []


def test_nothing_is_compared_without_a_last_issue() -> None:
    assert codes(compose(draft_of(PAGE), IN_SEATTLE)) == []
