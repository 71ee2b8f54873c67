"""The events with a date of their own, each once; one with several sessions names those inside the window."""

from dataclasses import replace

from newsletter.compose.continuing import running
from newsletter.compose.entries import (
    calendar_of,
    entry_of,
    in_order,
    marked,
    reminded,
    with_flag,
    with_note_of_start,
)
from newsletter.compose.fairness import fair
from newsletter.compose.programme import Timed, is_series
from newsletter.compose.reasons import Reason
from newsletter.compose.series import cancelled_texts
from newsletter.compose.sessions import sessions_text
from newsletter.compose.view import View, is_off
from newsletter.model.issue import Entry, Section
from newsletter.model.item import Item
from newsletter.model.when import Vague


def build(view: View) -> Section | None:
    """What takes place inside the window, then what the sources say only vaguely of it."""
    dated = [_card(view, timed) for timed in view.timed if _is_shown(view, timed)]
    vague = [_vague(view, item) for item in view.items if _is_vaguely_inside(view, item)]
    entries = in_order(view, [card for card in dated if card] + vague)
    return fair(view, Section("events", view.language.gettext("Come along"), entries))


def _is_shown(view: View, timed: Timed) -> bool:
    return not is_off(timed.item) and not is_series(timed.item.when) and running(view, timed) is None


def _card(view: View, timed: Timed) -> Entry | None:
    live = [one for one in timed.occurrences if one.status != "cancelled"]
    if not live:
        return None
    item, first = timed.item, live[0]
    entry = with_note_of_start(view, entry_of(view, item, first), first)
    if first.status == "moved":
        entry = with_flag(view, entry, "moved")
    links = calendar_of(view, item, first)
    texts = cancelled_texts(view, timed)
    entry = replace(entry, when_text=sessions_text(view, live), calendar=links, exceptions=texts)
    return reminded(view, marked(view, entry, item), timed)


def _is_vaguely_inside(view: View, item: Item) -> bool:
    return (
        item.kind == "event"
        and not is_off(item)
        and isinstance(item.when, Vague)
        and why_not_vaguely(view, item.when) is None
    )


def why_not_vaguely(view: View, when: Vague) -> Reason | None:
    """Why words that name no day are not told of; a week is told of them once, when their time begins."""
    if when.first is None:
        return Reason("vague", f"{when.text!r} names no day, and no part of a term that could be compared.")
    first, end = view.programme.window.start.date(), view.programme.window.end.date()
    last = when.last or when.first
    bounds = f"{when.text!r} means {when.first} to {last}"
    if last < view.programme.today:
        return Reason("over", f"{bounds}, which is over.")
    if first <= when.first < end or (not view.programme.is_weekly and when.first < end and last >= first):
        return None
    return Reason("no-occurrence", f"{bounds}, and does not begin between {first} and {end} (that day not included).")


def _vague(view: View, item: Item) -> Entry:
    text = item.when.text if isinstance(item.when, Vague) else ""
    when = view.language.gettext("{time} (date to be announced)", time=text)
    return marked(view, replace(entry_of(view, item), when_text=when), item)
