"""A source that names its language: dates, times, exceptions and deadlines are read in it; terms bound words."""

from datetime import date, datetime

from support_sources import one, read

from newsletter.model.when import Instant, Recurrence, Vague, WeeklyRange
from newsletter.model.workspace import SourceSettings, TermSettings
from newsletter.sources.registry import Blob, SourceContext, read_source

PAGE = """
    ---
    title: Lesekreis
    dates: "{dates}"
    time: "{time}"
    {more}
    ---
    Alle sind willkommen.
    """


def page(dates: str, time: str = "", more: str = "") -> str:
    return PAGE.format(dates=dates, time=time, more=more)


def test_a_german_page_is_read_where_the_source_says_so() -> None:
    item = one(page("Montag, 7. Dezember 2026", "14.30 - 16 Uhr"), locale="de", naive="Europe/Berlin")
    assert item.when == Instant(datetime(2026, 12, 7, 14, 30), datetime(2026, 12, 7, 16), "Europe/Berlin")
    assert not item.held_back


def test_without_it_the_page_is_held_back_and_the_words_are_named() -> None:
    reading = read(page("Montag, 7. Dezember 2026", "14.30 Uhr"))
    assert reading.items[0].held_back
    assert any("Montag" in problem.text for problem in reading.problems)


def test_the_order_of_day_and_month_is_the_language_s_own() -> None:
    assert one(page("7/12/2026", "14h"), locale="fr").when.start == datetime(2026, 12, 7, 14)
    assert one(page("7/12/2026", "14h")).when.start == datetime(2026, 7, 12, 14)


def test_exceptions_ends_and_deadlines_are_read_in_it_too() -> None:
    fields = (
        'exceptions: ["2. Februar 2027"]',
        "until: 16. Februar 2027",
        "registration_deadline: 4. Januar 2027, 17 Uhr",
    )
    more = "\n    ".join(fields)
    item = one(page("dienstags, 12. Januar bis 9. März 2027", "9-10 Uhr", more), locale="de")
    assert isinstance(item.when, WeeklyRange)
    assert (item.when.last, item.when.excluded) == (date(2027, 2, 16), (date(2027, 2, 2),))
    assert item.deadlines[0].at == datetime(2027, 1, 4, 17)


def test_every_other_week_is_a_rule() -> None:
    when = one(page("every other Tuesday, Jan 12 - Mar 9, 2027", "3-4pm")).when
    assert isinstance(when, Recurrence)
    assert (when.rules, when.until) == (("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",), date(2027, 3, 9))


def test_an_offset_in_a_time_field_follows_the_policy_of_the_source() -> None:
    trusted = one(page("Dec 7, 2026", "12 noon (UTC-5)")).when
    literal = one(page("Dec 7, 2026", "12 noon (UTC-5)"), offset="wall_clock").when
    assert (trusted.start, trusted.tz_source) == (datetime(2026, 12, 7, 9), "offset")
    assert literal.start == datetime(2026, 12, 7, 12)


def test_words_that_name_a_term_are_bounded_by_it() -> None:
    source = SourceSettings(name="lab", format="markdown", path="content/*")
    context = SourceContext(
        "America/Los_Angeles", {"Winter Quarter 2027": TermSettings(first=date(2027, 1, 4), last=date(2027, 3, 19))}
    )
    text = '---\ntitle: Datathon\ndates: "last Friday of Winter Quarter 2027"\n---\n'
    (item,) = read_source(source, [Blob("content/datathon.md", text.encode())], context).items
    assert item.when == Vague("last Friday of Winter Quarter 2027", date(2027, 3, 19), date(2027, 3, 19))
    assert not item.held_back
