"""What becomes of a slot, as a table: state and lateness in, action out."""

from datetime import timedelta

import pytest
from cadence_workspace import at
from hypothesis import given
from hypothesis import strategies as st

from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace
from newsletter.dates.catch_up import GRACE, CatchUp, decide, overtaken, parse_catch_up
from newsletter.model.issue import ISSUE_TRANSITIONS, Slot, Window
from newsletter.settings.reading import SettingsError

SEND = at("2026-12-04T09:00")
SLOT = Slot("weekly", "weekly-2026-12-04", SEND, SEND - timedelta(days=3), Window(SEND, SEND))
LATE_12 = parse_catch_up("send-late up to 12 hours")


@pytest.mark.parametrize(
    ("state", "hours", "automatic", "action"),
    [
        ("due", -73, False, "nothing"),
        ("due", -72, False, "draft"),
        ("due", 0, False, "draft"),
        ("due", 12, True, "draft"),
        ("due", 13, True, "skip"),
        ("drafted", -1, True, "nothing"),
        ("drafted", 0, True, "send"),
        ("drafted", 0, False, "wait"),
        ("drafted", 12, False, "wait"),
        ("drafted", 13, False, "skip"),
        ("drafted", 13, True, "skip"),
        ("approved", -1, False, "nothing"),
        ("approved", 0, False, "send"),
        ("approved", 12, False, "send"),
        ("approved", 13, False, "skip"),
        ("sending", 500, False, "send"),
        ("paused", 1, True, "nothing"),
        ("sent", 500, True, "nothing"),
        ("skipped", 1, True, "nothing"),
        ("cancelled", 1, True, "nothing"),
    ],
)
def test_twelve_hours_late_is_the_most(state, hours, automatic, action):
    now = SEND + timedelta(hours=hours)
    assert decide(SLOT, state, now, automatic=automatic, rule=LATE_12).action == action


def test_a_skipped_slot_says_how_late_it_was_and_who_was_waited_for():
    late = decide(SLOT, "approved", SEND + timedelta(hours=26), automatic=False, rule=LATE_12)
    assert late.why == "missed by 26 hours, more than the 12 hours it may be late"
    waited = decide(SLOT, "drafted", SEND + timedelta(days=3), automatic=False, rule=LATE_12)
    assert waited.why == "not approved: missed by 3 days, more than the 12 hours it may be late"


def test_merge_gives_way_to_the_next_slot_alone():
    rule = parse_catch_up("merge")
    late = SEND + timedelta(days=20)
    assert decide(SLOT, "due", late, automatic=True, rule=rule).action == "draft"
    merged = decide(SLOT, "due", late, automatic=True, rule=rule, newer="weekly-2026-12-18")
    assert (merged.action, merged.why) == ("merge", "20 days late, merged into weekly-2026-12-18")


def test_skip_still_allows_for_a_restart():
    rule = parse_catch_up("skip")
    assert decide(SLOT, "approved", SEND + GRACE, automatic=False, rule=rule).action == "send"
    assert decide(SLOT, "approved", SEND + GRACE * 2, automatic=False, rule=rule).action == "skip"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("send-late up to 12 hours", CatchUp(timedelta(hours=12))),
        ("Send-late  up to 1 day", CatchUp(timedelta(days=1))),
        ("send-late up to 1 minute", CatchUp(GRACE)),
        ("merge", CatchUp(None, merge=True)),
        ("skip", CatchUp(GRACE)),
    ],
)
def test_the_ways_to_catch_up(text, rule):
    assert parse_catch_up(text) == rule


@pytest.mark.parametrize("text", ["", "later", "send-late", "send-late up to x hours", "send-late up to 1.5 hours"])
def test_other_words_are_refused_with_what_may_be_written(text):
    with pytest.raises(ValueError, match="write 'send-late up to 12 hours', 'merge' or 'skip'"):
        parse_catch_up(text)


def test_a_misspelt_way_is_found_when_the_settings_are_read(tmp_path):
    init_workspace(tmp_path)
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace("[digests.weekly]", '[digests.weekly]\ncatch_up = "later"'))
    with pytest.raises(SettingsError) as found:
        open_workspace(tmp_path, environ={})
    (problem,) = found.value.problems
    assert "digests.weekly.catch_up" in problem.text
    assert config.read_text().split("\n")[problem.origin.line - 1] == 'catch_up = "later"'


@given(
    state=st.sampled_from(sorted(ISSUE_TRANSITIONS)),
    minutes=st.integers(-10_000, 100_000),
    automatic=st.booleans(),
    text=st.sampled_from(["merge", "skip", "send-late up to 12 hours"]),
    newer=st.sampled_from([None, "weekly-2026-12-11"]),
)
def test_no_decision_asks_for_a_step_the_state_table_has_not(state, minutes, automatic, text, newer):
    now = SEND + timedelta(minutes=minutes)
    action = decide(SLOT, state, now, automatic=automatic, rule=parse_catch_up(text), newer=newer).action
    leads_to = {"draft": "drafted", "skip": "skipped", "merge": "skipped"}
    if action in leads_to:
        assert leads_to[action] in ISSUE_TRANSITIONS[state]
    if action == "send":
        assert now >= SEND or state == "sending"
        assert state == "sending" or "sending" in ISSUE_TRANSITIONS[state]
        assert automatic or state != "drafted"


NEXT = Slot("weekly", "weekly-2026-12-11", SEND + timedelta(days=7), SEND + timedelta(days=4), Window(SEND, SEND))


@pytest.mark.parametrize(
    ("state", "automatic", "minutes", "taken_in"),
    [
        ("drafted", False, 15, False),
        ("drafted", False, 4 * 24 * 60 - 1, False),
        ("drafted", False, 4 * 24 * 60, True),
        ("drafted", True, 4 * 24 * 60, False),
        ("approved", False, 7 * 24 * 60 - 1, False),
        ("approved", False, 7 * 24 * 60, True),
        ("due", True, 7 * 24 * 60, True),
    ],
)
def test_the_next_issue_takes_a_late_one_in_when_it_is_drafted_or_leaves(state, automatic, minutes, taken_in):
    now = SEND + timedelta(minutes=minutes)
    assert overtaken(SLOT, NEXT, state, now, automatic=automatic) == taken_in


def test_an_issue_that_is_just_leaving_is_not_taken_in_by_one_that_was_drafted_long_ahead():
    early = Slot(
        "weekly", "weekly-2026-12-11", SEND + timedelta(days=7), SEND - timedelta(days=9), Window(SEND, SEND)
    )
    assert not overtaken(SLOT, early, "drafted", SEND + GRACE, automatic=False)
    assert overtaken(SLOT, early, "drafted", SEND + GRACE + timedelta(minutes=1), automatic=False)
