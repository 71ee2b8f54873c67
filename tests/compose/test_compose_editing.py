"""What the editor's file does to one issue: what stands first, what is left out, what a later issue makes of it."""

from dataclasses import replace

import pytest
from compose_builders import IN_SEATTLE, at, draft_of, entries, event, news, titles

from newsletter.compose.editing import editing_problems, in_named_order
from newsletter.compose.explain import explain
from newsletter.compose.issue import compose
from newsletter.compose.naming import editing_of, merges_of, overrides_of, told_in
from newsletter.model.decisions import FieldOverride, Pairing
from newsletter.model.editing import EditorsFile, Mention
from newsletter.model.issue import Draft
from newsletter.model.item import Place
from newsletter.model.problem import Origin, Problem

TEA = event("Tea", at("2026-12-08 12:00"), "social")
HAT = event("Hat making", at("2026-12-09 12:00"), "deep-dive", registration_url="https://example.org/hats")
BUS = event("Bus ride", at("2026-12-10 12:00"))
LATER = event("Datathon", at("2026-12-16 12:00"), "datathon")
NEWS = news("Doors")


def line(number: int) -> Origin:
    return Origin("issue", "issues/weekly-2026-12-04.md", number)


def mentions(*names: str) -> tuple[Mention, ...]:
    return tuple(Mention(name, line(number)) for number, name in enumerate(names, 2))


def edited(*items, draft: Draft | None = None, **says) -> Draft:
    base = draft or draft_of(*items)
    file = EditorsFile(**{key: mentions(*names) for key, names in says.items()})
    editing, problems = editing_of(file, base, told_in(issue(base), base.items))
    return replace(base, editing=editing, problems=problems)


def issue(draft: Draft, baseline: Draft | None = None):
    return compose(draft, IN_SEATTLE, baseline)


def told(draft: Draft) -> list[tuple[str, str, int | None]]:
    return [(problem.level, problem.code, problem.origin.line) for problem in draft.problems]


def effects(draft: Draft) -> list[Problem]:
    bare = replace(draft, editing=replace(draft.editing, hides=()))
    return list(editing_problems(draft, issue(draft), issue(bare)))


def test_pins_stand_first_in_their_order_and_carry_the_subject() -> None:
    draft = edited(TEA, HAT, BUS, pins=("Bus ride", TEA.id))
    composed = issue(draft)

    assert titles(composed, "events") == ["Bus ride", "Tea", "Hat making"]
    assert [entry.pinned for entry in entries(composed, "events")] == [True, True, False]
    assert composed.subject == "Bus ride on Thursday, Tea on Tuesday"
    assert issue(draft_of(TEA, HAT, BUS)).subject.startswith("Tea on Tuesday, Hat making on Wednesday")


def test_a_table_by_time_stays_by_time() -> None:
    composed = issue(edited(TEA, HAT, BUS, pins=("Bus ride",)))

    assert titles(composed, "glance") == titles(issue(draft_of(TEA, HAT, BUS)), "glance")


def test_a_pinned_piece_of_news_is_in_the_subject_without_a_day() -> None:
    composed = issue(edited(TEA, NEWS, pins=("Doors",)))

    assert composed.subject == "Doors"
    assert entries(composed, "announcements")[0].pinned


def test_a_pin_of_another_week_says_its_date() -> None:
    draft = edited(draft=draft_of(TEA, LATER))
    draft = replace(draft, slot=replace(draft.slot, until=draft.slot.window.end.replace(day=21)))
    composed = issue(edited(draft=draft, pins=("Datathon",)))

    assert titles(composed, "ahead") == ["Datathon"]
    assert composed.subject == "Datathon on 16 Dec"


def test_what_is_hidden_is_nowhere_and_explained() -> None:
    draft = edited(TEA, HAT, hides=("Tea",))

    assert "Tea" not in [entry.title for section in issue(draft).sections for entry in section.entries]
    found = explain(draft, TEA.id, IN_SEATTLE)
    assert [reason.code for reason in found.reasons] == ["hidden"]
    assert "issues/weekly-2026-12-04.md:2" in found.reasons[0].text
    assert [(one.level, one.code, one.origin.line) for one in effects(draft)] == [("info", "I-HIDDEN", 2)]


def test_what_was_hidden_is_new_in_the_next_issue() -> None:
    week = ("2026-12-07", "2026-12-21")
    first = edited(draft=draft_of(TEA, HAT, LATER, window=week), hides=("Datathon",))
    second = draft_of(TEA, HAT, LATER, sent="2026-12-11 09:00")

    assert entries(issue(second, first), "events")[0].change == "new"
    shown = replace(first, editing=replace(first.editing, hides=()))
    assert entries(issue(second, shown), "events")[0].change == "reminder"


