"""How a text is to be read: the zone, the language and the policies of the place it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from newsletter.dates.findings import Finding
from newsletter.dates.languages import Words
from newsletter.dates.tokens import Token, tokens
from newsletter.model.workspace import TermSettings

Offset = Literal["trust", "wall_clock"]

_APPROXIMATE = {
    "usually", "around", "about", "approximately", "approx", "ca", "circa", "typically", "normally", "roughly",
}  # fmt: skip
_ALL_DAY = ("all day", "all-day", "full day", "whole day")


@dataclass(frozen=True, slots=True)
class Rules:
    """`day_first` already holds the language's own order; `terms` bound what only names a term."""

    home: ZoneInfo
    words: Words
    day_first: bool
    offset: Offset = "trust"
    terms: Mapping[str, TermSettings] = field(default_factory=dict)


def cut(text: str, words: Words) -> tuple[list[Token], list[Finding], bool]:
    """The tokens, what was put right, and whether the author says "usually" or "around"."""
    found, findings = tokens(text, words)
    found = _without_all_day(found)
    kept = [token for token in found if token.word not in _APPROXIMATE and token.text != "~"]
    return kept, findings, len(kept) < len(found)


def _without_all_day(found: list[Token]) -> list[Token]:
    """ "All day" says no more than a date does."""
    for index in range(len(found) - 1):
        size = 3 if found[index + 1].text == "-" else 2
        text = " ".join(token.text for token in found[index : index + size] if token.text != "-").casefold()
        if text in _ALL_DAY:
            return _without_brackets(found[:index], found[index + size :])
    return found


def _without_brackets(before: list[Token], after: list[Token]) -> list[Token]:
    if before and after and before[-1].text == "(" and after[0].text == ")":
        return [*before[:-1], *after[1:]]
    return [*before, *after]
