"""Contrast of every word with its ground, in the light scheme, the dark one and the forced one (WCAG 1.4.3)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from newsletter.checks.subject import Finding, Subject, mail_part, squeeze
from newsletter.render.colour import contrast, forced_dark

HTML = mail_part("html part")
#: The least contrast of text, and of text that is large: 24 px, or 18.66 px and bold.
PLAIN, LARGE = 4.5, 3.0

_HEX = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_DARK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


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
    """Words as they stand: their colour, their ground, and whether they are large."""

    words: str
    colour: str
    ground: str
    large: bool

    def is_legible(self, view: Callable[[str], str] = str) -> bool:
        """Whether the pair, as a mail program may turn it, can be read."""
        return contrast(view(self.colour), view(self.ground)) >= (LARGE if self.large else PLAIN)


def legible(subject: Subject) -> Iterator[Finding]:
    """Every word can be read in both schemes."""
    for scheme, inks in (("light", inks_of(subject.html)), ("dark", inks_of(subject.html, _dark(subject)))):
        for ink in _worst(one for one in inks if not one.is_legible()):
            ratio = contrast(ink.colour, ink.ground)
            least = LARGE if ink.large else PLAIN
            text = (
                f"{ink.words!r} has a contrast of {ratio:.1f} in the {scheme} scheme ({ink.colour} on {ink.ground}); "
                f"{least:g} is the least"
            )
            yield Finding(text, HTML)


def legible_when_forced(subject: Subject) -> Iterator[Finding]:
    """Every word can be read where a program turns the light scheme's colours by itself (a simulation)."""
    for ink in _worst(one for one in inks_of(subject.html) if not one.is_legible(forced_dark)):
        ratio = contrast(forced_dark(ink.colour), forced_dark(ink.ground))
        text = f"{ink.words!r} would have a contrast of {ratio:.1f} in forced dark ({ink.colour} on {ink.ground})"
        yield Finding(text, HTML)


def inks_of(html: str, dark: Sequence[Dark] = ()) -> tuple[Ink, ...]:
    """Every run of words with the colours that stand inline on it or around it, `dark` rules going before."""
    reader = _Reader(dark)
    reader.feed(html)
    reader.close()
    return tuple(dict.fromkeys(reader.inks))


def _worst(inks: Iterator[Ink]) -> Sequence[Ink]:
    """One for each pair of colours: the words are many, the fault is one."""
    return list({(ink.colour, ink.ground): ink for ink in inks}.values())


def _dark(subject: Subject) -> tuple[Dark, ...]:
    css = "\n".join(block.text for block in subject.page.of("style"))
    rules = [rule for block in _DARK.findall(css) for rule in _RULE.findall(block)]
    return tuple(
        Dark(_steps(selector), _colours(body)) for selectors, body in rules for selector in selectors.split(",")
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


def _colours(style: str) -> dict[str, str]:
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


class _Reader(HTMLParser):
    """Walks the mail with the colours, size and weight that hold at each place."""

    def __init__(self, dark: Sequence[Dark]) -> None:
        super().__init__(convert_charrefs=True)
        self.inks: list[Ink] = []
        self._dark = dark
        self._path: list[frozenset[str]] = [frozenset()]
        self._open: list[tuple[str, dict[str, str]]] = [("", {"color": "#000000", "background": "#FFFFFF"})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            attributes = dict(attrs)
            self._path.append(frozenset({tag, *(f".{name}" for name in (attributes.get("class") or "").split())}))
            self._open.append((tag, self._open[-1][1] | self._own(tag, attributes)))

    def _own(self, tag: str, attributes: Mapping[str, str | None]) -> dict[str, str]:
        style = attributes.get("style") or ""
        own = _colours(style)
        ground = _HEX.fullmatch(attributes.get("bgcolor") or "")
        if ground:
            own.setdefault("background", _six(ground[1]))
        for rule in self._dark:
            if rule.meets(self._path):
                own |= rule.colours
        for key, pattern in (("size", r"font-size:\s*([\d.]+)px"), ("weight", r"font-weight:\s*(\w+)")):
            if found := re.search(pattern, style):
                own[key] = found[1]
        if tag in ("b", "strong"):
            own.setdefault("weight", "700")
        if "display:none" in style.replace(" ", "") or tag in ("style", "title", "script"):
            own["hidden"] = "yes"
        return own

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self._open]
        if tag in names:
            place = len(names) - 1 - names[::-1].index(tag)
            del self._open[place:], self._path[place:]

    def handle_data(self, data: str) -> None:
        now, words = self._open[-1][1], squeeze(data)
        if words and "hidden" not in now and any(character.isalnum() for character in words):
            self.inks.append(Ink(words[:40], now["color"], now["background"], _is_large(now)))


def _is_large(now: Mapping[str, str]) -> bool:
    size, bold = float(now.get("size", 16)), now.get("weight", "400") in ("bold", "600", "700", "800", "900")
    return size >= 24 or (bold and size >= 18.66)
