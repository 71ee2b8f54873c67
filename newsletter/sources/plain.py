"""What a page says in plain words: its first heading, its first paragraph; and HTML of calendars as Markdown."""

import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_SUMMARY = 600
#: A first paragraph further down than this is no summary.
_LOOKED_AT = 5_000
_TAG = re.compile(
    r"</?(?:a|b|i|u|p|br|div|span|ul|ol|li|strong|em|h[1-6]|html|body|table|font)\b[^>]*>", re.IGNORECASE
)
_HEADING = re.compile("h[1-6]")
_MARKED = re.compile(r"[\\`*_\[<&!]")
#: A first paragraph in which no character can mean markup: each row begins with a letter; it has a blank in it.
_PLAIN_START = re.compile(r"(?!\S+\s*(?:\n[ \t]*\n|\Z))(?:[^\W\d_][^\r\n\\`*_\[<&!]*(?:\n|\Z))+(?=[ \t]*(?:\n|\Z))")
_URL_ALONE = re.compile(r"\s*<?https?://\S+>?\s*")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 20})


def first_paragraph(markdown: str) -> str:
    """The first paragraph that holds words, as plain text, cut at a word where it is long; headings do not count."""
    beginning = markdown[:_LOOKED_AT]
    if plain := _PLAIN_START.match(beginning):
        return shorten(" ".join(plain[0].split()))
    tokens = _parser().parse(beginning)
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and (text := _plain(token)) and not _URL_ALONE.fullmatch(text):
            return shorten(text)
    return ""


def first_heading(markdown: str) -> tuple[str, int, int] | None:
    """The first heading as plain text, and the half-open range of its lines (from 0)."""
    tokens = _parser().parse(markdown[:_LOOKED_AT])
    for before, token in pairwise(tokens):
        if before.type == "heading_open" and before.map and (text := _plain(token)):
            return text, before.map[0], before.map[1]
    return None


def plain_text(markdown: str) -> str:
    """Words of one field without markup or line breaks."""
    if not _MARKED.search(markdown):
        return " ".join(markdown.split())
    # As one line: a field that begins with "1." or "#" is no list and no heading.
    text = " ".join(html_to_markdown(markdown)[:_LOOKED_AT].split())
    return " ".join(filter(None, map(_plain, _parser().parseInline(text))))


def shorten(text: str, limit: int = MAX_SUMMARY) -> str:
    """The text, cut at a word and marked with an ellipsis where it is longer than the limit."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def html_to_markdown(text: str) -> str:
    """Text as calendars send it; only what holds HTML tags is touched."""
    if "<" not in text or not _TAG.search(text):
        return text
    writer = _Writer()
    writer.feed(text)
    writer.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(writer.parts)).strip()


def _plain(inline: Token) -> str:
    parts: list[str] = []
    for token in inline.children or []:
        if token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "html_inline" and not _TAG.fullmatch(token.content):
            parts.append(token.content)
    return " ".join("".join(parts).split())


class _Writer(HTMLParser):
    """Links, paragraphs, breaks and list entries survive; scripts and styles go with what they hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            self.parts.append("[")
        elif tag == "br":
            self.parts.append("  \n")
        elif tag in ("p", "div", "ul", "ol", "tr") or _HEADING.fullmatch(tag):
            self.parts.append("\n\n")
        elif tag == "li":
            self.parts.append("\n- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._links:
            self.parts.append(f"]({self._links.pop()})")
        elif tag in ("p", "div", "ul", "ol") or _HEADING.fullmatch(tag):
            self.parts.append("\n\n")
        elif tag in ("td", "th", "dt", "dd"):
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
