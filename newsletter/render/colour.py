"""Colour arithmetic: relative luminance and contrast (WCAG 2.2), mixing, and readable pairs."""

import colorsys
from collections.abc import Iterable


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of #RRGGBB."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """The colour with `share` (0 to 1) of the other in it."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, ground: str, towards: str, ratio: float = 4.5) -> str:
    """The colour, moved towards another only as far as it takes to reach `ratio` on the ground."""
    return _first((mix(colour, towards, step / 20) for step in range(21)), ground, ratio) or towards


def forced_dark(colour: str) -> str:
    """The colour as programs turn it that darken mails by themselves: lightness reversed, hue kept.

    A simulation: Gmail and Outlook keep their ways to themselves, and differ; this is the reversal in HSL that they
    come nearest to.
    """
    red, green, blue = (channel / 255 for channel in channels(colour))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    turned = colorsys.hls_to_rgb(hue, 1 - light, saturation)
    return "#" + "".join(f"{round(channel * 255):02X}" for channel in turned)


def _first(colours: Iterable[str], ground: str, ratio: float) -> str | None:
    return next((colour for colour in colours if contrast(colour, ground) >= ratio), None)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
