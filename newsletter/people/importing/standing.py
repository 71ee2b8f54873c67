"""How a person stands with a list, as a line of a file says it."""

from typing import Literal

#: What a line says of its person. `blocked`: their operator barred them; `unconfirmed`: they never said yes;
#: `passed`: the line is no reason for anything.
Standing = Literal["active", "left", "bounced", "complained", "blocked", "unconfirmed", "passed"]
#: The graver stands above where one address has several lines.
GRAVITY: tuple[Standing, ...] = ("passed", "unconfirmed", "active", "left", "bounced", "blocked", "complained")


class UnknownWordError(ValueError):
    """A cell says how somebody stands in a word that is not known; the sentence names it."""
