"""What people write, as tokens that a mail can show in both its parts: pictures, links, HTML and tables made plain.

Markdown is read by markdown-it-py. HTML in it is obeyed where it only marks words up, and what is no HTML tag at all
is shown as it was written. Links are absolute and lead somewhere, or are words.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from urllib.parse import urljoin

from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter.model.picture import Picture
from newsletter.sources.html_markdown import markdown_of

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
Pictures = Mapping[str, Picture]

#: Levels of lists and quotations that a mail can show.
MAX_NESTING = 20
#: Pixels (CSS) that a picture among words may be wide.
WIDEST = 520

_HTML = """
a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption
center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset
figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img
input ins kbd label legend li link main map mark marquee math menu meta meter nav nobr noscript object ol
optgroup option output p param picture pre progress q rp rt ruby s samp script search section select small
source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title
tr track tt u ul var video wbr
"""
_PARSER = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["strikethrough", "table"])
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
#: Inline elements that mark words up, as Markdown's own tokens.
_MARKS: Mapping[str, tuple[str, str]] = {
    "b": ("strong", "strong"), "strong": ("strong", "strong"), "i": ("em", "em"), "em": ("em", "em"),
    "cite": ("em", "em"), "s": ("s", "s"), "del": ("s", "s"), "strike": ("s", "s"),
}  # fmt: skip
#: Elements whose content is not for readers.
_SILENT = frozenset({"script", "style", "iframe", "object", "template", "svg", "math", "noscript", "head", "form"})
#: HTML's own names (WHATWG HTML, 3 and 15); what else stands in angle brackets is somebody's word.
_ELEMENTS = frozenset(_HTML.split())


def tokens_of(text: str, base: str = "", pictures: Pictures | None = None) -> list[Token]:
    """The text's tokens for both parts of a mail; `base` is what relative links hang from.

    `pictures` holds what is published, by its address in the text; any other becomes a link to itself.
    """
    plain = _as_lines(_without_html(_PARSER.parse(text)))
    return [_shown(token, base, pictures or {}) for token in plain]


def picture_targets(text: str) -> Iterator[tuple[str, str]]:
    """Each picture in the text: its address as it is written, and the words for it."""
    for token in _as_lines(_without_html(_PARSER.parse(text))):
        for child in token.children or ():
            found = _NAME.match(child.content) if child.type == "html_inline" else None
            if child.type == "image":
                yield str(child.attrs.get("src", "")), " ".join(child.content.split())
            elif found and found[1].lower() == "img":
                attributes = _attributes(child.content)
                yield attributes.get("src", ""), " ".join(attributes.get("alt", "").split())


def render_tokens(tokens: Sequence[Token]) -> str:
    """The tokens as HTML, which is not safe yet."""
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def absolute(address: object, base: str) -> str:
    """The address as a reader can follow it; empty where it leads nowhere, or has no place in a mail."""
    try:
        found = (urljoin(base, str(address)) if base else str(address)).replace("<", "%3C")
    except ValueError:
        return ""
    scheme = _SCHEME.match(found)
    return "" if scheme and scheme[1].lower() not in SCHEMES else found


def _without_html(tokens: Iterable[Token]) -> Iterator[Token]:
    """Blocks of HTML as the Markdown that says the same."""
    for token in tokens:
        if token.type == "html_block":
            written = markdown_of(_NAME.sub(_literal, token.content), pictures=True)
            yield from (one for one in _PARSER.parse(written) if one.type != "html_block")
        else:
            yield token


def _literal(found: re.Match[str]) -> str:
    """What looks like a tag and is none, as words."""
    return found[0] if found[1].lower() in _ELEMENTS else f"&lt;{found[0][1:]}"


def _as_lines(tokens: Iterable[Token]) -> Iterator[Token]:
    """Each row of a table as a paragraph: a mail of one column has no room for more."""
    row: list[Token] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield Token("paragraph_open", "p", 1, block=True)
            yield Token("inline", "", 0, children=row)
            yield Token("paragraph_close", "p", -1, block=True)
            row = None
        elif row is not None and token.type == "inline":
            row += [*([Token("text", "", 0, content=" · ")] if row else []), *(token.children or [])]
        elif row is None and not token.type.startswith(("table_", "thead_", "tbody_")):
            yield token


def _shown(token: Token, base: str, pictures: Pictures) -> Token:
    if not token.children:
        return token.copy(tag=_heading(token))
    return token.copy(children=list(_Inline(base, pictures).read(token.children)))


def _heading(token: Token) -> str:
    """A heading inside a section stands below the section's own."""
    if token.type not in ("heading_open", "heading_close"):
        return token.tag
    return "h3" if token.tag in ("h1", "h2", "h3") else "h4"


