"""A frozen draft: the same bytes again, and a hash that sees every word."""

import json
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from compose_builders import (
    IN_BERLIN,
    SEATTLE,
    TERMS,
    at,
    cancelled,
    days,
    draft_of,
    event,
    local,
    mondays,
    moved,
    weekly,
)
from compose_strategies import items, words
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.compose.draft import draft_hash, dump_draft, load_draft
from newsletter.compose.facts import check_facts
from newsletter.compose.identity import join
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Note
from newsletter.model.item import Deadline, Item, Reading
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import WeeklyRange


@given(st.lists(items, max_size=3), words)
@settings(deadline=None)
def test_a_loaded_draft_is_equal_and_gives_the_same_bytes(found: list[Item], body: str) -> None:
    draft = draft_of(*found, note=Note(body=body))

    text = dump_draft(draft)
    again = load_draft(text)

    assert again == draft
    assert dump_draft(again) == text
    assert draft_hash(again) == draft_hash(draft)


def test_a_deadline_keeps_whether_it_is_a_day_or_an_hour() -> None:
    midnight, day = datetime(2026, 12, 9), date(2026, 12, 9)
    item = event(
        "Talk", at("2026-12-10 12:00"), deadlines=tuple(Deadline("by", when, SEATTLE) for when in (midnight, day))
    )

    (loaded,) = load_draft(dump_draft(draft_of(item))).items

    assert [type(deadline.at) for deadline in loaded.deadlines] == [datetime, date]


def test_the_text_is_json_that_does_not_depend_on_the_order_of_keys() -> None:
    text = dump_draft(draft_of(note=Note(body="Grüße")))

    assert text == json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert "Grüße" in text


def test_composing_a_loaded_draft_gives_the_same_issue() -> None:
    whens = [
        at("2026-12-08 12:00"),
        days("2026-12-09"),
        mondays("2026-11-02", "2026-12-14"),
        weekly("2026-10-01 15:00", "FREQ=WEEKLY", overrides=(cancelled("2026-12-10 15:00"),)),
        weekly("2026-10-02 15:00", "FREQ=WEEKLY", overrides=(moved("2026-12-11 15:00", "2026-12-12 10:00"),)),
    ]
    draft = draft_of(*(event(f"Event {place}", when) for place, when in enumerate(whens)))
    choices = Choices(timezone="Asia/Kathmandu")

    assert compose(load_draft(dump_draft(draft)), choices) == compose(draft, choices)


def test_the_hash_sees_the_note_an_item_and_the_time() -> None:
    draft = draft_of(event("Talk", at("2026-12-08 12:00")))
    others = [
        replace(draft, note=Note(body="Hello")),
        replace(draft, items=()),
        replace(draft, as_of=draft.slot.send_at),
        replace(draft, theme=(("issue.mjml", "<mjml/>"),)),
        replace(draft, problems=(Problem("info", "I-X", "odd", Origin("a", "b")),)),
    ]

    assert len({draft_hash(one) for one in [draft, *others]}) == 1 + len(others)
    assert len(draft_hash(draft)) == 64


def test_anything_else_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        load_draft("{}")


def test_times_of_day_survive() -> None:
    draft = draft_of(event("Group", mondays("2026-11-02", "2026-12-14", "12:05", "13:00")))

    (item,) = load_draft(dump_draft(draft)).items

    assert isinstance(item.when, WeeklyRange)
    assert item.when.start == time(12, 5)


@given(st.lists(items, max_size=6), st.lists(items, max_size=4), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_whatever_was_read_an_issue_comes_out_and_order_is_no_matter(found, before, random) -> None:
    shuffled = random.sample(found, len(found))
    month = ("2026-12-01", "2027-01-01")
    issues = []
    for order in (found, shuffled):
        reading = check_facts(
            join(Reading(tuple(order))), terms=dict(TERMS), timezone=SEATTLE, as_of=local("2026-12-01")
        )
        draft = draft_of(*reading.items, sent="2026-12-01 09:00", window=month)
        baseline = draft_of(*before, sent="2026-11-27 09:00")
        issues.append(compose(draft, IN_BERLIN, baseline))

    assert issues[0] == issues[1]
