"""A theme: the settings in its theme.toml, checked, and the tracks that give topics their colours."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from newsletter.model.workspace import TopicSettings, Track
from newsletter.render.colour import mix, readable
from newsletter.render.dark import RULES
from newsletter.render.errors import RenderError, template_problem

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
FONTS = re.compile(r"[A-Za-z0-9 ',._-]+")
#: The colours that the dark scheme and the view ask for; a theme's templates may use more.
PALETTE = tuple(dict.fromkeys(colour for _, _, colour in RULES))
#: The track of what belongs to no topic: drop-in hours.
DROP_IN = "drop"


@dataclass(frozen=True, slots=True)
class Theme:
    """Checked settings of a theme: safe to print into markup and CSS as they are."""

    light: Mapping[str, Markup]
    dark: Mapping[str, Markup]
    fonts: Mapping[str, Markup]
    tracks: Mapping[str, Track]


def read_theme(text: str, path: str) -> Theme:
    """The settings in theme.toml (its text; `path` for messages); RenderError names a wrong key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RenderError(template_problem("theme.syntax", f"not valid TOML: {error}", path)) from None
    palette = _table(table, "palette", path)
    return Theme(
        light=_colours(_table(palette, "light", path), PALETTE, "palette.light", path),
        dark=_colours(_table(palette, "dark", path), PALETTE, "palette.dark", path),
        fonts=_settings(_table(table, "fonts", path), ("serif", "sans"), FONTS, "fonts", path),
        tracks=_tracks(_table(table, "tracks", path), path),
    )


def topic_tracks(topics: Sequence[tuple[str, TopicSettings]], theme: Theme) -> dict[str, Track]:
    """A track for each topic, by its `colour`; a topic without one takes the next named track in turn."""
    spare = [track for name, track in theme.tracks.items() if name != DROP_IN] or list(theme.tracks.values())
    return {
        name: track_for(topic.colour, theme) or spare[index % len(spare)]
        for index, (name, topic) in enumerate(topics)
    }


def track_for(colour: str, theme: Theme) -> Track | None:
    """The track a topic's colour names: one of the theme's, `#RRGGBB`, or `#RRGGBB #RRGGBB` (text, ground)."""
    found = COLOUR.findall(colour)
    return own_track(found[0], found[1] if len(found) > 1 else "") if found else theme.tracks.get(colour)


def own_track(colour: str, ground: str = "") -> Track:
    """A whole track from one colour; each text is moved until it can be read on its ground (AA)."""
    light = ground or mix(colour, "#FFFFFF", 0.86)
    dark = mix(colour, "#151A24", 0.68)
    return Track(
        fg=readable(colour, light, "#000000"),
        bg=light,
        dark_fg=readable(mix(colour, "#FFFFFF", 0.5), dark, "#FFFFFF"),
        dark_bg=dark,
        bar=readable(colour, "#303C54", "#FFFFFF", 3.5),
    )


def _table(table: Mapping[str, object], key: str, path: str) -> Mapping[str, object]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise RenderError(template_problem("theme.missing", f"the table [{key}] is missing; add it", path))
    return value


def _tracks(table: Mapping[str, object], path: str) -> dict[str, Track]:
    keys = tuple(Track.model_fields)
    tracks = {name: Track(**_colours(_table(table, name, path), keys, f"tracks.{name}", path)) for name in table}
    if not tracks:
        raise RenderError(template_problem("theme.missing", "there is no [tracks.NAME]; add one", path))
    return tracks


def _colours(table: Mapping[str, object], keys: Sequence[str], where: str, path: str) -> dict[str, Markup]:
    return _settings(table, keys, COLOUR, where, path)


def _settings(
    table: Mapping[str, object], keys: Sequence[str], pattern: re.Pattern[str], where: str, path: str
) -> dict[str, Markup]:
    """Every key of the table, checked; `keys` must be there, and a theme may add its own."""
    missing = [key for key in keys if key not in table]
    if missing:
        raise RenderError(template_problem("theme.missing", f"[{where}] lacks {', '.join(missing)}", path))
    return {key: safe_value(value, pattern, f"{where}.{key}", path) for key, value in table.items()}


def safe_value(value: object, pattern: re.Pattern[str], where: str, path: str) -> Markup:
    """A colour or fonts that may be printed into CSS as they are; RenderError for anything else."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        wanted = "a colour such as #1B2333" if pattern is COLOUR else "font names between commas"
        raise RenderError(template_problem("theme.value", f"{where} is {value!r}; it must be {wanted}", path))
    return Markup(value)  # noqa: S704 - matched in full just above