class _Inline:
    """One run of words: what is open in it is closed in it, and no link stands in a link."""

    def __init__(self, base: str, pictures: Pictures) -> None:
        self._base, self._pictures = base, pictures
        self._open: list[str] = []
        self._links: list[bool] = []
        self._silent = ""

    def read(self, tokens: Iterable[Token]) -> Iterator[Token]:
        """The tokens as they are to be shown."""
        for token in tokens:
            if token.type == "html_inline":
                yield from self._html(token.content)
            elif not self._silent:
                yield from self._token(token)
        yield from self._closed("")

    def _token(self, token: Token) -> Iterator[Token]:
        if token.type == "link_open":
            yield from self._closed("a")
            yield from self._link(token.attrs.get("href", ""))
        elif token.type == "link_close":
            yield from self._link_end()
        elif token.type == "image":
            yield from self._image(str(token.attrs.get("src", "")), token.content)
        else:
            yield token

    def _link(self, address: object) -> Iterator[Token]:
        found = "" if any(self._links) else absolute(address, self._base)
        self._links.append(bool(found))
        if found:
            yield Token("link_open", "a", 1, attrs={"href": found})

    def _link_end(self) -> Iterator[Token]:
        if self._links and self._links.pop():
            yield Token("link_close", "a", -1)

    def _image(self, address: str, alt: str) -> Iterator[Token]:
        picture = self._pictures.get(address)
        words = " ".join(alt.split())
        if picture and words:
            shown = picture.fitted(WIDEST)
            sizes: dict[str, str | int | float] = {"width": shown.width, "height": shown.height}
            attributes = {"src": shown.url, "alt": "", **sizes}
            yield Token("image", "img", 0, attributes, content=words, children=_words(words))
            return
        yield from self._link(picture.url if picture else address)
        yield from _words(words or (absolute(address, self._base) if self._links[-1] else ""))
        yield from self._link_end()

    def _html(self, written: str) -> Iterator[Token]:
        found = _NAME.match(written)
        name = found[1].lower() if found else ""
        if self._silent:
            self._silent = "" if written.startswith(f"</{self._silent}") else self._silent
        elif found and name not in _ELEMENTS:
            yield from _words(written)
        elif written.startswith("</"):
            yield from self._closed(name) if name in self._open else ()
        elif found:
            yield from self._opened(name, written)

    def _opened(self, name: str, written: str) -> Iterator[Token]:
        attributes = _attributes(written)
        if name in _SILENT and not written.endswith("/>"):
            self._silent = name
        elif name == "br":
            yield Token("hardbreak", "br", 0)
        elif name == "img":
            yield from self._image(attributes.get("src", ""), attributes.get("alt", ""))
        elif name == "a" and "href" in attributes:
            yield from self._closed("a")
            self._open.append(name)
            yield from self._link(attributes["href"])
        elif name in _MARKS:
            self._open.append(name)
            kind, tag = _MARKS[name]
            yield Token(f"{kind}_open", tag, 1)

    def _closed(self, name: str) -> Iterator[Token]:
        """Close this element and what was opened in it; everything where none is named."""
        while self._open and (not name or name in self._open):
            last = self._open.pop()
            if last == "a":
                yield from self._link_end()
            else:
                kind, tag = _MARKS[last]
                yield Token(f"{kind}_close", tag, -1)
            if last == name:
                return


def _words(text: str) -> list[Token]:
    return [Token("text", "", 0, content=text)] if text else []


def _attributes(tag: str) -> dict[str, str]:
    reader = _TagReader()
    reader.feed(tag)
    return {name: html.unescape(value or "") for name, value in reader.found}


class _TagReader(HTMLParser):
    """The attributes of one opening tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep them."""
        self.found = attrs
