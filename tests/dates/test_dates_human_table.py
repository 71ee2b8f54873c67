"""Human dates and times: the table of texts in data/human.toml, with what each means and what is refused."""

import re
import tomllib
from pathlib import Path

import pytest

from newsletter.dates.human import read_when
from newsletter.dates.languages import fold
from newsletter.dates.phrases import SMALL_WORDS
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, Vague, WeeklyRange, When

HOME = "America/Los_Angeles"
TABLE = tomllib.loads((Path(__file__).parent / "data" / "human.toml").read_text(encoding="utf-8"))
LANGUAGES = [(language, *row) for language, rows in TABLE["languages"].items() for row in rows]


def say(when: When) -> str:
    """One line for what was understood, so that the table stays readable."""
    if isinstance(when, AllDay):
        return f"{when.first}" if when.first == when.last else f"{when.first}..{when.last}"
    if isinstance(when, Instant):
        end = f"-{when.end:%H:%M}" if when.end else ""
        nights = (when.end.date() - when.start.date()).days if when.end else 0
        night = f"+{nights}" if nights else ""
        zone = "" if when.timezone == HOME else f" {when.timezone}"
        return f"{when.start:%Y-%m-%d %H:%M}{end}{night}{zone}"
    if isinstance(when, Sessions):
        return " | ".join(say(one) for one in when.sessions)
    if isinstance(when, WeeklyRange):
        days = "".join("MTWRFSU"[day] for day in when.weekdays)
        clock = f" {when.start:%H:%M}" if when.start else ""
        clock += f"-{when.end:%H:%M}" if when.end else ""
        less = "".join(f" -{day}" for day in when.excluded)
        return f"{days} {when.first}..{when.last}{clock}{less}{' ~' if when.approximate else ''}"
    if isinstance(when, Recurrence):
        return say_rule(when)
    assert isinstance(when, Vague)
    return f"vague {when.first}..{when.last}" if when.first else "vague"


def say_rule(when: Recurrence) -> str:
    (rule,) = when.rules
    clock = "" if when.all_day else f" {when.start:%H:%M}"
    clock += f"-{when.end:%H:%M}" if when.end and not when.all_day else ""
    zone = "" if when.timezone == HOME else f" {when.timezone}"
    until = f" until {when.until}" if when.until else ""
    less = "".join(f" -{day:%Y-%m-%d}" for day in when.exdates)
    return f"{rule.removeprefix('FREQ=')} from {when.start:%Y-%m-%d}{clock}{zone}{until}{less}"


@pytest.mark.parametrize(("dates", "clock", "expected", "codes"), TABLE["read"])
def test_what_people_write_is_read(dates: str, clock: str, expected: str, codes: str) -> None:
    parsed = read_when(dates, clock, zone=HOME)
    assert (say(parsed.when), " ".join(finding.code for finding in parsed.warnings)) == (expected, codes)


@pytest.mark.parametrize(("dates", "clock", "expected"), TABLE["vague"])
def test_what_names_no_day_is_vague_without_blame(dates: str, clock: str, expected: str) -> None:
    parsed = read_when(dates, clock, zone=HOME)
    assert say(parsed.when) == expected
    assert [(finding.level, finding.code) for finding in parsed.warnings] == [("info", "I-VAGUE")]


@pytest.mark.parametrize(("dates", "clock", "code", "words"), TABLE["refused"])
def test_what_is_not_understood_is_refused_by_name(dates: str, clock: str, code: str, words: str) -> None:
    parsed = read_when(dates, clock, zone=HOME)
    assert isinstance(parsed.when, Vague)
    assert [(finding.level, finding.code) for finding in parsed.warnings] == [("error", code)]
    assert words in parsed.warnings[0].text


@pytest.mark.parametrize(("dates", "clock", "expected", "code", "words"), TABLE["contradictions"])
def test_contradictions_keep_what_is_written_and_say_so(
    dates: str, clock: str, expected: str, code: str, words: str
) -> None:
    parsed = read_when(dates, clock, zone=HOME)
    errors = [finding for finding in parsed.warnings if finding.level == "error"]
    assert (say(parsed.when), {finding.code for finding in errors}) == (expected, {code})
    assert any(words in finding.text for finding in errors)


@pytest.mark.parametrize(("locale", "dates", "clock", "expected", "codes"), LANGUAGES)
def test_other_languages_are_read_where_the_source_names_them(
    locale: str, dates: str, clock: str, expected: str, codes: str
) -> None:
    parsed = read_when(dates, clock, zone=HOME, locale=locale)
    assert (say(parsed.when), " ".join(finding.code for finding in parsed.warnings)) == (expected, codes)


@pytest.mark.parametrize("language", SMALL_WORDS)
def test_every_small_word_of_a_language_stands_in_the_table(language: str) -> None:
    rows = " ".join(f"{row[0]} {row[1]}" for row in TABLE["languages"][language])
    written = {fold(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", rows)}
    assert [word for word in SMALL_WORDS[language] if fold(word) not in written] == []


def test_the_table_is_as_long_as_was_promised() -> None:
    texts = [tuple(row[:2]) for name in ("read", "vague", "refused", "contradictions") for row in TABLE[name]]
    assert len(texts) == len(set(texts)) >= 300
    assert len(TABLE["refused"]) >= 60
    assert all(len(rows) >= 5 for rows in TABLE["languages"].values())
