"""The dark scheme as one table of CSS rules, printed for the two ways in which mail clients take it."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from newsletter.model.workspace import Track

#: (selector, property, colour of the dark palette); the classes are those of the theme's templates.
RULES: tuple[tuple[str, str, str], ...] = (
    (".paper,body", "background-color", "paper"),
    (".sheet,.sheet > table", "background", "sheet"),
    (".mast,.mast > table", "background", "mast"),
    (".tile", "background", "tile"),
    (".ink,.note div", "color", "ink"),
    (".mute,.mute > div", "color", "mute"),
    (".soft", "color", "soft"),
    (".link", "color", "link"),
    (".soon", "color", "soon"),
    (".bad", "color", "bad"),
    (".warn-text", "color", "warn_text"),
    (".rule", "border-color", "rule"),
    (".warn-rule", "border-color", "warn_rule"),
    (".warn", "background", "warn_ground"),
    (".quiet", "background", "quiet_ground"),
    (".thanks", "background", "thanks_ground"),
    (".thanks-text", "color", "thanks_text"),
    (".button", "background", "button"),
    (".button", "color", "button_text"),
)


def dark_css(palette: Mapping[str, str], tracks: Iterable[Track]) -> Markup:
    """Rules for `prefers-color-scheme: dark`, and again for Outlook's `data-ogsc` (text) and `data-ogsb` (ground)."""
    rules = [(selector, name, palette[colour]) for selector, name, colour in RULES]
    for index, track in enumerate(tracks):
        rules += [(f".t{index}", "background", track.dark_bg), (f".t{index},.f{index}", "color", track.dark_fg)]
        rules += [(f".p{index}", "border-color", track.dark_fg)]
    media = "".join(f"{selector}{{{name}:{value}!important}}" for selector, name, value in rules)
    outlook = "".join(_outlook(*rule) for rule in rules if rule[1] != "border-color")
    return Markup(f"@media (prefers-color-scheme:dark){{{media}}}\n{outlook}")  # noqa: S704 - checked colours only


def _outlook(selector: str, name: str, value: str) -> str:
    hook = "[data-ogsb]" if name.startswith("background") else "[data-ogsc]"
    return ",".join(f"{hook} {one}" for one in selector.split(",")) + f"{{{name}:{value}!important}}"
