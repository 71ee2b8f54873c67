"""When there is something to tell again, for an issue that has nothing to tell."""

from newsletter.compose.entries import moment_text
from newsletter.compose.moments import begins
from newsletter.compose.programme import HORIZON, between
from newsletter.compose.view import View, is_off


def next_content(view: View) -> str:
    """ "Next: Datathon, Fri 19 Mar, 11 AM-2 PM": the first event after the window, or that there is none."""
    end = view.programme.window.end
    coming = [
        (begins(one, view.home), item.title, one)
        for item in view.items
        if not is_off(item)
        for one in between(item, end, end + HORIZON, view.programme)
        if one.status != "cancelled"
    ]
    if not coming:
        return view.language.gettext("Nothing is planned yet for the months ahead.")
    _, title, first = min(coming, key=lambda one: one[:2])
    return view.language.gettext("Next: {title}, {when}", title=title, when=moment_text(view, first))
