"""Markdown as plain text, for the places of a mail that hold no markup."""

from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

SUMMARY_LENGTH = 320


def plain_text(markdown: str) -> str:
    """The words of the Markdown, paragraphs joined by a space."""
    return " ".join(_paragraphs(markdown))


@lru_cache(maxsize=8192)
def summary_of(summary: str, body: str) -> str:
    """What stands under a title: the given summary, or else the body's first paragraph, cut at a word."""
    text = summary.strip() or next(iter(_paragraphs(body)), "")
    return shorten(" ".join(text.split()), SUMMARY_LENGTH)


def shorten(text: str, length: int) -> str:
    """The text, or as many whole words of it as leave room for an ellipsis."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def list_items(markdown: str) -> tuple[tuple[str, str], ...]:
    """Each top-level list item as (its leading bold words or nothing, the rest), both plain."""
    return tuple(_name_and_rest(inline) for inline in _item_inlines(_parser().parse(markdown)))


def _item_inlines(tokens: list[Token]) -> list[Token]:
    """The first paragraph of every list item that is not inside another."""
    found, depth, waiting = [], 0, False
    for token in tokens:
        if token.type == "list_item_open":
            depth, waiting = depth + 1, depth == 0
        elif token.type == "list_item_close":
            depth -= 1
        elif token.type == "inline" and waiting:
            found.append(token)
            waiting = False
    return found


def _name_and_rest(inline: Token) -> tuple[str, str]:
    children = [child for child in inline.children or [] if child.type != "text" or child.content]
    if not children or children[0].type != "strong_open":
        return "", _words(children)
    end = next(place for place, child in enumerate(children) if child.type == "strong_close")
    return _words(children[:end]), _words(children[end:])


def _paragraphs(markdown: str) -> list[str]:
    texts = [_words(token.children or []) for token in _parser().parse(markdown) if token.type == "inline"]
    return [text for text in texts if text]


def _words(tokens: list[Token]) -> str:
    breaks = {"softbreak": " ", "hardbreak": " "}
    kinds = ("text", "code_inline", "image")
    texts = (token.content if token.type in kinds else breaks.get(token.type, "") for token in tokens)
    return " ".join("".join(texts).split())


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")
