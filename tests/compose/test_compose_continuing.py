"""What goes on for weeks: one full entry when it is first told, one line from then on."""

from dataclasses import replace
from datetime import datetime

from compose_builders import (
    IN_BERLIN,
    IN_SEATTLE,
    SEATTLE,
    WEEKLY,
    days,
    draft_of,
    entries,
    event,
    mondays,
    only,
    plain,
    titles,
)

from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.item import Item
from newsletter.model.when import Instant

OTHER = event("Other", days("2027-06-30"))
SHOW = event("Maps of the sea", days("2026-12-01", "2026-12-18"), summary="In the lobby.")


def week(*items: Item, sent: str = "2026-12-04", **values) -> Draft:
    return draft_of(*items, OTHER, sent=f"{sent} 09:00", **values)


def told(*drafts: Draft, choices: Choices = IN_SEATTLE) -> list[Issue]:
    """The issues that one reader gets, each with what they remember of those before."""
    issues: list[Issue] = []
    for place, draft in enumerate(drafts):
        before = drafts[place - 1] if place else None
        issues.append(compose(draft, choices, before, issues[-1].memory if issues else None))
    return issues


def weeks(*items: Item, choices: Choices = IN_SEATTLE, **values) -> list[Issue]:
    """Three weeks, of Monday 30 November, 7 and 14 December."""
    return told(
        *(week(*items, sent=day, **values) for day in ("2026-11-27", "2026-12-04", "2026-12-11")), choices=choices
    )


def test_an_exhibition_is_told_in_full_once_and_then_in_a_line() -> None:
    issues = weeks(SHOW)

    assert [titles(issue, "events") for issue in issues] == [["Maps of the sea"], [], []]
    assert [[entry.when_text for entry in entries(issue, "continuing")] for issue in issues] == [
        [],
        ["until Fri 18 Dec"],
        ["until Fri 18 Dec"],
    ]
    assert [titles(issue, "glance") for issue in issues] == [["Maps of the sea"], [], []]


def test_a_line_has_no_summary_but_its_link() -> None:
    line = only(entries(weeks(replace(SHOW, url="https://data.example.org/sea"))[1], "continuing"))

    assert (line.summary, line.body, line.url) == ("", "", "https://data.example.org/sea")


def test_a_new_reader_gets_the_full_entry_in_the_second_week() -> None:
    issue = compose(week(SHOW), IN_SEATTLE)

    assert titles(issue, "events") == ["Maps of the sea"]
    assert entries(issue, "continuing") == ()


def test_what_was_only_announced_ahead_gets_its_full_entry_when_it_runs() -> None:
    first = replace(week(sent="2026-11-20"), items=(SHOW, OTHER))
    ahead = replace(first, slot=replace(first.slot, until=week(SHOW).slot.window.end))

    _, issue = told(ahead, week(SHOW))

    assert titles(issue, "events") == ["Maps of the sea"]
    assert titles(told(ahead)[0], "ahead") == ["Maps of the sea"]


def test_what_changed_is_an_entry_again() -> None:
    longer = replace(SHOW, when=days("2026-12-01", "2026-12-23"))
    elsewhere = event("Maps of the sea", days("2026-12-01", "2026-12-18"), place="The library")

    for changed in (longer, elsewhere):
        first, _ = told(week(SHOW, sent="2026-11-27"), week(changed))
        issue = compose(week(changed), IN_SEATTLE, week(SHOW, sent="2026-11-27"), first.memory)
        assert entries(issue, "continuing") == ()
        assert titles(issue, "events") == ["Maps of the sea"]


def test_what_ends_on_a_clock_says_when_in_the_readers_zone() -> None:
    camp = Instant(datetime(2026, 12, 3, 9), datetime(2026, 12, 9, 17), SEATTLE)

    texts = [
        plain(only(entries(weeks(event("Camp", camp), choices=choices)[1], "continuing")).when_text)
        for choices in (IN_SEATTLE, IN_BERLIN)
    ]

    assert texts == ["until Wed 9 Dec, 5 PM", "until Thu 10 Dec, 02:00"]


def test_what_ends_at_midnight_ends_on_the_day_before() -> None:
    camp = Instant(datetime(2026, 12, 3), datetime(2026, 12, 10), SEATTLE)

    assert only(entries(weeks(event("Camp", camp))[1], "continuing")).when_text == "until Wed 9 Dec"


def test_what_ends_first_stands_first() -> None:
    short = event("Zines", days("2026-12-02", "2026-12-08"))

    assert titles(weeks(SHOW, short)[1], "continuing") == ["Zines", "Maps of the sea"]


def test_a_cancelled_show_is_told_among_the_changes() -> None:
    first, issue = told(week(SHOW, sent="2026-11-27"), week(replace(SHOW, status="cancelled")))

    assert titles(first, "events") == ["Maps of the sea"]
    assert entries(issue, "continuing") == ()
    assert titles(issue, "changes") == ["Maps of the sea"]


def test_a_running_course_stays_in_its_own_place() -> None:
    course = event("Bayes", mondays("2026-11-30", "2026-12-21"))

    assert [titles(issue, "recurring") for issue in weeks(course)] == [["Bayes"]] * 3
    assert [titles(issue, "continuing") for issue in weeks(course)] == [[], [], []]


def test_the_lines_stand_where_the_digest_says_and_else_behind_the_events() -> None:
    listed = WEEKLY.model_copy(update={"sections": ("continuing", "events")})
    talk = event("Talk", days("2026-12-09"))

    assert [one.kind for one in weeks(SHOW, talk, settings=listed)[1].sections] == ["continuing", "events"]
    assert [one.kind for one in weeks(SHOW, talk)[1].sections] == ["glance", "events", "continuing"]


def test_a_digest_of_tables_tells_it_as_rows() -> None:
    """Nothing was told in full, so nothing may be cut short."""
    table = WEEKLY.model_copy(update={"sections": ("glance",)})

    assert [titles(issue, "glance") for issue in weeks(SHOW, settings=table)] == [["Maps of the sea"]] * 3


def test_a_compact_issue_says_until_when_from_the_second_time_on() -> None:
    compact = Choices(timezone=SEATTLE, density="compact")

    issues = weeks(SHOW, choices=compact)

    assert [titles(issue, "events") for issue in issues] == [["Maps of the sea"], [], []]
    assert [titles(issue, "continuing") for issue in issues] == [[], ["Maps of the sea"], ["Maps of the sea"]]
