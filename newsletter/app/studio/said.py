"""What the studio answers to something that was done in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """How an act went, in a sentence; `place` is a file and line to go to, `texts` stand side by side."""

    text: str
    well: bool = True
    place: str = ""
    texts: tuple[tuple[str, str], ...] = ()
