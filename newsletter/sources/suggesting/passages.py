"""A page's Markdown as sentences, each with its line, the headings above it and its links; code is no prose."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter.sources.cleaning import blanked

_SPACE = re.compile(r"[\s\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
_QUOTED = re.compile('"[^"]{0,100}"|“[^”]{0,100}”')
_DASH = re.compile("[\u2010-\u2015\u2212]")
_END = re.compile(r"[.!?]+[\"')\]»”’]*[ ]+(?=[\"'(\[«“‘]*[A-Z0-9])")
_SHORT = re.compile(
    r"(?:^|[\s(])(?:mon|tues?|weds?|thu|thurs?|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|dr|mr|mrs|ms|"
    r"prof|no|nos|vs|e\.g|i\.e|approx|ca|st|rm|bldg|fig|sec|p|pp)$",
    re.IGNORECASE,
)
_LONGEST_SHORT = 8
#: Nobody writes sentences of this length about a meeting.
_LONGEST = 1_000
_HALF = re.compile(r"\b[ap]\.m$", re.IGNORECASE)
_ZONE = re.compile(r"[A-Z]{2,4}\b(?![a-z])")
_TAG = re.compile(r"<(script|style|pre|code)\b.*?</\1\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence on one line of text. `searched` is the same without code, addresses and quotations.

    `headings` are those above it, outermost first; `lead` is what a list item or paragraph begins with in bold;
    `links` are (words, target) of this sentence and the one after it.
    """

    text: str
    searched: str
    line: int
    headings: tuple[str, ...] = ()
    lead: str = ""
    links: tuple[tuple[str, str], ...] = ()


def sentences_of(markdown: str, first_line: int = 1) -> Iterator[Sentence]:
    """Every sentence of paragraphs, list items and table rows; `first_line` is that of the text in its file."""
    headings: list[tuple[int, str]] = []
    for passage, level in _passages(markdown, first_line):
        if level:
            headings = [*(one for one in headings if one[0] < level), (level, passage.text.strip())]
        else:
            yield from passage.sentences(tuple(text for _, text in headings))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")


def _passages(markdown: str, first_line: int) -> Iterator[tuple["_Passage", int]]:
    """Passages in order; the level of a heading, or 0 for prose."""
    level, row = 0, None
    for token in _parser().parse(blanked(markdown)):
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "tr_open":
            row = _Passage(line)
        elif token.type == "tr_close" and row is not None:
            yield row, 0
            row = None
        elif token.type == "inline" and row is not None:
            row.add("; " if row.text else "")
            row.take(token.children or ())
        elif token.type == "inline":
            yield _Passage(line).take(token.children or ()), level
            level = 0
        elif token.type == "html_block":
            yield from ((_Passage(line + place).add(text), 0) for place, text in _html_lines(token.content))


def _html_lines(html: str) -> Iterator[tuple[int, str]]:
    bare = _TAG.sub(lambda match: "\n" * match[0].count("\n") or " ", html)
    return ((place, text) for place, text in enumerate(bare.split("\n")) if text.strip())


@dataclass(slots=True)
class _Passage:
    """Text under construction: its characters, those that may be searched, and the line of each."""

    line: int
    _shown: list[str] = field(default_factory=list)
    _searched: list[str] = field(default_factory=list)
    _lines: list[int] = field(default_factory=list)
    _links: list[tuple[int, int, str]] = field(default_factory=list)
    _lead: int = 0

    @property
    def text(self) -> str:
        return "".join(self._shown)

    def add(self, text: str, *, hidden: bool = False) -> "_Passage":
        """Append text, runs of blanks as one."""
        for char in _SPACE.sub(" ", text):
            if char != " " or (self._shown and self._shown[-1] != " "):
                self._shown.append(char)
                self._searched.append("\0" if hidden and char != " " else char)
                self._lines.append(self.line)
        return self

    def take(self, children: Sequence[Token]) -> "_Passage":
        """Append the inline tokens of a paragraph, heading or cell."""
        opened: list[tuple[int, str]] = []
        for place, child in enumerate(children):
            if child.type in ("softbreak", "hardbreak"):
                self.add(" ")
                self.line += 1
            elif child.type == "link_open":
                opened.append((len(self._shown), str(child.attrGet("href") or "")))
            elif child.type == "link_close" and opened:
                start, target = opened.pop()
                self._links.append((start, len(self._shown), target))
            elif child.type == "strong_close" and not self._lead and _opens_bold(children[:place]):
                self._lead = len(self._shown)
            elif child.type in ("text", "code_inline", "text_special"):
                self.add(child.content, hidden=child.type == "code_inline")
        return self

    def sentences(self, headings: tuple[str, ...]) -> Iterator[Sentence]:
        """The sentences, each of which knows the bold words that the whole passage begins with."""
        text = self.text
        searched = _blanked_out(_DASH.sub("-", "".join(self._searched)))
        lead = text[: self._lead].strip(" :.–—-")
        ends = [*_ends(text), len(text)]
        for place, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            after = ends[min(place + 1, len(ends) - 1)]
            shown = text[start:end].rstrip()
            if 0 < len(shown) <= _LONGEST:
                yield Sentence(
                    shown, searched[start : start + len(shown)], self._lines[start], headings, lead,
                    tuple((text[a:b], target) for a, b, target in self._links if start <= a < after),
                )  # fmt: skip


def _blanked_out(text: str) -> str:
    """Addresses and quotations are not what the page itself says."""
    for pattern in (_ADDRESS, _QUOTED):
        text = pattern.sub(lambda match: "\0" * len(match[0]), text)
    return text


def _opens_bold(before: Sequence[Token]) -> bool:
    return [token.type for token in before if token.content or token.type != "text"][:1] == ["strong_open"]


def _ends(text: str) -> Iterator[int]:
    """Where sentences end; a dot after "Sept" or before the zone of "p.m. PT" ends none."""
    for match in _END.finditer(text):
        before = text[max(0, match.start() - _LONGEST_SHORT) : match.start()]
        goes_on = _HALF.search(before) and (_ZONE.match(text, match.end()) or text[match.end()].isdigit())
        if not goes_on and not (match[0].startswith(". ") and _SHORT.search(before)):
            yield match.end()
