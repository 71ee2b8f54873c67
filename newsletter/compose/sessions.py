"""Several times of one thing in one line, on the reader's clock."""

from collections.abc import Sequence

from newsletter.compose.entries import moment_text, reader_time
from newsletter.compose.view import View
from newsletter.language.languages import Language
from newsletter.model.when import Occurrence

#: Sessions named one by one; more are counted.
NAMED = 6


def sessions_text(view: View, live: Sequence[Occurrence]) -> str:
    """Every session; the zone stands at the end, or with each where they differ."""
    if len(live) == 1:
        return reader_time(view, live[0]).full
    zones = {reader_time(view, one).zone for one in live}
    if len(zones) > 1:
        return in_a_row(view.language, [reader_time(view, one).full for one in live], NAMED)
    return f"{in_a_row(view.language, [moment_text(view, one) for one in live], NAMED)} {zones.pop()}".strip()


def in_a_row(language: Language, times: Sequence[str], named: int) -> str:
    """ "Tue 8 Dec, 3 PM; Wed 9 Dec, 3 PM and 2 more": the first so many of the times, the others counted."""
    text = language.pgettext("between times", "; ").join(times[:named])
    if len(times) <= named:
        return text
    return language.ngettext("{times} and {count} more", "{times} and {count} more", len(times) - named, times=text)
