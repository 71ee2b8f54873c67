"""Where the marks of a plot stand: numbers in, places in a drawing of WIDTH by HEIGHT out; templates draw them.

A drawing has no colours and no words of its own: `kind` names what a mark is, for the style sheet, and labels come
from whoever knows what is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 720, 220
#: Room for the numbers at the left, and for the labels below.
LEFT, RIGHT, TOP, BOTTOM = 68, 8, 12, 34
#: Labels that fit below a plot, and lines behind it.
MOST_LABELS, LINES = 9, 4
#: How much of a column's place its bar takes, and the most that it may be wide.
FILL, WIDEST = 0.74, 44.0


@dataclass(frozen=True, slots=True)
class Column:
    """One place on the horizontal axis: its label, what it says when pointed at, and the values of each series."""

    label: str
    title: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One series of values: its kind and whether it is drawn below the axis."""

    kind: str
    below: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A number at the left, or a label below, at its place along that axis; `minor` goes where room is short."""

    at: float
    label: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing: its bars, the axis at zero, lines behind with their numbers, labels below, and a limit's line."""

    bars: tuple[Bar, ...]
    zero: float
    lines: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    limit: Mark | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def plot(
    columns: Sequence[Column], series: Sequence[Series], limit: tuple[float, str] | None = None, unit: str = ""
) -> Plot:
    """Columns side by side, the series of each stacked away from zero; `limit` is a level with its name."""
    top = max([_sum(one, series, below=False) for one in columns] + [limit[0] * 1.1 if limit else 0.0])
    bottom = -max([_sum(one, series, below=True) for one in columns], default=0.0)
    scale = _Scale(bottom, top)
    place = (WIDTH - LEFT - RIGHT) / max(1, len(columns))
    bars = [
        bar for index, one in enumerate(columns) for bar in _bars(one, series, scale, LEFT + index * place, place)
    ]
    return Plot(
        tuple(bars),
        scale.at(0),
        tuple(Mark(scale.at(value), number_text(abs(value)) + unit) for value in scale.steps),
        _labels(columns, place),
        Mark(scale.at(limit[0]), limit[1]) if limit else None,
    )


def _sum(column: Column, series: Sequence[Series], *, below: bool) -> float:
    return sum(value for value, one in zip(column.values, series, strict=True) if one.below == below)


class _Scale:
    """From values to heights, with round steps from below the least to above the most."""

    def __init__(self, bottom: float, top: float) -> None:
        step = round_step((top - bottom) / LINES) if top > bottom else 1.0
        first, last = floor(round(bottom / step, 6)), max(ceil(round(top / step, 6)), 1)
        self.steps = tuple(number * step for number in range(first, last + 1))
        self._bottom, self._span = self.steps[0], self.steps[-1] - self.steps[0]

    def at(self, value: float) -> float:
        """How far from the drawing's top the value stands."""
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - self._bottom) / self._span), 2)


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is no smaller than this."""
    power: float = 10.0 ** floor(log10(least))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= least * 0.999999)


def _bars(column: Column, series: Sequence[Series], scale: _Scale, left: float, place: float) -> list[Bar]:
    width = min(place * FILL, WIDEST)
    x = left + (place - width) / 2
    reached = {False: 0.0, True: 0.0}
    bars = []
    for value, one in zip(column.values, series, strict=True):
        if value <= 0:
            continue
        start = reached[one.below]
        end = reached[one.below] = start + (-value if one.below else value)
        y, foot = sorted((scale.at(start), scale.at(end)))
        bars.append(Bar(round(x, 2), y, round(width, 2), round(max(foot - y, 1.0), 2), one.kind, column.title))
    return bars


def _labels(columns: Sequence[Column], place: float) -> tuple[Mark, ...]:
    """As many labels as fit, evenly; every other one may be left out where there is less room."""
    every = max(1, ceil(len(columns) / MOST_LABELS))
    chosen = [index for index in range(len(columns)) if index % every == 0]
    return tuple(
        Mark(round(LEFT + (index + 0.5) * place, 2), columns[index].label, number % 2 == 1)
        for number, index in enumerate(chosen)
    )


def number_text(value: float) -> str:
    """A number as an axis shows it: 0, 0.3, 12, 1,500, 20k."""
    if value >= 10_000 and value % 1_000 == 0:
        return f"{value / 1_000:,.0f}k"
    return f"{value:,.0f}" if value == round(value) else f"{value:.2f}".rstrip("0").rstrip(".")
