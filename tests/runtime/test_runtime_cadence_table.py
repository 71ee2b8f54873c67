"""`newsletter cadence`: the slots to come as a table, with the clocks that change and the days nobody covers."""

from pathlib import Path

import pytest
from cadence_workspace import Clock, at, opened
from hypothesis import given
from hypothesis import strategies as st

from newsletter.app.lookahead import next_slots, slot_json, slot_rows
from newsletter.app.sample import init_workspace
from newsletter.app.timing import terms_around
from newsletter.app.workspace import open_workspace, with_settings
from newsletter.dates.cadence.rules import CadenceError
from newsletter.settings.reading import SettingsError

CLOCK = Clock("2026-12-02T00:00")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    init_workspace(folder)
    return folder


def rows(root: Path, count: int, since: str, **rules: object) -> list[tuple[str, ...]]:
    ws = opened(root, CLOCK, **rules)
    return list(slot_rows(next_slots(ws, "weekly", at(since), count)))


def test_a_line_has_the_key_the_times_with_their_zone_and_the_days_of_the_window(root):
    assert rows(root, 1, "2026-12-04") == [
        (
            "weekly-2026-12-04",
            "Tue 1 Dec 2026, 09:00 PST",
            "Fri 4 Dec 2026, 09:00 PST",
            "Mon 7 Dec to Sun 13 Dec 2026",
            "",
        )
    ]


def test_the_clocks_that_change_between_two_slots_are_told(root):
    assert [row[4] for row in rows(root, 3, "2027-03-05")] == ["", "", "clocks: PST to PDT"]
    assert [row[4] for row in rows(root, 3, "2026-10-23")] == ["", "", "clocks: PDT to PST"]


def test_days_that_no_issue_covers_are_told(root):
    found = rows(root, 2, "2026-12-18", window="5 days from next Monday")
    assert [row[3:] for row in found] == [
        ("Mon 21 Dec to Fri 25 Dec 2026", "and ahead Sat 26 Dec to Sun 27 Dec 2026"),
        ("Mon 28 Dec 2026 to Fri 1 Jan 2027", "and ahead Sat 2 Jan to Sun 3 Jan 2027"),
    ]


def test_the_json_is_as_it_was_agreed(root):
    (slot,) = next_slots(opened(root, CLOCK), "weekly", at("2026-12-04"), 1)
    assert slot_json(slot) == {
        "key": "weekly-2026-12-04",
        "draft_at": "2026-12-01T09:00:00-08:00",
        "send_at": "2026-12-04T09:00:00-08:00",
        "window": {"start": "2026-12-07T00:00:00-08:00", "end": "2026-12-14T00:00:00-08:00"},
    }


def test_slots_that_have_a_term_are_told_though_a_later_one_has_none(root):
    ws = opened(root, CLOCK, cadence="monthly on 1 at 09:00", window="term")
    found = next_slots(ws, "weekly", at("2026-12-02"), 12)
    assert [slot.key for slot in found] == [f"weekly-2027-0{month}-01" for month in range(1, 7)]
    with pytest.raises(CadenceError, match=r"add the next one to \[terms\]"):
        next_slots(ws, "weekly", at("2027-07-02"), 12)


def test_a_preset_gives_terms_where_none_is_named(root):
    config = (root / "config.toml").read_text()
    (root / "config.toml").write_text(config.replace("[terms]", '[terms]\npreset = "uw"'))
    try:
        ws = open_workspace(root, environ={}, clock=CLOCK)
    finally:
        (root / "config.toml").write_text(config)
    found = next_slots(ws, "quarterly", at("2026-12-02"), 5)
    assert [(slot.key[10:], f"{slot.window.start:%m-%d}") for slot in found] == [
        ("2026-12-28", "01-04"),
        ("2027-03-22", "03-29"),
        ("2027-06-14", "06-21"),
        ("2027-09-22", "09-29"),
        ("2027-12-27", "01-03"),
    ]


def test_a_preset_nobody_knows_is_named_with_its_line(root):
    config = (root / "config.toml").read_text()
    (root / "config.toml").write_text(config.replace("[terms]", '[terms]\npreset = "semesters"'))
    try:
        with pytest.raises(SettingsError) as found:
            open_workspace(root, environ={}, clock=CLOCK)
    finally:
        (root / "config.toml").write_text(config)
    (problem,) = found.value.problems
    assert "`terms.preset`" in problem.text
    assert problem.origin.line == config.splitlines().index("[terms]") + 2


@given(st.integers(2, 9999))
def test_terms_are_reckoned_for_any_year_that_may_be_asked_for(root, year):
    ws = with_settings(opened(root, CLOCK), terms_preset="uw")
    assert terms_around(ws, at(f"{year:04}-06-15"), ahead=100)
