"""What a reader turned from: a series they stopped, and events that take place in a room alone."""

from dataclasses import replace

import pytest
from compose_builders import IN_SEATTLE, at, cancelled, draft_of, entries, event, only, titles, weekly

from newsletter.compose.correction import compose_correction
from newsletter.compose.explain import explain
from newsletter.compose.issue import compose
from newsletter.compose.programme import programme_of
from newsletter.compose.stopping import series_code
from newsletter.model.issue import Choices
from newsletter.model.item import Item, Place

RULE = "FREQ=WEEKLY;BYDAY=MO"
CLINIC = event("Stats clinic", weekly("2026-09-07 12:00", RULE))
COFFEE = event("Coffee hour", weekly("2026-09-08 15:00", "FREQ=WEEKLY;BYDAY=TU"))
TALK = event("Talk", at("2026-12-08 12:00"))
STOPPED = replace(IN_SEATTLE, stopped=(CLINIC.id,))
ONLINE = replace(IN_SEATTLE, online_only=True)


def off(item: Item, day: str) -> Item:
    """The series without the one on that day."""
    return replace(item, when=replace(item.when, overrides=(cancelled(day),)))


def test_a_series_can_be_stopped_by_the_code_that_its_line_carries() -> None:
    issue = compose(draft_of(CLINIC, COFFEE, TALK), IN_SEATTLE)
    assert [entry.stop for entry in entries(issue, "recurring")] == [series_code(CLINIC.id), series_code(COFFEE.id)]
    assert only(entries(issue, "events")).stop == ""


def test_a_stopped_series_is_in_no_section_and_all_else_comes_as_before() -> None:
    issue = compose(draft_of(CLINIC, COFFEE, TALK), STOPPED)
    assert titles(issue, "recurring") == ["Coffee hour"]
    assert titles(issue, "events") == ["Talk"]
    assert "Stats clinic" not in repr(issue.sections)


def test_what_changes_about_a_stopped_series_is_not_told_either() -> None:
    before = draft_of(CLINIC, COFFEE, sent="2026-11-27 09:00")
    for now in (draft_of(off(CLINIC, "2026-12-07 12:00"), COFFEE, TALK), draft_of(COFFEE, TALK)):
        assert "Stats clinic" in repr(compose(now, IN_SEATTLE, before).sections)
        memory = compose(before, IN_SEATTLE).memory
        assert "Stats clinic" not in repr(compose(now, STOPPED, before, memory).sections)


def test_no_correction_tells_of_a_stopped_series() -> None:
    memory = compose(draft_of(CLINIC, sent="2026-11-27 09:00"), IN_SEATTLE).memory
    now = replace(draft_of(off(CLINIC, "2026-12-07 12:00")), kind="correction", about=(CLINIC.id,))
    assert compose_correction(programme_of(now), IN_SEATTLE, memory) is not None
    assert compose_correction(programme_of(now), STOPPED, memory) is None


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place("online", "Zoom"), True),
        (Place("hybrid", "Lakeview and Zoom"), True),
        (Place("tba"), True),
        (Place("in_person", "Lakeview 1.203"), False),
    ],
)
def test_online_events_alone_leave_out_what_takes_place_in_a_room(place: Place, told: bool) -> None:
    talk = replace(TALK, place=place)
    assert bool(titles(compose(draft_of(talk), ONLINE), "events")) is told
    assert titles(compose(draft_of(talk), IN_SEATTLE), "events") == ["Talk"]


def test_who_wants_online_events_is_still_told_that_one_moved_into_a_room() -> None:
    online = replace(TALK, place=Place("online", "Zoom"))
    before = draft_of(online, sent="2026-11-27 09:00", window=("2026-11-30", "2026-12-14"))
    issue = compose(draft_of(replace(TALK, place=Place("in_person", "Lakeview"))), ONLINE, before)
    assert [entry.change for entry in entries(issue, "changes")] == ["place changed"]


def test_the_trace_says_that_the_reader_turned_from_it() -> None:
    def reasons(choices: Choices, item: Item) -> list[str]:
        return [one.code for one in explain(draft_of(CLINIC, TALK), item.id, choices).reasons]

    in_a_room = replace(TALK, place=Place("in_person", "Lakeview"))
    assert reasons(IN_SEATTLE, CLINIC) == []
    assert reasons(STOPPED, CLINIC) == ["turned-away"]
    assert [one.code for one in explain(draft_of(in_a_room), TALK.id, ONLINE).reasons] == ["turned-away"]
