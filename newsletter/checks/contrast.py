"""Contrast of every word with its ground, in the light scheme, the dark one and the forced one (WCAG 1.4.3)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from newsletter.checks.page import Element, Page
from newsletter.checks.subject import HTML, Finding, MailRule, Subject, squeeze, tag_of
from newsletter.render.colour import contrast, forced_dark

#: The least contrast of text, and of text that is large: 24 px, or 18.66 px and bold.
PLAIN, LARGE = 4.5, 3.0

_HEX = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_DARK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIZE = re.compile(r"font-size:\s*([\d.]+)px")
_WEIGHT = re.compile(r"font-weight:\s*(\w+)")
_BOLD = frozenset({"bold", "600", "700", "800", "900"})


@dataclass(frozen=True, slots=True)
class Dark:
    """A rule of the dark scheme: its selector as steps from the outside in, and its colours by property.

    A step is the class or element wanted, and whether it must be a child of the step before.
    """

    steps: tuple[tuple[str, bool], ...]
    colours: Mapping[str, str]

    def meets(self, path: Sequence[frozenset[str]]) -> bool:
        """Whether the innermost element of the path is one that the selector means."""
        return self._meets(len(self.steps) - 1, len(path) - 1, path)

    def _meets(self, step: int, place: int, path: Sequence[frozenset[str]]) -> bool:
        name, is_child = self.steps[step]
        if place < 0 or name not in path[place]:
            return False
        if step == 0:
            return True
        places = (place - 1,) if is_child else range(place - 1, -1, -1)
        return any(self._meets(step - 1, outer, path) for outer in places)


@dataclass(frozen=True, slots=True)
class Ink:
    """Words as they stand: their colour, their ground, whether they are large, and the element around them."""

    words: str
    colour: str
    ground: str
    large: bool
    inside: Element | None = field(default=None, compare=False)

    @property
    def element(self) -> str:
        """Its opening tag, for a finding."""
        return tag_of(self.inside) if self.inside else ""

    def is_legible(self, view: Callable[[str], str] = str) -> bool:
        """Whether the pair, as a mail program may turn it, can be read."""
        return contrast(view(self.colour), view(self.ground)) >= (LARGE if self.large else PLAIN)


def legible(subject: Subject) -> Iterator[Finding]:
    """Every word can be read in both schemes."""
    for scheme, inks in (("light", _light(subject.page)), ("dark", inks_of(subject.page, _dark(subject)))):
        for ink in _worst(one for one in inks if not one.is_legible()):
            ratio = contrast(ink.colour, ink.ground)
            least = LARGE if ink.large else PLAIN
            text = (
                f"{ink.words!r} has a contrast of {ratio:.1f} in the {scheme} scheme ({ink.colour} on {ink.ground}); "
                f"{least:g} is the least"
            )
            yield Finding(text, HTML, element=ink.element)


def legible_when_forced(subject: Subject) -> Iterator[Finding]:
    """Every word can be read where a program turns the light scheme's colours by itself (a simulation)."""
    for ink in _worst(one for one in _light(subject.page) if not one.is_legible(forced_dark)):
        ratio = contrast(forced_dark(ink.colour), forced_dark(ink.ground))
        text = f"{ink.words!r} would have a contrast of {ratio:.1f} in forced dark ({ink.colour} on {ink.ground})"
        yield Finding(text, HTML, element=ink.element)


@lru_cache(maxsize=2)
def _light(page: Page) -> tuple[Ink, ...]:
    """The light scheme's, which two rules look at."""
    return inks_of(page)


def inks_of(page: Page, dark: Sequence[Dark] = ()) -> tuple[Ink, ...]:
    """Every pair of colours that words stand in, each once: inline styles, and `dark` rules before them."""
    painter = _Painter(dark)
    found: dict[tuple[str, str, bool], Ink] = {}
    for words in page.words:
        look = painter.look_of(words.inside)
        if look.hidden or not any(character.isalnum() for character in words.text):
            continue
        key = (look.colour, look.ground, look.large)
        if key not in found:
            found[key] = Ink(squeeze(words.text)[:40], *key, words.inside)
    return tuple(found.values())


def grounds_of(subject: Subject, element: Element) -> tuple[str, str]:
    """The ground that an element stands on, in the light scheme and in the dark one."""
    light, dark = _Painter(()), _Painter(_dark(subject))
    return light.look_of(element.parent).ground, dark.look_of(element.parent).ground