@pytest.mark.parametrize("thing", [NEWS, LATER])
def test_hiding_what_was_told_neither_unsays_it_nor_forgets_it(thing) -> None:
    first = draft_of(TEA, thing, window=("2026-12-07", "2026-12-21"))
    hiding = draft_of(HAT, thing, sent="2026-12-11 09:00")
    hiding = edited(draft=hiding, hides=(thing.title,))
    composed = issue(hiding, first)

    assert thing.title not in [entry.title for section in composed.sections for entry in section.entries]
    assert thing.id in [one.item.id for one in composed.memory.told]


def test_sections_and_entries_stand_together_where_the_first_of_them_stood() -> None:
    usual = [section.kind for section in issue(draft_of(TEA, HAT, NEWS)).sections]
    composed = issue(edited(TEA, HAT, BUS, NEWS, order=("Announcements", "events", "Bus ride", "Hat making")))

    assert usual == ["glance", "events", "announcements"]
    assert [section.kind for section in composed.sections] == ["glance", "announcements", "events"]
    assert titles(composed, "events") == ["Tea", "Bus ride", "Hat making"]


def test_in_named_order_keeps_all_there_is() -> None:
    assert in_named_order("abcde", "dbx", str) == ("a", "d", "b", "c", "e")
    assert in_named_order("abba", "b", str) == ("a", "b", "b", "a")
    assert in_named_order("abc", "", str) == ("a", "b", "c")


@pytest.mark.parametrize("key", ["pins", "hides", "order"])
def test_a_name_that_nothing_has_is_an_error_with_a_proposal(key) -> None:
    draft = edited(TEA, HAT, **{key: ("Hat makin'",)})

    assert told(draft) == [("error", "note.unknown-name", 2)]
    assert f"{key} names \"Hat makin'\", which nothing in this issue has; did you mean 'Hat making'" in (
        draft.problems[0].text
    )


def test_a_beginning_that_may_be_two_asks_for_the_id() -> None:
    draft = edited(
        event("Talk one", at("2026-12-08 12:00")), event("Talk two", at("2026-12-09 12:00")), hides=("Talk",)
    )

    assert told(draft) == [("error", "note.ambiguous-name", 2)]
    assert "events:talk-one, events:talk-two" in draft.problems[0].text
    assert draft.editing.hides == ()


def test_a_title_that_two_have_hides_both() -> None:
    other = event("Tea", at("2026-12-10 12:00"), id="tea-2")

    assert [one.id for one in edited(TEA, other, hides=("tea",)).editing.hides] == [TEA.id, other.id]


def test_a_title_that_comes_back_means_the_entry_of_this_issue() -> None:
    spring = event("Tea", at("2027-03-08 12:00"), id="tea-spring")

    assert [one.id for one in edited(spring, TEA, pins=("Tea",), hides=("Te",)).editing.hides] == [TEA.id]


def test_a_section_that_the_digest_lacks_is_told() -> None:
    draft = draft_of(TEA)
    digest = draft.settings.model_copy(update={"sections": ("events",)})
    found = edited(draft=replace(draft, settings=digest), order=("events", "thanks"))

    assert told(found) == [("error", "note.unknown-name", 3)]
    assert found.editing.sections == ("events",)


def test_what_is_pinned_and_hidden_at_once_is_told() -> None:
    assert told(edited(TEA, pins=("Tea",), hides=("Tea",))) == [("error", "note.value", 2)]


@pytest.mark.parametrize("key", ["pins", "hides", "order"])
def test_a_name_that_does_nothing_in_this_issue_is_told(key) -> None:
    draft = edited(TEA, LATER, **{key: ("Datathon",)})

    assert [(one.level, one.code) for one in effects(draft)] == [("warning", "note.not-shown")]


def test_merges_go_by_id_or_title_of_what_was_read() -> None:
    copy = event("Thee", at("2026-12-08 13:00"), source="calendar", id="9")
    file = EditorsFile(merges=(Pairing(("Tea", "calendar:9"), line(3)), Pairing(("Tea", "nobody"), line(4))))
    decisions, problems = merges_of(file, [TEA, copy, HAT], frozenset())

    assert [one.ids for one in decisions.same] == [(TEA.id, copy.id)]
    assert [(one.code, one.origin.line) for one in problems] == [("note.unknown-name", 4)]


def test_overrides_go_by_title_too_and_ask_where_two_have_it() -> None:
    def says(name: str, number: int) -> FieldOverride:
        return FieldOverride(name, "place", "place", Place("online"), line(number))

    other = event("Tea", at("2026-12-10 12:00"), id="tea-2")
    file = EditorsFile(overrides=(says("Hat making", 3), says("Tea", 5), says("Hut", 7)))
    found, problems = overrides_of(file, [TEA, other, HAT], frozenset())

    assert [one.id for one in found] == [HAT.id]
    assert sorted((one.code, one.origin.line) for one in problems) == [
        ("note.ambiguous-name", 5),
        ("note.unknown-name", 7),
    ]
