"""The text of an editor's file: a new one that explains its keys, and a fresh listing in one that is there.

The listing is comments with a mark of their own, so that nothing but them is ever written into what an editor wrote.
"""

from collections.abc import Sequence

from newsletter.model.issue import Slot
from newsletter.sources.blob import UnreadableError
from newsletter.sources.issue_file import FENCE, split

#: Lines of the front matter that begin so are the program's; `newsletter draft` writes them anew.
MARK = "#:"

_NEW = """{fence}
# {key}: what happens from {first} until {last} (that day not included).
# Leave a text empty, or a line behind its #, and the program does as it would alone.

subject = ""        # the line that an inbox shows
preheader = ""      # the grey words after it, 60 to 120 characters
by = ""             # who signs the note
role = ""           # and as what

# Entries go by the id or title under which they are listed below.
# pins = ["..."]              # first in their section, and in the subject
# hides = ["..."]             # not in this issue; the next one may tell them
# order = ["...", "..."]      # these sections (or entries of one) stand together, in this order
# merges = [["...", "..."]]   # these ids are one event

# What an entry says in this issue alone; keep these tables below everything else.
# [overrides."..."]
# place = "Lakeview 2.101"
# start = "2026-12-08 13:00"

{mark} In the issue as it was drafted:
{fence}

"""


def new_file(slot: Slot) -> str:
    """A file for the editor to fill in, with the window it is about and a word on every key."""
    first, last = slot.window.start.date(), slot.window.end.date()
    return _NEW.format(fence=FENCE, mark=MARK, key=slot.key, first=first, last=last)


def with_listing(text: str, listing: Sequence[str]) -> str:
    """The file with these lines as its listing, all else as it was.

    Where the editor took the listing out, or the front matter is not sound, the text stays as it is.
    """
    try:
        front, body = split(text)
    except UnreadableError:
        return text
    lines = front.split("\n")
    marked = [number for number, line in enumerate(lines) if line.startswith(MARK)]
    if not marked:
        return text
    kept = [line for line in lines if not line.startswith(MARK)]
    fresh = [f"{MARK} {line}".rstrip() for line in listing]
    lines = [*kept[: marked[0]], *fresh, *kept[marked[0] :]]
    return "\n".join((FENCE, *lines, FENCE, body))
