"""The masthead's strip: the days of a week as tiles, or the weeks of a term as slim ones under their months."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from newsletter.language.languages import Language
from newsletter.model.issue import DayTile, Issue
from newsletter.model.workspace import Track
from newsletter.render.theme import DROP_IN, Theme

#: Tiles in one row: days, and weeks.
DAYS, WEEKS = 7, 13
#: Bars on one tile: as many events as can be told apart.
BARS = 4
#: Pixels that a row has on a phone, and those that a letter of a month's name takes.
ROW, LETTER = 330, 8


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its words, and the colours of its bars."""

    label: str
    number: str
    bars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month above the weeks that begin in it; without a name where there is no room for one."""

    name: str
    weeks: int


@dataclass(frozen=True, slots=True)
class TileRow:
    """Tiles side by side; `months` stand above weeks, and are empty above days, which carry their own labels."""

    tiles: tuple[Tile, ...]
    months: tuple[Month, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the legend."""

    name: str
    bar: str


def tile_rows(strip: Sequence[DayTile], tracks: Mapping[str, Track], theme: Theme) -> tuple[TileRow, ...]:
    """The tiles in rows of equal length; the last row is filled up with empty tiles."""
    if not strip:
        return ()
    weeks = is_of_weeks(strip)
    rows = -(-len(strip) // (WEEKS if weeks else DAYS))
    length = -(-len(strip) // rows)
    tiles = [Tile(tile.label, tile.number, _bars(tile, tracks, theme)) for tile in strip]
    tiles += [Tile("", "", ())] * (rows * length - len(tiles))
    cut = [tuple(tiles[row * length : (row + 1) * length]) for row in range(rows)]
    return tuple(TileRow(row, tuple(_months(row)) if weeks else ()) for row in cut)


def is_of_weeks(strip: Sequence[DayTile]) -> bool:
    """Whether each tile stands for a week: for more than one day, that is."""
    days = [tile.first for tile in strip if tile.first]
    return len(days) > 1 and days[1] - days[0] > timedelta(days=1)


def legend(issue: Issue, tracks: Mapping[str, Track], theme: Theme, language: Language) -> tuple[Key, ...]:
    """What the colours in the strip mean, in the order of the topics; only those that occur."""
    seen = {topic for tile in issue.strip for topic in tile.topics}
    keys = [Key(topic.short or topic.title, tracks[name].bar) for name, topic in issue.topics if name in seen]
    if DROP_IN in theme.tracks and seen - set(tracks):
        keys.append(Key(language.gettext("Drop-in"), theme.tracks[DROP_IN].bar))
    return tuple(keys)


def _months(row: Sequence[Tile]) -> Iterator[Month]:
    for name, weeks in groupby(row, key=lambda tile: tile.label):
        count = len(tuple(weeks))
        yield Month(name if len(name) * LETTER <= count * ROW / len(row) else "", count)


def _bars(tile: DayTile, tracks: Mapping[str, Track], theme: Theme) -> tuple[str, ...]:
    found = [tracks.get(topic) or theme.tracks.get(DROP_IN) for topic in tile.topics]
    return tuple(track.bar for track in found if track)[:BARS]
