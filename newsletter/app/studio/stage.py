"""The mail as clients show it that do not show all of it: darkened, without style blocks, without pictures."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from newsletter.render.colour import forced_dark

Scheme = Literal["light", "dark", "forced"]

#: Conditions that hold in every window and in none; features, because `all` may not stand behind an `and`.
_ALWAYS, _NEVER = "(min-width:0px)", "(max-width:0px)"
_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_COLOR_SCHEME = re.compile(r"(?<![-\w])((?:supported-)?color-schemes?\s*:\s*)(?:light|dark|only|\s)+", re.IGNORECASE)
_SCHEME_META = re.compile(
    r"""(<meta\s[^>]*name=["'](?:supported-)?color-schemes?["'][^>]*content=["'])[^"']*""", re.IGNORECASE
)
_STYLE_BLOCK = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)
_STYLED = re.compile(
    r"<style\b[^>]*>.*?</style\s*>|\sstyle=\"[^\"]*\"|\s(?:bg)?color=\"[^\"]*\"", re.IGNORECASE | re.DOTALL
)
_COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])|\b(?:white|black)\b", re.IGNORECASE)
_NAMED = {"white": "#FFFFFF", "black": "#000000"}
_SOURCE = re.compile(r"(<img\b[^>]*?)\s(?:src|srcset)=(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_BACKGROUND = re.compile(r"\sbackground=\"[^\"]*\"|url\([^)]*\)", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_HTML = re.compile(r"<html\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stage:
    """How the mail is looked at: the scheme, whether style blocks and pictures reach it, and how large (percent)."""

    scheme: Scheme = "light"
    styles: bool = True
    images: bool = True
    zoom: int = 100


def staged(html: str, stage: Stage) -> str:
    """The HTML part as a client like that shows it, in any browser."""
    html = in_scheme(html, "dark") if stage.scheme == "dark" else in_scheme(html, "light")
    html = _darkened(html) if stage.scheme == "forced" else html
    html = html if stage.styles else _STYLE_BLOCK.sub("", html)
    html = html if stage.images else _without_pictures(html)
    return html if stage.zoom == 100 else _zoomed(html, stage.zoom)


def in_scheme(html: str, scheme: Literal["light", "dark"]) -> str:
    """The mail as a client in light or dark mode shows it: the author's own media rules decide.

    The condition itself is rewritten, because setting a frame's colour scheme from outside fails in Safari.
    """
    html = _PREFERS.sub(lambda match: _ALWAYS if match[1].lower() == scheme else _NEVER, html)
    html = _COLOR_SCHEME.sub(lambda match: f"{match[1]}{scheme}", html)
    return _SCHEME_META.sub(lambda match: f"{match[1]}{scheme}", html)


def for_frame(html: str) -> str:
    """The mail with its links opening beside the studio, and its inert ones (`#`) staying where they are."""
    html = html.replace('href="#"', 'href="#" target="_self" title="Every reader has a link of their own here"')
    return _HEAD.sub(lambda match: match[0] + '<base target="_blank">', html, count=1)


def _darkened(html: str) -> str:
    """Every colour that the mail names, with its lightness reversed; a simulation, since clients differ."""
    return _STYLED.sub(lambda match: _COLOUR.sub(_turned, match[0]), html)


def _turned(match: re.Match[str]) -> str:
    return _turn(match[0].lower())


@lru_cache(maxsize=256)
def _turn(colour: str) -> str:
    colour = _NAMED.get(colour, colour)
    return forced_dark(colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:]))


def _without_pictures(html: str) -> str:
    """Clients that load no pictures show what stands for them in words."""
    html = _again(lambda text: _SOURCE.sub(r"\1", text), html)
    return _BACKGROUND.sub("", html)


def _again(change: Callable[[str], str], text: str) -> str:
    """The change, until there is nothing left to change: a picture may name several sources."""
    while (changed := change(text)) != text:
        text = changed
    return text


def _zoomed(html: str, zoom: int) -> str:
    return _HTML.sub(lambda match: f'{match[0][:-1]} style="zoom:{zoom / 100:g}">', html, count=1)