def _worst(inks: Iterator[Ink]) -> Sequence[Ink]:
    """One for each pair of colours: the words are many, the fault is one."""
    return list({(ink.colour, ink.ground): ink for ink in inks}.values())


def _dark(subject: Subject) -> tuple[Dark, ...]:
    return dark_rules(subject.page.css)


@lru_cache(maxsize=16)
def dark_rules(css: str) -> tuple[Dark, ...]:
    """The rules of the dark scheme in the text of style blocks, which all editions of a theme share."""
    rules = [rule for block in _DARK.findall(css) for rule in _RULE.findall(block)]
    return tuple(
        Dark(steps, _colours(body))
        for selectors, body in rules
        for selector in selectors.split(",")
        if (steps := _steps(selector))
    )


def _steps(selector: str) -> tuple[tuple[str, bool], ...]:
    """ ".sheet > table" as (".sheet", False), ("table", True)."""
    steps: list[tuple[str, bool]] = []
    is_child = False
    for word in selector.replace(">", " > ").split():
        if word != ">":
            steps.append((word, is_child))
        is_child = word == ">"
    return tuple(steps)


@lru_cache(maxsize=2048)
def _colours(style: str) -> Mapping[str, str]:
    """ "color" and "background" of a style, as #RRGGBB; what is no plain colour is left out."""
    found: dict[str, str] = {}
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        hexed = _HEX.search(value)
        if hexed and name.strip().lower() in ("color", "background", "background-color"):
            found[name.strip().lower().removesuffix("-color")] = _six(hexed[1])
    return found


def _six(digits: str) -> str:
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)).upper()


@dataclass(frozen=True, slots=True)
class _Look:
    """The colours, size and weight that hold at a place, and the classes and names on the way to it."""

    colour: str = "#000000"
    ground: str = "#FFFFFF"
    size: float = 16.0
    bold: bool = False
    hidden: bool = False
    path: tuple[frozenset[str], ...] = ()

    @property
    def large(self) -> bool:
        return self.size >= 24 or (self.bold and self.size >= 18.66)


class _Painter:
    """Works out the look of each place; equal tags in places of equal look are worked out once."""

    def __init__(self, dark: Sequence[Dark]) -> None:
        self._dark: dict[str, list[tuple[int, Dark]]] = {}
        for place, rule in enumerate(dark):
            self._dark.setdefault(rule.steps[-1][0], []).append((place, rule))
        self._looks: dict[int, _Look] = {}
        self._outermost = _Look()
        self._known: dict[tuple[int, str, str, str, str], _Look] = {}

    def look_of(self, element: Element | None) -> _Look:
        """The look of what stands directly in the element."""
        if element is None:
            return self._outermost
        if element.place not in self._looks:
            outer = self.look_of(element.parent)
            written = (element.tag, element.get("class"), element.get("style"), element.get("bgcolor"))
            key = (id(outer), *written)
            if key not in self._known:
                self._known[key] = self._within(outer, *written)
            self._looks[element.place] = self._known[key]
        return self._looks[element.place]

    def _within(self, outer: _Look, tag: str, classes: str, style: str, bgcolor: str) -> _Look:
        path = (*outer.path, frozenset({tag, *(f".{name}" for name in classes.split())}))
        own = {"background": _six(found[1])} if (found := _HEX.fullmatch(bgcolor)) else {}
        own |= _colours(style)
        for rule in self._of(path):
            own |= rule.colours
        size, weight = _SIZE.search(style), _WEIGHT.search(style)
        return _Look(
            colour=own.get("color", outer.colour),
            ground=own.get("background", outer.ground),
            size=float(size[1]) if size else outer.size,
            bold=weight[1] in _BOLD if weight else outer.bold or tag in ("b", "strong", "th"),
            hidden=outer.hidden or tag in ("head", "style", "title") or "display:none" in style.replace(" ", ""),
            path=path,
        )

    def _of(self, path: Sequence[frozenset[str]]) -> Iterator[Dark]:
        """The dark rules that mean the innermost element of the path, in their own order."""
        meant = [one for name in path[-1] for one in self._dark.get(name, ())]
        return (rule for _, rule in sorted(meant, key=itemgetter(0)) if rule.meets(path))


RULES = (
    MailRule(
        "a11y.contrast",
        "error",
        "Every word has a contrast of 4.5, large ones of 3, in both schemes",
        "Darken the words or lighten the ground",
        legible,
    ),
    MailRule(
        "dark.forced",
        "warning",
        "And where a program darkens by itself (simulated)",
        "Choose a colour with more contrast on both grounds",
        legible_when_forced,
    ),
)
