"""Markdown of editors and sources as HTML for a mail, and as plain text; nothing in it runs, loads or tracks."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from newsletter.render.prose import SCHEMES, Pictures, render_tokens, tokens_of

#: What may stand in a mail. A picture that is not published is a link to itself: the mail is whole without it.
TAGS = {"p", "br", "a", "em", "strong", "s", "ul", "ol", "li", "blockquote", "code", "pre", "h3", "h4", "img"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "img": {"src", "alt", "width", "height"}}
#: What keeps a picture inside its column, without any style block.
_PICTURE_STYLE: Mapping[str, str] = {"style": "max-width:100%;height:auto;border:0;"}
WIDTH = 72

#: The name of an opening tag, in which our attributes go; no "<" is left anywhere else.
_OPENING = re.compile(r"<([a-z][a-z0-9]*)(?=[ >])")


def markdown_html(
    text: str, styles: Mapping[str, Mapping[str, str]], base: str = "", pictures: Pictures | None = None
) -> Markup:
    """HTML of the allowed tags alone, each with the attributes in `styles` (tag -> attribute -> value).

    Links are made absolute from `base`; schemes other than http, https, mailto and tel lose their link. `pictures`
    are those that are published, by their address in the text.
    """
    raw = render_tokens(tokens_of(text, base, pictures))
    safe = nh3.clean(raw, tags=TAGS, attributes=ATTRIBUTES, url_schemes=set(SCHEMES), link_rel=None).strip()
    given = {"img": _PICTURE_STYLE, **styles}
    return Markup(_OPENING.sub(lambda tag: tag[0] + _attributes(given.get(tag[1], {})), safe))  # noqa: S704 - cleaned


def _attributes(values: Mapping[str, str]) -> str:
    """Attributes in the given order; the sanitiser's own would come in a different order each time."""
    return "".join(f' {name}="{value}"' for name, value in values.items())


def markdown_text(text: str, base: str = "", width: int = WIDTH, pictures: Pictures | None = None) -> str:
    """Plain text: paragraphs wrapped, lists with marks, links and pictures as "words (address)"."""
    out = ""
    for gap, block in _blocks(tokens_of(text, base, pictures), width):
        out += f"{gap if out else ''}{block}"
    return out


#: What wrapping replaces, however short a line is.
_TURNED_TO_SPACES = re.compile(r"[\t\n\x0b\x0c\r]")


def wrap(text: str, width: int = WIDTH, indent: str = "") -> str:
    """Text wrapped to `width` columns, every line behind `indent`; addresses are never broken."""
    return "\n".join(_wrapped(line, width, indent) for line in text.split("\n"))


def _wrapped(line: str, width: int, indent: str) -> str:
    if line and len(indent) + len(line) <= width and line == line.strip() and not _TURNED_TO_SPACES.search(line):
        return f"{indent}{line}"
    return textwrap.fill(
        line, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


@dataclass(slots=True)
class _Nesting:
    """Where in lists and quotations the walk is: the marks before a line, and each list's next number."""

    marks: list[str] = field(default_factory=list)
    counts: list[int | None] = field(default_factory=list)
    bullet: str = ""

    def enter(self, token: Token) -> None:
        """Take in a token that opens or closes something."""
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            self.counts.append(int(token.attrs.get("start", 1)) if kind.startswith("ordered") else None)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.counts.pop()
        elif kind == "list_item_open":
            self._item()
        elif kind == "blockquote_open":
            self.marks.append("> ")
        elif kind in ("list_item_close", "blockquote_close"):
            self.marks.pop()

    def _item(self) -> None:
        number = self.counts[-1]
        self.bullet = "* " if number is None else f"{number}. "
        self.counts[-1] = None if number is None else number + 1
        self.marks.append(" " * len(self.bullet))


def _blocks(tokens: Sequence[Token], width: int) -> Iterator[tuple[str, str]]:
    """(gap before it, text) of each block; items of a tight list stand without empty lines between them."""
    nesting = _Nesting()
    tight = was_tight = False
    for token in tokens:
        nesting.enter(token)
        if token.type == "paragraph_open":
            tight = token.hidden
        elif token.type == "hr":
            yield "\n\n", "* * *"
        elif token.type == "inline" or token.content:
            yield "\n" if tight and was_tight else "\n\n", _block(_plain(token), nesting, width)
            nesting.bullet, was_tight = "", tight


def _block(text: str, nesting: _Nesting, width: int) -> str:
    indent = "".join(nesting.marks)
    wrapped = wrap(text, width, indent)
    if not nesting.bullet:
        return wrapped
    return "".join(nesting.marks[:-1]) + nesting.bullet + wrapped[len(indent) :]


def _plain(token: Token) -> str:
    if not token.children:
        return token.content.rstrip("\n")
    out: list[str] = []
    opened: list[tuple[int, str]] = []
    for child in token.children:
        if child.type == "link_open":
            opened.append((len(out), str(child.attrs.get("href", ""))))
        elif child.type == "link_close":
            start, address = opened.pop()
            out[start:] = [_link("".join(out[start:]), address)]
        elif child.type == "image" and not opened:
            out.append(_link(child.content, str(child.attrs.get("src", ""))))
        else:
            out.append({"softbreak": " ", "hardbreak": "\n"}.get(child.type, child.content))
    return "".join(out)


def _link(words: str, address: str) -> str:
    shown = address.removeprefix("mailto:")
    return shown if words in (shown, address, "") else f"{words} ({shown})"
