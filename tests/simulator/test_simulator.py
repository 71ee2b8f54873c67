"""The whole of sending under seeded chaos: crashes, clocks, providers, readers and operators, thousands of times.

A seed that fails is played again with `python tests/simulator/replay.py SEED`, to the byte.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from simulator_runs import Simulator, simulator
from simulator_world import World

from newsletter.app.sending import recovering
from newsletter.app.sending.line import Line
from newsletter.model.delivery import OUTCOME_STATE
from newsletter.store import claims

# What is covered, tests/app/test_app_sending*.py tell; to be watched doubles what hundreds of worlds take.
pytestmark = [pytest.mark.no_cover, pytest.mark.sqlite_only]  # each world is a store in memory

Hundred = Callable[[], dict[int, World]]
REPLAY = Path(__file__).with_name("replay.py")


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with simulator() as made:
        yield made


@pytest.fixture(scope="module")
def hundred(sim: Simulator) -> Hundred:
    """The first hundred worlds, once they are asked for."""
    return cache(lambda: {seed: sim.play(seed) for seed in range(100)})


def broken(sim: Simulator, seeds: Iterable[int]) -> dict[int, list[str]]:
    """The seeds in which something did not hold, and what."""
    return {seed: world.violations for seed in seeds if (world := sim.play(seed)).violations}


def test_check_59_nobody_is_lost_or_mailed_twice_in_the_first_100_worlds(hundred: Hundred) -> None:
    assert {seed: world.violations for seed, world in hundred().items() if world.violations} == {}


@pytest.mark.parametrize("first", range(100, 500, 100))
def test_check_59_nobody_is_lost_or_mailed_twice_in_500_worlds(sim: Simulator, first: int) -> None:
    assert broken(sim, range(first, first + 100)) == {}, f"python {REPLAY} SEED tells how"


@pytest.mark.parametrize("seed", [4953])
def test_worlds_that_once_went_wrong(sim: Simulator, seed: int) -> None:
    """4953: put off by a clock that ran a year ahead, and claimed and given back by one that ran a year behind."""
    assert broken(sim, [seed]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("first", range(500, 10_500, 500))
def test_check_59_nobody_is_lost_or_mailed_twice_in_10_000_worlds(sim: Simulator, first: int) -> None:
    assert broken(sim, range(first, first + 500)) == {}, f"python {REPLAY} SEED tells how"


def test_a_seed_is_the_same_run_to_the_byte_in_any_process(sim: Simulator, hundred: Hundred) -> None:
    seeds = [3, 14, 15]
    here = ["\n".join(hundred()[seed].trace) for seed in seeds]
    assert here == ["\n".join(sim.play(seed).trace) for seed in seeds]
    command = [sys.executable, str(REPLAY), *map(str, seeds)]
    there = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=True, env=os.environ | {"PYTHONHASHSEED": "99"}
    )
    assert there.stdout == "\n".join(here) + "\n"


def test_the_worlds_are_as_unlike_as_they_should_be(hundred: Hundred) -> None:
    """What is looked for can only be found where it happens: each kind of trouble does."""
    traces = "\n".join(line for world in hundred().values() for line in world.trace)
    for happening in (
        "is killed", "sleeps", "notice bounced", "leaves", "-> paused", "-> cancelled", "clock -60", "silent",
        "throttled", "away", "hangs", "fails", "forgetful", "finished=True", "unknown copies=1", "unknown copies=0",
        "suppressed copies=0", "failed copies=0", "delivered copies=1", "stands after mark", "stands after claim",
        "stands in flight", "log: ", "'accepted': 1", "'sent_again': 1",
    ):  # fmt: skip
        assert happening in traces


Plant = Callable[[pytest.MonkeyPatch], None]


def unknown_is_tried_again(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(OUTCOME_STATE, "unknown", "pending")
    patch.setattr(claims, "PROVEN_UNSENT", claims.PROVEN_UNSENT | {"unknown"})


def marked_after_it_was_sent(patch: pytest.MonkeyPatch) -> None:
    def step(self: Line) -> bool:
        held, aside = self.claim()
        if held is None:
            return aside > 0
        receipts = self.hand_over(held, self.fill(held))
        if self.mark(held):
            self.settle(held, receipts)
        return True

    patch.setattr(Line, "step", step)


def a_stale_batch_is_sent_again(patch: pytest.MonkeyPatch) -> None:
    """Whatever a dead worker held goes back, whether or not it may have left."""
    patch.setattr(recovering, "_told", lambda ws, fates: {one: {} for one, what in fates.items() if what == "lose"})


def consent_is_asked_for_when_it_is_planned(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("newsletter.delivery.batches.bar", lambda due, digest: None)


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (unknown_is_tried_again, "twice"),
        (marked_after_it_was_sent, "twice"),
        (a_stale_batch_is_sent_again, "twice"),
        (consent_is_asked_for_when_it_is_planned, "I5"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_planted_fault_is_found(sim: Simulator, plant: Plant, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert any(found in text for seed in range(80) for text in sim.play(seed).violations)


def test_a_seed_that_fails_is_the_same_run_to_the_byte(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown_is_tried_again(monkeypatch)
    worlds = (sim.play(seed) for seed in range(80))
    failing = next(world for world in worlds if any(one.startswith("I2") for one in world.violations))
    with simulator() as another:
        again = another.play(failing.seed)
    assert "\n".join(again.trace) == "\n".join(failing.trace)
    assert "violation: I2" in "\n".join(again.trace)
