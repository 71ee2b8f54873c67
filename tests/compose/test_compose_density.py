"""A compact issue holds what the full one holds: each thing once, in a line or two."""

from collections import Counter
from dataclasses import replace

from compose_builders import (
    SEATTLE,
    WEEKLY,
    at,
    days,
    draft_of,
    entries,
    event,
    mondays,
    news,
    only,
    page,
    titles,
)

from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Issue

COMPACT = Choices(timezone=SEATTLE, density="compact")
FULL = Choices(timezone=SEATTLE)
LONG = "A sentence that says what it is. " * 12
TALK = event("Talk", at("2026-12-08 12:00"), summary=LONG, body=LONG, hosts=("Ada",), cost="Free", audience="All")
WEEK = draft_of(
    TALK,
    event("Fair", days("2026-12-10")),
    event("Coffee", mondays("2026-11-02", "2027-02-22")),
    news("Grant", summary=LONG, body=LONG),
    page("Readers", "learning-community", summary=LONG),
)


def named(issue: Issue) -> Counter[str]:
    return Counter(entry.title for section in issue.sections for entry in section.entries)


def test_each_thing_stands_once_and_nothing_is_lost() -> None:
    full, compact = compose(WEEK, FULL), compose(WEEK, COMPACT)

    assert set(named(compact)) == set(named(full))
    assert max(named(full).values()) == 2
    assert set(named(compact).values()) == {1}


def test_an_event_is_told_without_the_words_that_invite() -> None:
    line = only(entry for entry in entries(compose(WEEK, COMPACT), "events") if entry.title == "Talk")

    assert (line.summary, line.body, line.hosts, line.cost, line.audience, line.calendar) == ("", "", (), "", "", ())
    assert (line.when_text[:9], line.place) == ("Tue 8 Dec", "Lakeview 1.203")


def test_news_keeps_one_line_of_its_words() -> None:
    told = only(entries(compose(WEEK, COMPACT), "announcements"))

    assert 60 < len(told.summary) <= 110
    assert told.summary.endswith("…")


def test_a_digest_of_a_table_alone_keeps_its_table() -> None:
    table = replace(WEEK, settings=WEEKLY.model_copy(update={"sections": ("glance",)}))

    assert titles(compose(table, COMPACT), "glance") == ["Coffee", "Talk", "Fair"]


def test_what_a_reader_knows_does_not_depend_on_how_much_they_read() -> None:
    known = [
        {one.item.title: one.starts for one in compose(WEEK, choices).memory.told} for choices in (FULL, COMPACT)
    ]

    assert known[0] == known[1]
