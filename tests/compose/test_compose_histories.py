"""What single histories taught: each was found by a generated year, and is told here in a line."""

from dataclasses import replace
from datetime import date

from compose_builders import (
    IN_SEATTLE,
    SEATTLE,
    WEEKLY,
    at,
    days,
    draft_of,
    entries,
    event,
    news,
    plain,
    titles,
    weekly,
    winter,
)

from newsletter.compose.issue import compose
from newsletter.model.issue import Draft, Issue
from newsletter.model.item import Deadline, Item
from newsletter.model.when import Sessions
from newsletter.model.workspace import SectionSettings

OTHER = event("Other", at("2027-06-30 12:00"))


def told(*drafts: Draft) -> list[Issue]:
    """The issues that one reader gets, each against what they remember of those before."""
    issues: list[Issue] = []
    before: Draft | None = None
    for draft in drafts:
        issues.append(compose(draft, IN_SEATTLE, before, issues[-1].memory if issues else None))
        before = draft
    return issues


def week(*items: Item, sent: str, **values) -> Draft:
    return draft_of(*items, OTHER, sent=f"{sent} 09:00", **values)


def sessions(*starts: str) -> Sessions:
    return Sessions(tuple(at(start) for start in starts))


def test_dates_that_a_change_only_counts_are_told_when_they_come() -> None:
    board = event("Board", weekly("2027-01-06 10:00", "FREQ=MONTHLY;BYDAY=1WE;UNTIL=20270701T000000"))
    later = replace(board, when=weekly("2027-01-06 14:00", "FREQ=MONTHLY;BYDAY=1WE;UNTIL=20270701T000000"))

    _, change, may = told(winter(board, OTHER), week(later, sent="2027-01-01"), week(later, sent="2027-04-30"))

    now = plain(entries(change, "changes")[0].now)
    assert ("Wed 3 Mar, 2–3 PM" in now, "Wed 5 May" in now) == (True, False)
    assert [entry.change for entry in entries(may, "events")] == [""]


def test_every_date_that_falls_away_is_told() -> None:
    course = event("Course", sessions("2027-01-12 12:00", "2027-01-19 12:00", "2027-01-26 12:00"))
    short = replace(course, when=sessions("2027-01-12 12:00"))

    _, issue = told(winter(course, OTHER), week(short, sent="2027-01-08"))

    off = [plain(entry.was) for entry in entries(issue, "changes")]
    assert off == ["Tue 19 Jan, 12–1 PM", "Tue 26 Jan, 12–1 PM"]


def test_what_is_put_off_while_it_runs_is_postponed_and_not_new() -> None:
    fair = event("Fair", days("2026-12-09", "2026-12-13"))
    put_off = replace(fair, when=days("2027-01-20", "2027-01-24"), status="postponed")

    _, issue = told(week(fair, sent="2026-12-04"), week(put_off, sent="2026-12-11"))

    assert [(entry.title, entry.change) for entry in entries(issue, "changes")] == [("Fair", "postponed")]


def test_what_was_called_off_and_takes_place_after_all_is_told_even_before_the_window() -> None:
    party = event("Party", at("2026-12-20 18:00"))
    off = replace(party, status="cancelled")

    _, cancelled, again = told(
        week(party, sent="2026-12-11", window=("2026-12-14", "2026-12-28")),
        week(off, sent="2026-12-16", window=("2026-12-21", "2026-12-28")),
        week(party, sent="2026-12-18", window=("2026-12-21", "2026-12-28")),
    )

    assert titles(cancelled, "changes") == ["Party"]
    assert [(entry.title, entry.change) for entry in entries(again, "events")] == [("Party", "new")]


def test_news_told_again_until_it_expires_says_so() -> None:
    hours = news("Hours", expires=date(2026, 12, 31))
    job = news("Engineer", "job", expires=date(2026, 12, 31))
    own = WEEKLY.model_copy(update={"sections": ("announcements", "jobs")})
    jobs = (("jobs", SectionSettings(title="Work with us", tags=("job",))),)

    issues = told(*(week(hours, job, sent=day, settings=own, sections=jobs) for day in ("2026-12-04", "2026-12-11")))

    assert [[entry.change for entry in entries(issue, "announcements")] for issue in issues] == [[""], ["reminder"]]
    assert [[entry.change for entry in entries(issue, "jobs")] for issue in issues] == [[""], ["reminder"]]


def test_news_is_repeated_as_often_as_the_digest_wants() -> None:
    hours = news("Hours", expires=date(2026, 12, 31))
    once = WEEKLY.model_copy(update={"max_repeats": 1})

    issues = told(*(week(hours, sent=day, settings=once) for day in ("2026-12-04", "2026-12-11", "2026-12-18")))

    assert [titles(issue, "announcements") for issue in issues] == [["Hours"], ["Hours"], []]


def test_a_deadline_is_not_told_before_the_news_that_sets_it() -> None:
    call = news(
        "A call",
        publish=date(2026, 12, 10),
        deadlines=(Deadline("Send a line", date(2026, 12, 16), SEATTLE),),
    )

    early, late = (draft_of(call, sent=f"{day} 09:00") for day in ("2026-12-04", "2026-12-11"))

    assert titles(compose(early, IN_SEATTLE), "deadlines") == []
    assert titles(compose(late, IN_SEATTLE), "deadlines") == ["A call"]


def test_a_series_that_goes_on_at_another_hour_has_no_first_one() -> None:
    coffee = event("Coffee", weekly("2026-11-04 09:00", "FREQ=WEEKLY;BYDAY=WE"))
    later = replace(coffee, when=weekly("2026-12-16 10:00", "FREQ=WEEKLY;BYDAY=WE"))

    _, issue = told(week(coffee, sent="2026-12-04"), week(later, sent="2026-12-11"))

    (line,) = entries(issue, "recurring")
    assert (plain(line.when_text), line.exceptions) == ("Wednesdays 10–11 AM", ())


def test_a_course_that_is_called_off_counts_the_dates_it_does_not_name() -> None:
    course = event("Course", sessions(*(f"2027-01-{day} 12:00" for day in (12, 14, 19, 21))))

    _, issue = told(winter(course, OTHER), week(replace(course, status="cancelled"), sent="2027-01-08"))

    assert plain(entries(issue, "changes")[0].was).endswith("Tue 19 Jan, 12–1 PM and 1 more")
