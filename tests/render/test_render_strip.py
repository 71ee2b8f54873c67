"""The strip of the masthead: days of a week, or the weeks of a term above their months."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from render_builders import STRIP, a_draft, a_row, an_issue, theme

from newsletter.model.issue import DayTile
from newsletter.model.mail import fill_text
from newsletter.model.workspace import Track
from newsletter.render.edition import render
from newsletter.render.strip import BARS, TileRow, is_of_weeks, tile_rows
from newsletter.render.theme import read_theme

HOURS = read_theme(dict(theme("hours"))["theme.toml"], "templates/hours/theme.toml")
DIVE: dict[str, Track] = {"dives": HOURS.tracks["dive"]}
TERM = tuple(
    DayTile(f"{monday:%b}", str(monday.day), ("dives",), monday)
    for monday in (date(2027, 1, 4) + timedelta(weeks=week) for week in range(11))
)


def rows_of(strip: tuple[DayTile, ...]) -> tuple[TileRow, ...]:
    return tile_rows(strip, DIVE, HOURS)


def test_a_week_is_one_row_of_days_without_months() -> None:
    (row,) = rows_of(STRIP)

    assert [tile.label for tile in row.tiles] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert row.months == ()


def test_a_term_is_one_row_of_weeks_above_their_months() -> None:
    (row,) = rows_of(TERM)

    assert [tile.number for tile in row.tiles] == ["4", "11", "18", "25", "1", "8", "15", "22", "1", "8", "15"]
    assert [(month.name, month.weeks) for month in row.months] == [("Jan", 4), ("Feb", 4), ("Mar", 3)]


def test_a_semester_is_two_rows_of_one_length() -> None:
    first = TERM[0].first
    assert first is not None
    semester = tuple(replace(TERM[0], first=first + timedelta(weeks=week)) for week in range(17))

    assert [len(row.tiles) for row in rows_of(semester)] == [9, 9]
    assert rows_of(semester)[1].tiles[-1].bars == ()


def test_a_month_without_room_for_its_name_has_none() -> None:
    labels = ["septiembre", *["octubre"] * 10]
    (row,) = rows_of(tuple(replace(tile, label=label) for tile, label in zip(TERM, labels, strict=True)))

    assert [month.name for month in row.months] == ["", "octubre"]


def test_a_full_day_has_as_many_bars_as_can_be_told_apart() -> None:
    (row,) = rows_of((replace(STRIP[0], topics=("dives",) * 9),))
    assert row.tiles[0].bars == (DIVE["dives"].bar,) * BARS


@pytest.mark.parametrize(("strip", "weeks"), [(STRIP, False), (TERM, True), (STRIP[:1], False), ((), False)])
def test_weeks_are_known_by_their_distance(strip: tuple[DayTile, ...], weeks: bool) -> None:
    assert is_of_weeks(strip) is weeks


def test_the_term_is_in_the_mail_and_hidden_from_screen_readers() -> None:
    html = fill_text(render(an_issue(strip=TERM), a_draft()).html, a_row().values)

    assert html.count('class="week tile"') == 11
    assert html.count('<tr aria-hidden="true">') == 2
    assert ">Mar</td>" in html
