"""Settings about those who look after the issues, and about mails that correct one."""

from typing import Literal

from pydantic import Field

from newsletter.model.strict import Strict


class EditorSettings(Strict):
    """Who looks after the issues: addresses that are told of a draft, and how long before its slot once more.

    An empty `remind` reminds nobody. What editors are told is about the issue; no reader is named in it.
    `editor` is the command by which the studio of one's own machine opens a source: "code -g {file}:{line}".
    """

    notify: tuple[str, ...] = ()
    editor: str = ""
    remind: str = "24 hours before"


class CorrectionSettings(Strict):
    """What holds for mails that correct what readers were told: how many a reader gets a day, and who approves."""

    a_day: int = Field(default=3, ge=1, le=100)
    review: Literal["required", "automatic"] = "required"
