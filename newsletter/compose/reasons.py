"""Why something is not in an issue: a word for programs and a sentence for people."""

from dataclasses import dataclass
from typing import Literal

ReasonCode = Literal[
    "turned-away",
    "held-back",
    "draft",
    "hidden",
    "topic-not-chosen",
    "no-occurrence",
    "over",
    "vague",
    "told-before",
    "capped",
    "not-yet-published",
    "expired",
    "stale",
    "called-off",
    "no-section",
    "no-place",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision of the composition against an item."""

    code: ReasonCode
    text: str
