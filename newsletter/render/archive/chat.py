"""Text for chat channels. Slack, Teams and Matrix each read another dialect of Markdown, so none of it is used:
paragraphs, lines that begin with a dash, and bare addresses are all that they show alike.
"""

import re

from newsletter.render.escaping import one_line

#: What some program would take for formatting, and the letter that looks like it and is none.
_LOOK_ALIKES = str.maketrans(
    {"*": "\u2217", "`": "\u02cb", "~": "\u223c", "[": "(", "]": ")", "<": "\u2039", ">": "\u203a", "|": "\u00a6"}
)
_EDGE_OF_WORD = re.compile(r"(?<!\w)_|_(?!\w)")
#: "@here" and its kin would call everybody; a word joiner keeps the look and takes the call out.
_CALL = re.compile(r"@(?=\w)")


def inert(text: str) -> str:
    """What others wrote, on one line and as nothing but text: no formatting, no link in disguise, nobody called."""
    plain = one_line(text).translate(_LOOK_ALIKES)
    return _CALL.sub("@\u2060", _EDGE_OF_WORD.sub("\uff3f", plain))
