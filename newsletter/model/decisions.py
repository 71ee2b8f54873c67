"""What an editor decided about entries that others wrote: which are one event, which are two, what a field says."""

from dataclasses import dataclass
from datetime import date

from newsletter.model.problem import Origin, Problem


@dataclass(frozen=True, slots=True)
class Pairing:
    """Ids of entries that are one event, or that are not; `origin` is where that was decided."""

    ids: tuple[str, ...]
    origin: Origin
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FieldOverride:
    """What stands in for one attribute of the entry `id`, as an Item holds it; `until` is the last day it counts.

    `field` is what the editor wrote: several fields, such as start and end, may make one attribute.
    """

    id: str
    field: str
    attribute: str
    value: object
    origin: Origin
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything decided, in the order of the file, and what is wrong with the file."""

    same: tuple[Pairing, ...] = ()
    different: tuple[Pairing, ...] = ()
    overrides: tuple[FieldOverride, ...] = ()
    problems: tuple[Problem, ...] = ()
