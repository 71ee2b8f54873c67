"""The rendered HTML as the checks see it: links with their words, pictures, tables, languages."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(slots=True)
class Element:
    """An element that matters to a rule: `text` is what a reader sees in it, `tags` what stands inside it.

    `own_tags` leaves out what belongs to a table within; `alts` are the alt texts of the pictures inside.
    """

    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    tags: set[str] = field(default_factory=set)
    own_tags: set[str] = field(default_factory=set)
    alts: list[str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute's value, empty where it is missing."""
        return self.attributes.get(name) or ""


@dataclass(frozen=True, slots=True)
class Page:
    """What was found, in the order of the document."""

    elements: tuple[Element, ...]
    language: str
    body_languages: tuple[str, ...]

    def of(self, tag: str) -> tuple[Element, ...]:
        """All elements of that name."""
        return tuple(element for element in self.elements if element.tag == tag)


def read_page(html: str) -> Page:
    """The page in an HTML text; broken markup is read as far as it goes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(tuple(reader.found), reader.language, tuple(reader.body_languages))


class _Reader(HTMLParser):
    """Keeps every element, gathers text into all that are open, and the languages of html and body's children."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self.language = ""
        self.body_languages: list[str] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        if tag == "html":
            self.language = element.get("lang")
        elif self._open and self._open[-1].tag == "body" and element.get("lang"):
            self.body_languages.append(element.get("lang"))
        for outer in self._open:
            outer.tags.add(tag)
            if tag == "img":
                outer.alts.append(element.get("alt"))
        table = next((outer for outer in reversed(self._open) if outer.tag == "table"), None)
        if table is not None:
            table.own_tags.add(tag)
        self.found.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        names = [element.tag for element in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
