"""`fields = "auto"`: what is found out, and the reason given for it, from the data alone."""

from datetime import date, datetime

import pytest

from newsletter.model.item import Reading
from newsletter.model.when import AllDay, Instant
from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import Blob, SourceContext, read_source

HOME = "America/Los_Angeles"
TODAY = date(2026, 12, 4)


def pages(*matters: str, names: tuple[str, ...] = (), today: date | None = TODAY, **settings: object) -> Reading:
    """Pages whose front matter is given, in files of the names or numbered ones."""
    source = SourceSettings(name="site", format="markdown", path="*", **{"fields": "auto", **settings})
    paths = names or tuple(f"page{number}.md" for number, _ in enumerate(matters))
    texts = [f"---\ntitle: T{number}\n{matter}\n---\nWords.\n" for number, matter in enumerate(matters)]
    blobs = [Blob(path, text.encode()) for path, text in zip(paths, texts, strict=True)]
    return read_source(source, blobs, SourceContext(HOME, {}, today))


def table(text: str, **settings: object) -> Reading:
    """A table as a source."""
    source = SourceSettings(name="site", format="csv", path="t.csv", **{"fields": "auto", **settings})
    return read_source(source, [Blob("t.csv", text.encode())], SourceContext(HOME, {}, TODAY))


def reasons(reading: Reading) -> list[str]:
    """Why each key was taken for what it was taken for."""
    return [problem.text for problem in reading.problems if problem.code == "I-FIELDS"]


def test_a_date_before_the_start_is_that_of_publishing() -> None:
    reading = pages("date: 2026-11-01\nstart: 2026-12-08", "date: 2026-11-20\nstart: 2026-12-09")
    assert reasons(reading) == ["`date` gives publish: it lies before the start in 2 of 2 records."]
    assert [item.publish for item in reading.items] == [date(2026, 11, 1), date(2026, 11, 20)]


def test_a_date_after_the_start_is_the_end() -> None:
    reading = pages("date: 2026-12-09\nstart: 2026-12-08", "date: 2026-12-10\nstart: 2026-12-10")
    assert reasons(reading) == ["`date` gives end: it lies never before the start in 2 records, and after it in 1."]
    assert [item.when for item in reading.items] == [
        AllDay(date(2026, 12, 8), date(2026, 12, 9)),
        AllDay(date(2026, 12, 10), date(2026, 12, 10)),
    ]


def test_a_date_never_after_the_end_is_the_start() -> None:
    reading = pages("date: 2026-12-08\nend_date: 2026-12-09", "date: 2026-12-10\nend_date: 2026-12-10")
    assert reasons(reading) == ["`date` gives start: it lies never after the end in 2 records."]
    assert {item.kind for item in reading.items} == {"event"}


def test_a_date_beside_a_place_is_the_start_although_the_file_bears_it() -> None:
    names = ("2026-12-08-a/index.md", "2026-12-09-b/index.md")
    reading = pages("date: 2026-12-08\nlocation: Pier", "date: 2026-12-09\nlocation: Mill", names=names)
    assert reasons(reading) == ["`date` gives start: a place, a time or the like stands beside it in 2 of 2 records."]


def test_a_date_that_the_file_bears_and_nothing_else_is_that_of_publishing() -> None:
    reading = pages("date: 2026-11-08", "date: 2026-11-09", names=("2026-11-08-a.md", "2026-11-09-b.md"))
    assert reasons(reading) == ["`date` gives publish: it is the date of the file's name in 2 of 2 records."]
    assert {item.kind for item in reading.items} == {"announcement"}


def test_dates_to_come_are_those_of_events_where_today_is_known() -> None:
    matters = ("date: 2026-12-08", "date: 2027-01-09")
    assert reasons(pages(*matters)) == ["`date` gives start: 2 of 2 are still to come."]
    assert reasons(pages(*matters, today=None)) == ["`date` gives publish: nothing beside it speaks of an event."]


def test_posts_are_dated_by_their_publishing_wherever_they_speak_of_a_place() -> None:
    reading = pages("date: 2026-12-08\nlocation: Pier", names=("_posts/2026-12-08-a.md",))
    assert reasons(reading) == ["`date` gives publish: the files lie in _posts, where a date is that of the post."]


