"""Dates and times in every language: as its readers write them, from one instant, with nothing left open."""

import re
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.dates.wording import (
    date_range_text,
    day_text,
    full_day_text,
    month_day_text,
    pattern_text,
    short_date_text,
    span_text,
    time_text,
    weekdays_text,
    zone_text,
)
from newsletter.language.languages import known_codes, language_of
from newsletter.model.issue import TimeText
from newsletter.model.when import Occurrence

SEATTLE = ZoneInfo("America/Los_Angeles")
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "Asia/Kathmandu", "Australia/Lord_Howe")


def at(hour: int, minute: int = 0, day: int = 8) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=SEATTLE)


def told(code: str, zone: str, clock: int, occurrence: Occurrence | None = None) -> TimeText:
    occurrence = occurrence or Occurrence(at(12), at(13, 30))
    options = {"home": SEATTLE, "home_city": "Seattle", "language": language_of(code)}
    return time_text(occurrence, zone=ZoneInfo(zone), clock=clock, **options)


def plain(text: str) -> str:
    """The text without what only keeps it on a line or in its direction."""
    return re.sub("[\u2068\u2069]", "", re.sub("[\u202f\u00a0\u2009]", " ", text))


@pytest.mark.parametrize(
    ("code", "zone", "clock", "full", "elsewhere"),
    [
        ("en", "America/Los_Angeles", 12, "Tue 8 Dec, 12–1:30 PM PST", ""),
        ("de", "Europe/Berlin", 24, "Di., 8. Dez., 21:00–22:30 Uhr CET", "12:00 Uhr in Seattle"),
        ("de", "Europe/Berlin", 12, "Di., 8. Dez., 9:00–10:30 PM CET", "12:00 PM in Seattle"),
        ("es", "Europe/Madrid", 24, "mar, 8 dic, 21:00–22:30 h CET", "12:00 h en Seattle"),
        ("fr", "Europe/Paris", 24, "mar. 8 déc., 21:00–22:30 CET", "12:00 à Seattle"),
        ("ja", "Asia/Tokyo", 24, "12月9日(水) 5:00～6:30 JST", "Seattleでは12月8日(火) 12:00"),
        ("ja", "America/Los_Angeles", 24, "12月8日(火) 12:00～13:30 PST", ""),
        ("ar", "Africa/Cairo", 24, "الثلاثاء، 8 ديسمبر، 22:00–23:30 EET", "12:00 في Seattle"),
        ("ar", "Africa/Cairo", 12, "الثلاثاء، 8 ديسمبر، 10:00–11:30 م EET", "12:00 م في Seattle"),
    ],
)
def test_a_time_reads_as_it_is_written_there(code: str, zone: str, clock: int, full: str, elsewhere: str) -> None:
    text = told(code, zone, clock)
    assert plain(text.full) == full
    assert plain(text.elsewhere) == elsewhere


def test_a_column_of_times_has_no_words() -> None:
    assert told("de", "Europe/Berlin", 24).clock == "21:00–22:30"
    assert told("es", "Europe/Madrid", 24, Occurrence(at(0, 30), None)).clock == "9:30"


@pytest.mark.parametrize(
    ("code", "weekday", "month"),
    [
        ("en", "Tue", "Dec"),
        ("de", "Di", "Dez."),
        ("fr", "mar.", "déc."),
        ("ja", "火", "12月"),
        ("ar", "ثلاثاء", "ديسمبر"),
    ],
)
def test_the_parts_of_a_day_stand_alone(code: str, weekday: str, month: str) -> None:
    text = told(code, "America/Los_Angeles", 24)
    assert (text.weekday, text.month, text.day) == (weekday, month, "8")


@pytest.mark.parametrize(
    ("code", "within", "across", "years", "one"),
    [
        (
            "de",
            "7.–13. Dezember 2026",
            "30. November – 6. Dezember 2026",
            "28. Dezember 2026 – 3. Januar 2027",
            "7. Dezember 2026",
        ),
        (
            "es",
            "7–13 de diciembre de 2026",
            "30 de noviembre – 6 de diciembre de 2026",
            "28 de diciembre de 2026 – 3 de enero de 2027",
            "7 de diciembre de 2026",
        ),
        (
            "fr",
            "7–13 décembre 2026",
            "30 novembre – 6 décembre 2026",
            "28 décembre 2026 – 3 janvier 2027",
            "7 décembre 2026",
        ),
        ("ja", "2026年12月7日～13日", "2026年11月30日～12月6日", "2026年12月28日～2027年1月3日", "2026年12月7日"),
        ("ar", "7–13 ديسمبر 2026", "30 نوفمبر – 6 ديسمبر 2026", "28 ديسمبر 2026 – 3 يناير 2027", "7 ديسمبر 2026"),
    ],
)
def test_ranges_of_days(code: str, within: str, across: str, years: str, one: str) -> None:
    language = language_of(code)
    december = date(2026, 12, 7)
    assert plain(date_range_text(december, date(2026, 12, 13), language)) == within
    assert plain(date_range_text(date(2026, 11, 30), date(2026, 12, 6), language)) == across
    assert plain(date_range_text(date(2026, 12, 28), date(2027, 1, 3), language)) == years
    assert plain(date_range_text(december, december, language)) == one


