"""What the editor's file of one issue holds: the words of the note, and decisions about this issue's entries."""

from dataclasses import dataclass

from newsletter.model.decisions import FieldOverride, Pairing
from newsletter.model.issue import Note
from newsletter.model.problem import Origin, Problem


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as the editor wrote it, an id or a title, and where."""

    name: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule whose warnings are meant, at paths of a pattern (empty: everywhere), why, and where that is written.

    With `once`, it was written for one issue alone.
    """

    rule: str
    reason: str
    origin: Origin
    where: str = ""
    once: bool = False


NO_NOTE = Note()


@dataclass(frozen=True, slots=True)
class EditorsFile:
    """One issues/KEY.md as read: names are still as written, and not yet looked for among the entries."""

    note: Note = NO_NOTE
    pins: tuple[Mention, ...] = ()
    hides: tuple[Mention, ...] = ()
    order: tuple[Mention, ...] = ()
    merges: tuple[Pairing, ...] = ()
    overrides: tuple[FieldOverride, ...] = ()
    silences: tuple[Silence, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether it says anything of any entry."""
        return bool(self.pins or self.hides or self.order or self.merges or self.overrides)
