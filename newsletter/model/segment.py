"""A part of the subscribers as a typed condition: what a membership must be like, and nothing a database runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Chooses:
    """The member chose this topic or digest; who chose no topics in particular gets all of them."""

    what: Literal["topic", "digest"]
    name: str


@dataclass(frozen=True, slots=True)
class Is:
    """The list, state, zone or language of the member is this one; a `*` at its end stands for anything.

    Of zone and language an empty one is meant as the community's.
    """

    what: Literal["list", "state", "zone", "language"]
    value: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The member came onto the list before this moment, or (`since`) at it or after."""

    side: Literal["before", "since"]
    moment: datetime


@dataclass(frozen=True, slots=True)
class Attribute:
    """The subscriber has this attribute; with a `value`, it is that text, or a list that holds it."""

    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """Whoever the part does not hold."""

    part: "Segment"


@dataclass(frozen=True, slots=True)
class All:
    """Whoever every part holds; everybody, where there are none."""

    parts: tuple["Segment", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Whoever some part holds."""

    parts: tuple["Segment", ...]


Segment = Chooses | Is | Joined | Attribute | Not | All | Any
EVERYBODY = All(())


@dataclass(frozen=True, slots=True)
class Homes:
    """What is meant where a subscriber names no zone or no language."""

    zone: str
    language: str


NOWHERE = Homes("", "")