@pytest.mark.parametrize(
    ("code", "days", "span"),
    [
        ("en", "Mon 7 Dec to Fri 11 Dec", "Tue 8 Dec, 06:00 to Wed 9 Dec, 22:00 PST"),
        ("de", "Mo., 7. Dez. bis Fr., 11. Dez.", "Di., 8. Dez., 06:00 Uhr bis Mi., 9. Dez., 22:00 Uhr PST"),
        ("fr", "lun. 7 déc. – ven. 11 déc.", "mar. 8 déc., 06:00 – mer. 9 déc., 22:00 PST"),
        ("ja", "12月7日(月)～12月11日(金)", "12月8日(火) 6:00～12月9日(水) 22:00 PST"),
        (
            "ar",
            "الاثنين، 7 ديسمبر إلى الجمعة، 11 ديسمبر",
            "الثلاثاء، 8 ديسمبر، 06:00 إلى الأربعاء، 9 ديسمبر، 22:00 PST",
        ),
    ],
)
def test_what_lasts_for_days_names_the_last(code: str, days: str, span: str) -> None:
    camp = Occurrence(date(2026, 12, 7), date(2026, 12, 11))
    assert plain(told(code, "America/Los_Angeles", 24, camp).full) == days
    assert plain(told(code, "America/Los_Angeles", 24, Occurrence(at(6), at(22, day=9))).full) == span


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Seattle time (PST)"),
        ("de", "Ortszeit Seattle (PST)"),
        ("fr", "heure de Seattle (PST)"),
        ("ja", "Seattle時間（PST）"),
        ("ar", "توقيت Seattle (PST)"),
    ],
)
def test_the_zone_is_named_in_the_language(code: str, text: str) -> None:
    assert plain(zone_text(SEATTLE, at(12), "Seattle", language_of(code))) == text
    assert zone_text(ZoneInfo("UTC"), at(12), "", language_of(code)) == "UTC"


def test_the_first_of_a_month_is_no_plain_number_in_french() -> None:
    french, first = language_of("fr"), date(2027, 2, 1)
    assert day_text(first, french) == "lun. 1er févr."
    assert month_day_text(first, french) == "1er février"
    assert plain(date_range_text(first, date(2027, 3, 11), french)) == "1er février – 11 mars 2027"
    assert month_day_text(date(2027, 2, 11), french) == "11 février"
    assert month_day_text(first, language_of("de")) == "1. Februar"


def test_a_region_has_names_of_its_own() -> None:
    assert month_day_text(date(2027, 1, 7), language_of("de-AT")) == "7. Jänner"


@pytest.mark.parametrize(
    ("code", "two", "usually", "everyday"),
    [
        ("en", "Mondays and Thursdays 3–4 PM", "Thursdays, usually 3–4 PM", "Every day"),
        ("de", "montags und donnerstags 3:00–4:00 PM", "donnerstags, meist 3:00–4:00 PM", "täglich"),
        (
            "es",
            "los lunes y los jueves, 3:00 – 4:00 p. m.",
            "los jueves, normalmente 3:00 – 4:00 p. m.",
            "todos los días",
        ),
        ("ja", "月曜日、木曜日 午後3時00分～4時00分", "木曜日 通常午後3時00分～4時00分", "毎日"),
        ("ar", "أيام الاثنين وأيام الخميس، 3:00–4:00 م", "أيام الخميس، عادةً 3:00–4:00 م", "كل يوم"),
    ],
)
def test_what_happens_every_week(code: str, two: str, usually: str, everyday: str) -> None:
    occ, language = Occurrence(at(15, day=10), at(16, day=10)), language_of(code)
    assert plain(pattern_text(occ, (0, 3), zone=SEATTLE, clock=12, language=language)) == two
    assert plain(pattern_text(occ, zone=SEATTLE, clock=12, approximate=True, language=language)) == usually
    assert weekdays_text(range(7), language) == everyday


def test_the_weekday_is_the_readers_in_any_language() -> None:
    occ = Occurrence(at(15, day=10), at(16, day=10))
    berlin = pattern_text(occ, zone=ZoneInfo("Europe/Berlin"), clock=24, language=language_of("de"))
    assert berlin == "freitags 00:00–01:00 Uhr"


days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(
    st.sampled_from([*known_codes(), "de-AT", "fr-CA", "es-MX", "ar-EG"]),
    days,
    st.integers(0, 24 * 60 - 1),
    st.integers(0, 3 * 24 * 60),
    st.sampled_from(ZONES),
    st.sampled_from([12, 24]),
)
def test_every_text_of_every_instant_is_whole(
    code: str, day: date, begin: int, minutes: int, zone: str, clock: int
) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=SEATTLE) + timedelta(minutes=begin)
    end, language = start + timedelta(minutes=minutes), language_of(code)
    text = told(code, zone, clock, Occurrence(start, end))
    last = day + timedelta(days=minutes % 90)
    texts = [
        *(getattr(text, name) for name in TimeText.__dataclass_fields__ if name != "elsewhere"),
        *(form(day, language) for form in (day_text, full_day_text, month_day_text, short_date_text)),
        date_range_text(day, last, language),
        span_text(start, None, clock, language),
        pattern_text(Occurrence(start, end), (0, 2), zone=ZoneInfo(zone), clock=clock, language=language),
        weekdays_text([day.weekday()], language),
        zone_text(ZoneInfo(zone), start, "", language),
        told(code, zone, clock, Occurrence(day, last)).full,
    ]
    assert all(text.strip() == text and text for text in texts)
    assert not [text for text in texts if re.search(r"[{}%]|\b[yMdEHhms]{3,}\b", text)]
    assert str(start.astimezone(ZoneInfo(zone)).day) in text.full or (code == "fr" and "1er" in text.full)


@pytest.mark.parametrize(("code", "clock"), list(product(known_codes(), (12, 24))))
def test_two_times_of_a_day_never_look_the_same(code: str, clock: int) -> None:
    language = language_of(code)
    moments = [at(0) + timedelta(minutes=15 * index) for index in range(96)]
    assert len({span_text(moment, None, clock, language) for moment in moments}) == 96
    assert len({day_text(date(2027, 1, 1) + timedelta(days=index), language) for index in range(365)}) == 365
