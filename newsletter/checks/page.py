"""The rendered HTML as the checks see it: its elements, what stands in them, and the words between them.

A mail is looked at by some fifty rules before every sending, so it is read once, and each opening tag that stands in
it many times is understood once.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

_VOID: Final = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
#: Elements whose content is no markup (WHATWG HTML, 13.1.2.2: raw text and escapable raw text).
_RAW: Final = frozenset({"style", "script", "title", "textarea"})
_TOKEN = re.compile(
    r"<!--.*?(?:-->|$)|<![^>]*>|<(?P<end>/)?(?P<tag>[a-zA-Z][\w:-]*)(?P<rest>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/<>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")


@dataclass(frozen=True)
class Words:
    """A run of words and the element that it stands in, None where it stands outside of all."""

    text: str
    inside: "Element | None"


@dataclass(eq=False)
class Element:
    """An element with its attributes; what stands in it is gathered when it is asked for."""

    tag: str
    attributes: Mapping[str, str | None]
    page: "Page"
    parent: "Element | None"
    place: int
    first_word: int
    last: int = 0
    last_word: int = 0

    def get(self, name: str) -> str:
        """An attribute's value, empty where it is missing."""
        return self.attributes.get(name) or ""

    @cached_property
    def text(self) -> str:
        """What a reader sees in it."""
        return "".join(words.text for words in self.page.words[self.first_word : self.last_word])

    @property
    def inside(self) -> tuple["Element", ...]:
        """Every element in it, in order."""
        return tuple(self.page.elements[self.place + 1 : self.last])

    @cached_property
    def tags(self) -> frozenset[str]:
        """The names of the elements in it."""
        return frozenset(element.tag for element in self.inside)

    @cached_property
    def own_tags(self) -> frozenset[str]:
        """The names of the elements in it, without what belongs to a table within."""
        return frozenset(element.tag for element in self.inside if element._table is self)

    @property
    def alts(self) -> tuple[str, ...]:
        """The alt texts of the pictures in it."""
        return tuple(element.get("alt") for element in self.inside if element.tag == "img")

    @property
    def _table(self) -> "Element | None":
        outer = self.parent
        while outer is not None and outer.tag != "table":
            outer = outer.parent
        return outer


@dataclass(eq=False)
class Page:
    """The elements and the words of a mail, each in the order of the document."""

    elements: list[Element] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)

    def of(self, tag: str) -> tuple[Element, ...]:
        """All elements of that name."""
        return self._by_tag.get(tag, ())

    @cached_property
    def _by_tag(self) -> Mapping[str, tuple[Element, ...]]:
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            found.setdefault(element.tag, []).append(element)
        return {tag: tuple(elements) for tag, elements in found.items()}

    @cached_property
    def css(self) -> str:
        """The text of all style blocks."""
        return "\n".join(block.text for block in self.of("style"))

    @cached_property
    def styles(self) -> Mapping[str, Element]:
        """Each inline style, with the first element that has it."""
        found: dict[str, Element] = {}
        for element in self.elements:
            if style := element.get("style"):
                found.setdefault(style, element)
        return found

    @property
    def language(self) -> str:
        """The language that the page says it is in."""
        return next((element.get("lang") for element in self.of("html")), "")

    @property
    def body_languages(self) -> tuple[str, ...]:
        """The languages named by the elements directly in the body."""
        inside = (element for element in self.elements if element.parent and element.parent.tag == "body")
        return tuple(element.get("lang") for element in inside if element.get("lang"))


def read_page(text: str) -> Page:
    """The page in an HTML text; broken markup is read as far as it goes."""
    page, open_ = Page(), list[Element]()
    for opening, tag, attributes, words in _tokens(text):
        if words:
            page.words.append(Words(words, open_[-1] if open_ else None))
        elif opening:
            element = Element(
                tag, attributes, page, open_[-1] if open_ else None, len(page.elements), len(page.words)
            )
            page.elements.append(element)
            open_.append(element)
        if (tag in _VOID) if opening else tag:
            _close(open_, tag, page)
    while open_:
        _close(open_, open_[-1].tag, page)
    return page


def _close(open_: list[Element], tag: str, page: Page) -> None:
    """Close the innermost element of that name and all in it; nothing where none is open."""
    names = [element.tag for element in open_]
    if tag not in names:
        return
    start = len(names) - 1 - names[::-1].index(tag)
    for element in open_[start:]:
        element.last, element.last_word = len(page.elements), len(page.words)
    del open_[start:]


def _tokens(text: str) -> Iterator[tuple[bool, str, Mapping[str, str | None], str]]:
    """(opening, tag, attributes, words) for every tag and run of words."""
    position, raw = 0, ""
    while True:
        found = re.compile(rf"</{raw}\s*>", re.IGNORECASE).search(text, position) if raw else _next(text, position)
        if words := text[position : found.start() if found else len(text)]:
            yield False, "", {}, words if raw in ("style", "script") else html.unescape(words)
        if found is None:
            return
        position = found.end()
        if raw:
            yield False, raw, {}, ""
            raw = ""
        elif tag := (found["tag"] or "").lower():
            yield (False, tag, {}, "") if found["end"] else (True, tag, attributes_of(found["rest"]), "")
            raw = tag if tag in _RAW and not found["end"] else ""


def _next(text: str, position: int) -> re.Match[str] | None:
    return _TOKEN.search(text, position)


@lru_cache(maxsize=4096)
def attributes_of(rest: str) -> Mapping[str, str | None]:
    """What stands behind a tag's name, as attributes; the first of a name counts."""
    found: dict[str, str | None] = {}
    for one in _ATTRIBUTE.finditer(rest):
        value = next((text for text in one.groups()[1:] if text is not None), None)
        found.setdefault(one[1].lower(), html.unescape(value) if value else value)
    return found
