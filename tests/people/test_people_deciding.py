"""The table of what a file may do to whom: it never raises anybody, and drops nobody who ended."""

from typing import get_args

import pytest

from newsletter.model.people import SubscriptionState, SuppressionReason
from newsletter.people.importing.deciding import OUTCOMES, RESTORED, cases, verdict

TABLE = tuple(cases())
STATES = get_args(SubscriptionState)
REASONS = get_args(SuppressionReason)


def test_the_table_has_every_case_once() -> None:
    keys = [(one.standing, one.state, one.suppressed) for one in TABLE]
    assert len(keys) == len(set(keys)) == (7 + len(STATES)) * (1 + len(STATES)) * (1 + len(REASONS))
    assert {one.verdict.outcome for one in TABLE} <= set(OUTCOMES)


def test_nobody_who_left_or_is_suppressed_is_raised() -> None:
    barred = [one for one in TABLE if one.suppressed or one.state in ("left", "bounced", "complained")]
    assert {one.verdict.after for one in barred} <= {None, "left"}
    assert "new" not in {one.verdict.outcome for one in barred}


@pytest.mark.parametrize(
    ("standing", "state", "suppressed", "outcome", "after"),
    [
        ("active", None, "", "new", "active"),
        ("active", "pending", "", "new", "active"),
        ("active", "active", "", "known", None),
        ("active", "left", "", "suppressed", None),
        ("active", None, "erased", "suppressed", None),
        ("left", None, "", "ended", "left"),
        ("left", "active", "", "ended", "left"),
        ("left", "left", "", "known", None),
        ("left", None, "bounced", "suppressed", None),
        ("bounced", None, "", "ended", None),
        ("complained", None, "bounced", "ended", None),
        ("bounced", None, "complained", "suppressed", None),
        ("blocked", "active", "", "ended", None),
        ("unconfirmed", None, "", "left out", None),
        ("passed", "active", "", "left out", None),
    ],
)
def test_what_becomes_of_a_line(standing, state, suppressed, outcome, after) -> None:
    assert verdict(standing, state, suppressed) == (outcome, after)


def test_an_export_of_ours_is_put_back_as_it_was_where_nobody_is_and_else_obeys_the_same_rules() -> None:
    found = {(one.standing, one.state, one.suppressed): one.verdict for one in TABLE}
    assert [found[RESTORED + state, None, ""].after for state in STATES] == list(STATES)
    assert found["as-active", "left", ""].outcome == "suppressed"
    assert found["as-active", None, "erased"].outcome == "suppressed"
    assert found["as-pending", "active", ""].outcome == "left out"
