"""A theme's colours: every pair that a reader meets can be read, and a topic's own colour is made to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_builders import TOPICS, theme

from newsletter.model.workspace import TopicSettings
from newsletter.render.colour import contrast, mix
from newsletter.render.dark import RULES
from newsletter.render.theme import Theme, own_track, read_theme, topic_tracks, track_for

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")
#: Text on ground, by the palette's names, in both schemes.
PAIRS = [
    *((text, ground) for ground in ("sheet", "paper") for text in ("ink", "soft", "mute", "link")),
    *((text, "sheet") for text in ("soon", "bad", "warn_text")),
    *((text, "warn_ground") for text in ("ink", "soft", "warn_text", "bad")),
    *((text, "mast") for text in ("mast_ink", "mast_soft", "mast_dim", "mast_accent")),
    *((text, "tile") for text in ("mast_ink", "mast_soft")),
    *((text, "quiet_ground") for text in ("ink", "soft")),
    ("thanks_text", "thanks_ground"),
    ("button_text", "button"),
]


@pytest.fixture(scope="module")
def hours() -> Theme:
    return read_theme(dict(theme())["theme.toml"], "templates/hours/theme.toml")


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(hours: Theme, text: str, ground: str) -> None:
    assert contrast(hours.light[text], hours.light[ground]) >= 4.5
    assert contrast(hours.dark[text], hours.dark[ground]) >= 4.5


def test_tracks_can_be_read_and_their_bars_be_seen(hours: Theme) -> None:
    for track in hours.tracks.values():
        assert contrast(track.fg, track.bg) >= 4.5
        assert contrast(track.dark_fg, track.dark_bg) >= 4.5
        assert contrast(track.bar, hours.light["tile"]) >= 3
        assert contrast(track.bar, hours.dark["tile"]) >= 3


@given(colour=COLOURS)
def test_any_colour_of_ones_own_becomes_a_track_that_can_be_read(colour: str) -> None:
    track = own_track(colour)
    assert contrast(track.fg, track.bg) >= 4.5
    assert contrast(track.dark_fg, track.dark_bg) >= 4.5
    assert contrast(track.bar, "#303C54") >= 3


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert own_track("#8C2A12", "#FBE6DF").fg == "#8C2A12"
    assert own_track("#8C2A12 #FBE6DF"[:7], "#FBE6DF").bg == "#FBE6DF"


def test_a_topic_takes_its_track_by_name_or_by_colour(hours: Theme) -> None:
    assert track_for("dive", hours) == hours.tracks["dive"]
    assert track_for("#8C2A12 #FBE6DF", hours).bg == "#FBE6DF"  # type: ignore[union-attr]
    assert track_for("plaid", hours) is None


def test_topics_without_a_colour_get_different_ones(hours: Theme) -> None:
    topics = [(name, TopicSettings(title=name, tags=(name,))) for name in ("a", "b", "c")]
    assert len({track.bar for track in topic_tracks(topics, hours).values()}) == 3
    assert topic_tracks(TOPICS, hours)["community"] == hours.tracks["drop"]


def test_the_dark_scheme_gives_a_colour_to_every_rule(hours: Theme) -> None:
    assert {colour for _, _, colour in RULES} <= set(hours.dark)


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#FFFFFF", 21.0), ("#777777", "#FFFFFF", 4.48), ("#123456", "#123456", 1)],
)
def test_contrast_is_that_of_wcag(first: str, second: str, ratio: float) -> None:
    assert contrast(first, second) == pytest.approx(ratio, abs=0.01)
    assert contrast(second, first) == contrast(first, second)


def test_mixing_ends_at_either_colour() -> None:
    assert mix("#102030", "#FFFFFF", 0) == "#102030"
    assert mix("#102030", "#FFFFFF", 1) == "#FFFFFF"
