"""A frozen draft: the same bytes again, and a hash that sees every word."""

import json
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from compose_builders import SEATTLE, at, cancelled, days, draft_of, event, mondays, moved, weekly
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.compose.draft import draft_hash, dump_draft, load_draft
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Note
from newsletter.model.item import Deadline, Item, Place
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import AllDay, Instant, Override, Recurrence, Sessions, Vague, WeeklyRange

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
dates = st.dates(date(2026, 1, 1), date(2028, 1, 1))
clocks = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1))
instants = st.builds(Instant, clocks, st.none() | clocks, st.just(SEATTLE))
whole_days = st.builds(AllDay, dates, dates)
overrides = st.builds(
    Override, clocks, st.sampled_from(["moved", "cancelled"]), st.none() | clocks, place=st.none() | words
)
whens = st.one_of(
    st.none(),
    instants,
    whole_days,
    st.builds(Sessions, st.lists(instants | whole_days, min_size=1, max_size=3).map(tuple)),
    st.builds(
        WeeklyRange, st.just((0, 2)), dates, dates, st.none() | st.times(), st.none() | st.times(), st.just(SEATTLE)
    ),
    st.builds(
        Recurrence,
        clocks,
        st.none() | clocks,
        st.just(SEATTLE),
        st.just(("FREQ=WEEKLY",)),
        exdates=st.lists(clocks, max_size=2).map(tuple),
        overrides=st.lists(overrides, max_size=2).map(tuple),
        until=st.none() | dates,
    ),
    st.builds(Vague, words, st.none() | dates),
)
deadlines = st.builds(Deadline, words, clocks | dates, st.just(SEATTLE))
items = st.builds(
    Item,
    id=words,
    kind=st.sampled_from(["event", "announcement", "page"]),
    title=words,
    origins=st.just((Origin("events", "content/a.md", 3),)),
    when=whens,
    place=st.builds(Place, name=words),
    deadlines=st.lists(deadlines, max_size=2).map(tuple),
    publish=st.none() | dates,
    tags=st.lists(words, max_size=2).map(tuple),
    custom=st.lists(st.tuples(words, words), max_size=1).map(tuple),
)


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
