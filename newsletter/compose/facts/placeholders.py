"""Is it finished: words that stand where the author meant to write something."""

import re
from collections.abc import Iterator

from newsletter.compose.facts.rule import Facts, Found, in_body
from newsletter.model.item import Item

_UNFINISHED = re.compile(r"\bFIXME\b|\bTODO\b|\bXXX\b|(?i:\blorem ipsum\b)|\.na\.character", re.ASCII)
_OPEN = re.compile(r"\bT\.?B\.?[ADC]\b|\bto be (?:announced|determined|confirmed|decided)\b", re.IGNORECASE)


def unfinished(item: Item, facts: Facts) -> Iterator[Found]:
    """E-PLACEHOLDER: unfinished words where every reader would see them."""
    if item.kind == "page":
        return
    for name, text in _told(item):
        word = _UNFINISHED.search(text) or (name == "title" and _OPEN.search(text))
        if word:
            text = f"{name} of {item.title!r} still says {word.group()!r}; write what is meant, or leave it out"
            yield Found("error", "E-PLACEHOLDER", text)


def still_open(item: Item, facts: Facts) -> Iterator[Found]:
    """W-PLACEHOLDER: unfinished words in the body, or a place, host or price to be announced."""
    for name, text, pattern in (
        ("body", item.body, _UNFINISHED),
        ("place", item.place.name, _OPEN),
        ("hosts", " ".join(item.hosts), _OPEN),
        ("cost", item.cost, _OPEN),
        ("audience", item.audience, _OPEN),
        ("prerequisites", item.prerequisites, _OPEN),
    ):
        word = pattern.search(text)
        if word:
            found = f"{name} of {item.title!r} says {word.group()!r}; write it, or leave it out until it is known"
            row = text.count("\n", 0, word.start())
            yield Found("warning", "W-PLACEHOLDER", found, in_body(item, row) if name == "body" else None)


def _told(item: Item) -> tuple[tuple[str, str], ...]:
    """The texts that every reader would see."""
    return (
        ("title", item.title),
        ("summary", item.summary),
        ("place", item.place.name),
        ("hosts", " ".join(item.hosts)),
        ("url", item.url),
        ("registration_url", item.registration_url),
        ("series", item.series),
        ("cost", item.cost),
    )
