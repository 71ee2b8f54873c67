"""What moved since a draft was frozen: facts with what they were and are, words apart, this issue's entries first."""

from dataclasses import fields, replace
from datetime import date

import pytest
from compose_builders import HOME, at, draft_of, event, news, weekly

from newsletter.compose.draft import dump_draft, load_draft
from newsletter.compose.drift import PARTS, Drift, drift_of, drift_problems
from newsletter.model.issue import Draft, Note
from newsletter.model.item import Deadline, Item, Place
from newsletter.model.problem import Origin, Problem

TEA = event("Tea", at("2026-12-08 12:00"), "social")
HAT = event("Hat making", at("2026-12-09 12:00"))
SPRING = event("Spring walk", at("2027-04-09 12:00"))
KEY = "weekly-2026-12-04"


def moved(before: Item, **now) -> Drift:
    return drift_of(draft_of(before, HAT), draft_of(replace(before, **now), HAT))


def lines(drift: Drift) -> list[str]:
    return [str(one) for one in drift.items]


def test_what_stands_as_it_stood_is_no_drift() -> None:
    drift = drift_of(draft_of(TEA, SPRING), draft_of(SPRING, TEA))

    assert not drift
    assert (drift.holding, drift.fingerprint) == ((), "")


def test_a_draft_that_was_stored_is_not_other_for_that() -> None:
    series = event("Quiet hour", weekly("2026-12-07 15:00", "FREQ=WEEKLY;COUNT=3"), expires=date(2026, 12, 20))
    due = replace(HAT, deadlines=(Deadline("Ask", date(2026, 12, 8), str(HOME), origin=HAT.origin),))
    draft = draft_of(TEA, due, series)

    assert not drift_of(load_draft(dump_draft(draft)), load_draft(dump_draft(replace(draft))))


@pytest.mark.parametrize(
    ("now", "line"),
    [
        (
            {"when": at("2026-12-08 15:00")},
            "when: Tue 8 Dec 2026, 12–1 PM, America/Los_Angeles -> Tue 8 Dec 2026, 3–4 PM",
        ),
        ({"place": Place("in_person", "The roof")}, "place: Lakeview 1.203 -> The roof"),
        ({"status": "cancelled"}, "status: confirmed -> cancelled"),
        ({"title": "Coffee"}, "title: Tea -> Coffee"),
        ({"hosts": ("Mele", "Piotr")}, "hosts: nothing -> Mele, Piotr"),
        ({"registration_url": "https://example.org/t"}, "registration url: nothing -> https://example.org/t"),
        ({"held_back": True}, "held back: told -> held back"),
        ({"deadlines": (Deadline("Ask", date(2026, 12, 7), "UTC"),)}, "deadlines: nothing -> Ask (2026-12-07)"),
    ],
)
def test_a_fact_is_told_with_what_it_was_and_is(now, line) -> None:
    drift = moved(TEA, **now)

    (told,) = [str(one).replace("\u202f", " ") for one in drift.items]
    assert told.startswith("changed: ")
    assert line in told
    assert drift.holding == tuple(lines(drift))


@pytest.mark.parametrize("now", [{"body": "More words."}, {"summary": "Short."}, {"image": "https://example.org/i"}])
def test_words_are_told_apart_and_hold_nothing(now) -> None:
    drift = moved(TEA, **now)

    assert lines(drift) == [f"reworded: 'Tea' ({next(iter(now))})"]
    assert (drift.holding, drift.fingerprint) == ((), "")


def test_a_line_that_moved_in_its_file_is_nothing() -> None:
    lower = Origin("events", "content/events/tea.md", 40)

    assert not moved(TEA, origins=(lower,), body_at=lower)


def test_what_came_and_what_went_is_told() -> None:
    drift = drift_of(draft_of(TEA, SPRING), draft_of(TEA, HAT, SPRING))
    assert lines(drift) == ["added: 'Hat making'"]
    back = drift_of(draft_of(TEA, HAT), draft_of(TEA))
    assert lines(back) == ["removed: 'Hat making'"]
    assert all(one.here for one in (*drift.items, *back.items))


def test_what_the_issue_does_not_tell_holds_nothing() -> None:
    drift = drift_of(draft_of(TEA, SPRING), draft_of(TEA, replace(SPRING, status="cancelled")))

    assert [one.here for one in drift.items] == [False]
    assert drift.holding == ()


def test_what_moves_out_of_the_issue_was_in_it() -> None:
    drift = moved(TEA, when=at("2027-02-08 12:00"))

    assert [one.here for one in drift.items] == [True]


def test_an_entry_that_changed_its_id_is_the_same_entry() -> None:
    assert not moved(TEA, id="events:tea-2")


def test_a_file_that_cannot_be_read_any_more_has_not_taken_its_event_away() -> None:
    fault = Problem("error", "E-YAML", "broken", Origin("events", "content/events/tea.md", 2))
    drift = drift_of(draft_of(TEA, HAT), draft_of(HAT, problems=(fault,)))

    assert lines(drift) == ["unreadable: 'Tea'"]
    assert drift.holding


def test_a_source_that_gives_nothing_any_more_is_not_read() -> None:
    drift = drift_of(draft_of(TEA, replace(HAT, origins=(Origin("calendar", "lab.ics", 4),))), draft_of(TEA))

    assert lines(drift) == ["unreadable: 'Hat making'"]


def test_the_editors_own_file_holds_the_issue_and_a_theme_does_not() -> None:
    base = draft_of(TEA)
    note = drift_of(base, replace(base, note=Note(body="Other words.")))
    theme = drift_of(base, replace(base, theme=(("hours/issue.txt", "x"),)))

    assert (note.parts, note.holding) == (("the editor's file",), ("changed: the editor's file",))
    assert (theme.parts, theme.holding) == (("the theme",), ())


def test_every_part_of_a_draft_is_compared_or_is_its_own_moment() -> None:
    compared = {"items", *(part for part, _ in PARTS)}
    moment = {"key", "digest", "kind", "about", "segment", "service", "slot", "as_of", "number", "problems"}

    assert {field.name for field in fields(Draft)} - compared - moment == set()


def test_a_fingerprint_is_of_exactly_what_holds() -> None:
    one, other = moved(TEA, status="cancelled"), moved(TEA, status="postponed")
    with_words = drift_of(
        draft_of(TEA, HAT), draft_of(replace(TEA, status="cancelled"), replace(HAT, summary="New words."))
    )

    assert one.fingerprint != other.fingerprint
    assert one.fingerprint == with_words.fingerprint


def test_drift_is_found_where_its_entry_stands() -> None:
    drift = drift_of(
        draft_of(TEA, HAT, SPRING, news("Doors")),
        draft_of(replace(TEA, status="cancelled"), replace(HAT, summary="x"), news("Doors"), note=Note(body="y")),
    )
    found = [(one.level, one.code, one.origin.path) for one in drift_problems(drift, KEY)]

    assert found == [
        ("warning", "W-DRIFT", "content/events/tea.md"),
        ("info", "I-DRIFT", "content/events/hat-making.md"),
        ("info", "I-DRIFT", "content/events/spring-walk.md"),
        ("warning", "W-DRIFT", f"issues/{KEY}.md"),
    ]
