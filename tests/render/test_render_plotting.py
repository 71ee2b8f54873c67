"""Plots: marks stand where their numbers say, above or below zero, and nothing leaves the drawing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.render.plotting import (
    HEIGHT,
    LEFT,
    MOST_LABELS,
    WIDTH,
    Column,
    Series,
    number_text,
    plot,
    round_step,
)

UP, DOWN = Series("good"), Series("soft", below=True)


def columns(*values: tuple[float, ...]) -> list[Column]:
    return [Column(f"c{number}", f"column {number}", one) for number, one in enumerate(values)]


def test_a_bar_is_as_high_as_its_number() -> None:
    small, large = plot(columns((10,), (20,)), [UP]).bars
    assert large.height == pytest.approx(2 * small.height)
    assert small.y + small.height == large.y + large.height, "both stand on the axis"


def test_series_are_stacked_and_lie_below_the_axis_where_they_take_away() -> None:
    drawn = plot(columns((6, 3)), [UP, DOWN])
    won, lost = drawn.bars
    assert won.y + won.height == pytest.approx(drawn.zero)
    assert lost.y == pytest.approx(drawn.zero)
    first, second = plot(columns((6, 3)), [UP, Series("bad")]).bars
    assert second.y + second.height == pytest.approx(first.y)


def test_a_limit_is_in_the_drawing_even_where_no_bar_reaches_it() -> None:
    drawn = plot(columns((0.1,)), [UP], (5.0, "paused at 5 %"))
    assert drawn.limit is not None
    assert 0 < drawn.limit.at < drawn.bars[0].y


def test_nothing_but_zeros_is_a_plot_without_bars() -> None:
    drawn = plot(columns((0,), (0,)), [UP])
    assert drawn.bars == ()
    assert [mark.label for mark in drawn.lines] == ["0", "1"]


def test_labels_are_as_many_as_fit_evenly() -> None:
    drawn = plot(columns(*[(1,)] * 80), [UP])
    assert len(drawn.labels) <= MOST_LABELS
    places = [mark.at for mark in drawn.labels]
    steps = [b - a for a, b in pairwise(places)]
    assert steps == pytest.approx([steps[0]] * len(steps), abs=0.02)


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6, allow_subnormal=False), st.floats(0, 1e6, allow_subnormal=False)),
        min_size=1,
        max_size=60,
    )
)
def test_every_bar_is_within_the_drawing(values: list[tuple[float, float]]) -> None:
    drawn = plot(columns(*values), [UP, DOWN])
    for bar in drawn.bars:
        assert bar.x >= LEFT - 0.01
        assert bar.x + bar.width <= WIDTH + 0.01
        assert bar.y >= 0
        assert bar.y + bar.height <= HEIGHT
    assert len(drawn.lines) <= 9


@pytest.mark.parametrize(("least", "step"), [(0.3, 0.5), (1, 1), (1.1, 2), (7, 10), (30, 50), (0.02, 0.02)])
def test_steps_are_round(least: float, step: float) -> None:
    assert round_step(least) == pytest.approx(step)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.3, "0.3"), (1500, "1,500"), (20_000, "20k"), (12_500, "12,500")]
)
def test_numbers_of_an_axis_are_short(value: float, text: str) -> None:
    assert number_text(value) == text
