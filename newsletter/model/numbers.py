"""Numbers without tracking: how often something was asked for or done on a day, and nothing of who did it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from newsletter.model.strict import Strict

#: What is counted; `about` is the name of a public thing, never of a person.
NumberKind = Literal[
    "web copy",
    "event calendar",
    "topic calendar",
    "personal calendar",
    "feed",
    "left list",
    "left issue",
    "left topic",
    "reply",
    "automatic reply",
    "mail in",
]
#: Every kind: what it counts, and what `about` names.
NUMBER_KINDS: Mapping[NumberKind, tuple[str, str]] = {
    "web copy": ("requests for the page of an issue", "issue"),
    "event calendar": ("requests for the calendar file of one event", "event"),
    "topic calendar": ("requests for the calendar of a topic, or of everything", "topic"),
    "personal calendar": ("requests for readers' own calendars, all together", ""),
    "feed": ("requests for a feed", "digest"),
    "left list": ("readers who left a list", "list"),
    "left issue": ("readers who left a list after this issue had reached them", "issue"),
    "left topic": ("readers who gave up a topic, or left a list with it chosen by name", "topic"),
    "reply": ("mails of people in the mailbox of [mailbox] that answer an issue", "issue"),
    "automatic reply": ("mails of programs in it that answer an issue", "issue"),
    "mail in": ("mails in it, by what became of them", "outcome"),
}
#: Published, a number below this is told as "<5": who stands behind a smaller one could be guessed.
SMALL = 5


class NumbersSettings(Strict):
    """Whether requests, leavings and replies are counted by day; nothing of who is behind one is kept either way."""

    count: bool = True


@dataclass(frozen=True, slots=True)
class Number:
    """How many of one kind there were on one day, by the community's calendar."""

    day: date
    kind: NumberKind
    about: str
    count: int
