"""The workspace's own look on any theme: its colours and fonts in the theme's place, as far as they can be read."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from markupsafe import Markup

from newsletter.model.problem import Problem
from newsletter.model.workspace import LookSettings
from newsletter.render.colour import contrast, luminance, readable
from newsletter.render.errors import RenderError, template_problem
from newsletter.render.theme import COLOUR, FONTS, Theme, safe_value

CONFIG = "config.toml"
#: Texts and the grounds that they stand on, in the themes that have both.
PAIRS = (
    *((text, "sheet") for text in ("ink", "soft", "mute", "link", "soon", "bad", "warn_text")),
    *((text, "paper") for text in ("mute", "link")),
    *((text, "warn_ground") for text in ("ink", "soft", "bad", "warn_text")),
    *((text, "quiet_ground") for text in ("ink", "soft")),
    *((text, "mast") for text in ("mast_ink", "mast_soft", "mast_dim", "mast_accent")),
    ("mast_ink", "tile"),
    ("mast_soft", "tile"),
    ("thanks_text", "thanks_ground"),
    ("button_text", "button"),
)
#: The contrast that text needs (WCAG 2.2, 1.4.3).
LEAST = 4.5


def with_look(theme: Theme, look: LookSettings, path: str) -> Theme:
    """The theme (at `path`, for messages) with the workspace's colours and fonts.

    RenderError names what the theme has not, and every pair that cannot be read with the nearest colour that can.
    """
    own = replace(
        theme,
        light=_replaced(theme.light, look.light, COLOUR, "look.light"),
        dark=_replaced(theme.dark, look.dark, COLOUR, "look.dark"),
        fonts=_replaced(theme.fonts, look.fonts, FONTS, "look.fonts"),
    )
    faults = [*_illegible("light", own.light, look.light, path), *_illegible("dark", own.dark, look.dark, path)]
    if faults:
        raise RenderError(*faults)
    return own


def _replaced(
    theme: Mapping[str, Markup], look: Mapping[str, str], pattern: re.Pattern[str], where: str
) -> Mapping[str, Markup]:
    for key in look:
        if key not in theme:
            close = difflib.get_close_matches(key, theme, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(theme)}"
            text = f"`{where}` names {key!r}, which this theme has not; {hint}"
            raise RenderError(template_problem("theme.value", text, CONFIG))
    return {**theme, **{key: safe_value(value, pattern, f"{where}.{key}", CONFIG) for key, value in look.items()}}


def _illegible(scheme: str, palette: Mapping[str, Markup], look: Mapping[str, str], path: str) -> Iterator[Problem]:
    for text, ground in PAIRS:
        colour, under = palette.get(text), palette.get(ground)
        if colour and under and contrast(colour, under) < LEAST:
            own = text in look or ground in look
            where = f"`look.{scheme}`" if own else f"palette.{scheme}"
            towards = "#000000" if luminance(under) > 0.18 else "#FFFFFF"
            near = readable(colour, under, towards, LEAST)
            said = (
                f"{where}: {text} {colour} on {ground} {under} has a contrast of {contrast(colour, under):.1f}; "
                f"{LEAST} is the least, and the nearest {text} that has it is {near}"
            )
            yield template_problem("theme.contrast", said, CONFIG if own else path)
