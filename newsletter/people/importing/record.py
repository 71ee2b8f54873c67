"""What a line of a file says: the person as a profile reads them, and the row that is left after the check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from newsletter.people.importing.choices import Choices
from newsletter.people.importing.standing import Standing


@dataclass(slots=True)
class Person:
    """One person as a file has them: text by field, and what became of the columns that are no field."""

    cells: Mapping[str, str]
    standing: Standing = "active"
    attributes: dict[str, object] = field(default_factory=dict)


class Manner(NamedTuple):
    """What a line says beside its address and name; lines that say the same share one.

    `joined` is when the person agreed, `ended` when they left or bounced, each where the file says so.
    """

    list: str
    standing: Standing
    choices: Choices = Choices()
    attributes: Mapping[str, object] = {}
    joined: datetime | None = None
    ended: datetime | None = None
    remarks: tuple[str, ...] = ()
    restored: "Restored | None" = None


class Row(NamedTuple):
    """A line that can be decided about; `remarks` are of its address and name, those of the rest are its manner's."""

    line: int
    address: str
    key: str
    name: str
    manner: Manner
    remarks: tuple[str, ...] = ()


class Restored(NamedTuple):
    """What our own export tells beyond a row: the state and the proofs as they were, to be put back as they stood."""

    state: str
    since: str = ""
    created_at: str = ""
    consents: tuple[Mapping[str, object], ...] = ()
    suppressed: str = ""
    paused_until: str = ""
    stopped: tuple[tuple[str, str], ...] = ()
    online_only: bool = False


class Refused(NamedTuple):
    """A line that nothing can be made of: why, and what stood there for an address."""

    line: int
    code: str
    text: str
    address: str = ""
