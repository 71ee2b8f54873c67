"""HTML of feeds and web pages -> Markdown: words, links and simple structure; nothing that runs, loads or styles."""

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "iframe", "object", "template", "svg", "math", "noscript", "head", "form"})
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "table", "tr", "ul", "ol", "figure", "blockquote", "header", "footer", "dl"}
)
#: What stands side by side, and must not run together.
_CELLS = frozenset({"td", "th", "dt", "dd"})
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_LINE_START = re.compile(r"^([ \t]*(?:(?=[#+-])|\d{1,9}(?=[.)])))", re.MULTILINE)
_LINK = re.compile(r"(?:https?://|mailto:|/|#|\.|\w)[^\s<>]*")
_PICTURE = re.compile(r"[^\s<>]+")
MAX_DEPTH = 100


def markdown_of(html: str, *, pictures: bool = False) -> str:
    """The text of an HTML fragment as Markdown, its own special characters escaped.

    Of its pictures the words that stand for them are kept, and with `pictures` the pictures as well.
    """
    writer = _Writer(pictures)
    writer.feed(html)
    writer.close()
    lines = (line.rstrip() for line in writer.text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def markdown_of_text(text: str) -> str:
    """Plain text as Markdown that shows it as it is."""
    return _LINE_START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", text))


def _target(address: str) -> str:
    """An address as it may stand in the round brackets of a link."""
    return address.replace("(", "%28").replace(")", "%29").replace("\\", "%5C")


class _Writer(HTMLParser):
    def __init__(self, pictures: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self._pictures = pictures
        self._parts: list[str] = []
        self._links: list[str] = []
        self._silent: list[str] = []

    def text(self) -> str:
        """What was written, links left open closed."""
        while self._links:
            self._close_link()
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write what the element begins with."""
        if self._silent or tag in _SILENT:
            self._hush(tag)
        elif tag == "a":
            self._open_link(dict(attrs).get("href") or "")
        elif tag == "br":
            self._parts.append("  \n")
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag in _MARKS:
            self._parts.append(_MARKS[tag])
        elif tag in _BLOCKS or re.fullmatch("h[1-6]", tag):
            self._parts.append("\n\n### " if tag[1:].isdigit() else "\n\n")
        elif tag == "img":
            self._parts.append(self._picture(dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Write what the element ends with."""
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
        elif tag == "a":
            self._close_link()
        elif tag in _MARKS:
            self._close_mark(_MARKS[tag])
        elif tag in _BLOCKS or re.fullmatch("h[1-6]", tag):
            self._parts.append("\n\n")
        elif tag in _CELLS:
            self._parts.append(" ")

    def handle_data(self, data: str) -> None:
        """Write words; line ends of the source are blanks, as in a browser."""
        if self._silent:
            return
        words = re.sub(r"\s+", " ", data)
        at_start = not self._parts or self._parts[-1].endswith(("\n", "- ", "### "))
        words = words.lstrip() if at_start else words
        self._parts.append(markdown_of_text(words) if at_start else _SPECIAL.sub(r"\\\1", words))

    def _picture(self, attributes: dict[str, str | None]) -> str:
        words = markdown_of_text(" ".join((attributes.get("alt") or "").split()))
        target = _target((attributes.get("src") or "").strip())
        return f"![{words}]({target})" if self._pictures and _PICTURE.fullmatch(target) else words

    def _hush(self, tag: str) -> None:
        """Silence until the element ends; of what lies in it, only its own kind is counted."""
        if (not self._silent or tag == self._silent[-1]) and len(self._silent) < MAX_DEPTH:
            self._silent.append(tag)

    def _open_link(self, target: str) -> None:
        if self._links:
            self._close_link()
        self._links.append(target.strip())
        self._parts.append("[")

    def _close_link(self) -> None:
        if not self._links:
            return
        target = _target(self._links.pop())
        self._parts.append(f"]({target})" if _LINK.fullmatch(target) else "]()")

    def _close_mark(self, mark: str) -> None:
        """Blanks before a closing mark go behind it, where Markdown wants them."""
        before = self._parts[-1] if self._parts else ""
        if before == mark:
            self._parts.pop()
        elif before.endswith(" "):
            self._parts[-1] = before.rstrip(" ")
            self._parts.append(f"{mark} ")
        else:
            self._parts.append(mark)
