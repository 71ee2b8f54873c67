"""What a title says about the event's status: whoever has no field for it writes `CANCELLED:` before."""

import re

from newsletter.model.item import Status

_WORDS: dict[str, Status] = {
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "abgesagt": "cancelled",
    "postponed": "postponed",
    "tentative": "tentative",
}
_PREFIX = re.compile(
    rf"\s*(?:[\[(*]+\s*(?P<inside>{'|'.join(_WORDS)})\s*[\])*]+\s*[:\-–—]?|(?P<bare>{'|'.join(_WORDS)})\s*(?::|!|[-–—](?=\s)))"
    r"\s*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)


def split_title(title: str) -> tuple[str, Status | None]:
    """The title without the mark, and the status that it states; None where it states none.

    A bare word counts only before a colon, an exclamation mark or a dash: "Cancelled trains, mapped" is a talk.
    """
    found = _PREFIX.fullmatch(title)
    if found is None:
        return title, None
    return found["rest"].strip(), _WORDS[(found["inside"] or found["bare"]).casefold()]
