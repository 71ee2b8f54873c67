"""What the studio answers to something that was done in it."""

from collections.abc import Mapping
from dataclasses import dataclass

#: What people write in the studio's forms, by the names of the fields.
WRITTEN = (
    "subject", "preheader", "note", "signed", "role", "title", "start", "end", "dates", "time", "place", "summary",
    "reason", "page",
)  # fmt: skip
YOURS = "What you wrote"


@dataclass(frozen=True, slots=True)
class Said:
    """How an act went, in a sentence; `place` is a file and line to go to, `texts` stand side by side."""

    text: str
    well: bool = True
    place: str = ""
    texts: tuple[tuple[str, str], ...] = ()


def given_back(why: str, values: Mapping[str, str]) -> Said:
    """That it was not done, and whatever was written for it: the page that is shown next may have no place for it."""
    words = "\n".join(f"{name}: {values[name]}" for name in WRITTEN if values.get(name, "").strip())
    return Said(why, well=False, texts=((YOURS, words),) if words else ())