def test_where_posts_and_events_are_mixed_each_page_decides() -> None:
    reading = pages("date: 2026-12-08\nlocation: Pier", "date: 2026-11-09")
    (reason,) = reasons(reading)
    assert reason.startswith("`date` is decided record by record:")
    assert [item.kind for item in reading.items] == ["event", "announcement"]


def test_names_and_values_together_tell_a_key_of_ones_own() -> None:
    reading = pages(
        "extra:\n  session:\n    beginsOn: 2026-12-08 12:00\n    finishes_at: 2026-12-08 13:00\n  signup_form: https://x.example.org",
        "extra:\n  session:\n    beginsOn: 2026-12-09 12:00\n    finishes_at: 2026-12-09 13:00",
    )
    assert reasons(reading) == [
        "`extra.session.beginsOn` gives start: its name says so, and 2 of 2 values fit.",
        "`extra.session.finishes_at` gives end: its name says so, and 2 of 2 values fit.",
        "`extra.signup_form` gives registration_url: its name says so, and 1 of 1 values fit.",
    ]
    assert reading.items[0].when == Instant(
        datetime(2026, 12, 8, 12), datetime(2026, 12, 8, 13), HOME, "source_default"
    )
    assert reading.items[0].registration_url == "https://x.example.org"


def test_two_columns_of_days_are_start_and_end_by_their_order() -> None:
    reading = table("Titel,Bis,Ab\nA,2026-12-09,2026-12-08\nB,2026-12-12,2026-12-10\n", defaults={"tags": "x"})
    assert "`Ab` gives start: it lies never after `Bis` in 2 records." in reasons(reading)
    assert reading.items[0].when == AllDay(date(2026, 12, 8), date(2026, 12, 9))
    assert reading.items[0].title == "A"


@pytest.mark.parametrize("column", ["Last modified", "Application deadline", "Created date", "Timestamp"])
def test_a_date_about_something_else_is_no_event(column: str) -> None:
    reading = table(f"title,{column}\nA,2026-12-09\nB,2026-12-12\n")
    assert not any("gives start" in reason or "gives dates" in reason for reason in reasons(reading))


def test_a_name_that_the_values_contradict_is_not_believed() -> None:
    reading = table("title,start,From\nA,2026-12-08,Ines\nB,2026-12-09,Tam\n")
    assert reasons(reading) == ["The usual names answer for everything; nothing had to be found out."]


def test_a_preset_comes_before_a_guess() -> None:
    matters = ("date: 2026-12-07\ndays: 2", "date: 2026-12-09\ndays: 1")
    reading = pages(*matters, preset="galaxy")
    assert reading.items[0].when == AllDay(date(2026, 12, 7), date(2026, 12, 8))
    assert not any("publish" in reason for reason in reasons(reading))


def test_the_order_of_files_does_not_matter() -> None:
    matters = [f"date: 2026-11-{day:02}\nfrom: 2026-12-{day:02}\nto: 2026-12-{day + 1:02}" for day in range(1, 9)]
    names = tuple(f"{number}.md" for number in range(8))
    assert reasons(pages(*matters, names=names)) == reasons(pages(*matters, names=names[::-1]))


def test_files_that_cannot_be_read_cost_only_themselves() -> None:
    reading = pages("date: 2026-12-08\nplace: Pier", "start: [", names=("a.md", "b.md"))
    assert [item.kind for item in reading.items if not item.held_back] == ["event"]
    assert [problem.code for problem in reading.problems if problem.level == "error"] == ["E-YAML"]


def test_a_date_that_always_is_the_start_stays_open() -> None:
    reading = pages("date: 2026-12-08\nstart: 2026-12-08 12:00", "date: 2026-12-09\nstart: 2026-12-09 12:00")
    assert reasons(reading) == [
        "`date` is decided record by record: it lies before the start in 0 and after it in 0 of 2 records."
    ]


def test_two_columns_that_cross_are_no_start_and_end() -> None:
    reading = table("title,Uno,Due\nA,2026-12-09,2026-12-08\nB,2026-12-10,2026-12-12\n")
    assert reasons(reading) == ["The usual names answer for everything; nothing had to be found out."]


def test_a_key_called_from_may_hold_people() -> None:
    reading = table("title,From,date\nA,Ines,2026-11-08\nB,Tam,2026-11-09\nC,2026-11-09,2026-11-10\n")
    assert reasons(reading) == ["`date` gives publish: nothing beside it speaks of an event."]
