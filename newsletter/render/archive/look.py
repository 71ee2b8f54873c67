"""The theme's colours and fonts as custom properties of CSS, light and dark, for pages that have a style sheet."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from newsletter.model.workspace import Track
from newsletter.render.theme import Theme


def theme_css(theme: Theme, tracks: Iterable[Track]) -> Markup:
    """Properties named as in theme.toml (`--paper`, `--warn-ground`), and a class `tN` for each track."""
    numbered = tuple(enumerate(tracks))
    light = "".join(f".t{number}{{--fg:{one.fg};--bg:{one.bg};--bar:{one.bar}}}" for number, one in numbered)
    dark = "".join(f".t{number}{{--fg:{one.dark_fg};--bg:{one.dark_bg}}}" for number, one in numbered)
    fonts = f"--serif:{theme.fonts['serif']};--sans:{theme.fonts['sans']};"
    css = (
        f":root{{color-scheme:light dark;{_properties(theme.light)}{fonts}}}{light}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_properties(theme.dark)}}}{dark}}}"
    )
    return Markup(css)  # noqa: S704 - every value was matched in full when the theme was read


def _properties(palette: Mapping[str, str]) -> str:
    return "".join(f"--{name.replace('_', '-')}:{value};" for name, value in palette.items())
