"""The one table of outcomes: what each end proves, status by status, and that no road decides it for itself."""

import ast
from pathlib import Path
from typing import get_args

import pytest

import newsletter.providers
from newsletter.model.delivery import OUTCOME_STATE, Outcome
from newsletter.model.outcomes import OUTCOMES, End, http_end, smtp_end

ROADS = sorted(Path(newsletter.providers.__path__[0]).rglob("*.py"))


def test_every_end_has_an_outcome_and_every_outcome_a_state() -> None:
    assert set(OUTCOMES) == set(get_args(End))
    assert set(OUTCOMES.values()) == set(get_args(Outcome)) == set(OUTCOME_STATE)


@pytest.mark.parametrize(
    ("status", "explained", "outcome"),
    [
        (202, False, "accepted"),
        (200, False, "unknown"),
        (201, True, "unknown"),
        (204, False, "unknown"),
        (100, False, "unknown"),
        (302, False, "refused_for_now"),
        (304, False, "unknown"),
        (400, True, "rejected"),
        (400, False, "unknown"),
        (401, True, "refused_for_now"),
        (401, False, "refused_for_now"),
        (403, True, "refused_for_now"),
        (404, False, "refused_for_now"),
        (408, False, "unknown"),
        (413, True, "rejected"),
        (413, False, "unknown"),
        (429, False, "refused_for_now"),
        (500, True, "unknown"),
        (502, False, "unknown"),
        (503, True, "unknown"),
        (504, False, "unknown"),
        (999, True, "unknown"),
    ],
)
def test_what_each_http_status_proves_of_a_request_that_was_written_whole(
    status: int, explained: bool, outcome: Outcome
) -> None:
    assert OUTCOMES[http_end(status, taken=(202,), explained=explained)] == outcome


@pytest.mark.parametrize(
    ("code", "before_the_dot", "after_the_dot"),
    [
        (421, "refused_for_now", "refused_for_now"),
        (450, "refused_for_now", "refused_for_now"),
        (454, "refused_for_now", "refused_for_now"),
        (530, "refused_for_now", "refused_for_now"),
        (535, "refused_for_now", "refused_for_now"),
        (550, "rejected", "rejected"),
        (554, "rejected", "rejected"),
        (354, "not_submitted", "unknown"),
        (220, "not_submitted", "unknown"),
        (-1, "not_submitted", "unknown"),
        (600, "not_submitted", "unknown"),
    ],
)
def test_what_each_smtp_reply_proves(code: int, before_the_dot: Outcome, after_the_dot: Outcome) -> None:
    assert OUTCOMES[smtp_end(code, whole=False)] == before_the_dot
    assert OUTCOMES[smtp_end(code, whole=True)] == after_the_dot


def test_only_what_may_have_left_is_never_tried_again_and_nothing_else_waits_for_evidence() -> None:
    doubtful = {end for end, outcome in OUTCOMES.items() if OUTCOME_STATE[outcome] == "unknown"}
    again = {end for end, outcome in OUTCOMES.items() if OUTCOME_STATE[outcome] == "pending"}
    assert doubtful == {"silent", "unclear"}
    assert again == {"untried", "unreached", "incomplete", "put_off", "ours_to_mend"}


@pytest.mark.parametrize("path", ROADS, ids=lambda path: path.stem)
def test_no_road_writes_an_outcome_of_its_own(path: Path) -> None:
    words = set(get_args(Outcome))
    written = [
        f"{path.name}:{call.lineno}"
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        for value in (*call.args, *(one.value for one in call.keywords))
        if isinstance(value, ast.Constant) and value.value in words
    ]
    assert not written, "take it from OUTCOMES of model.outcomes"
