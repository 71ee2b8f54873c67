"""What the small links of a mail ask for: hear no more of a series, online events alone, a rest. One button each.

Such a link is a preferences link with a few static letters behind it, so that one mail for many needs no token for
each of its entries. It can do no more than the page of choices can.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from newsletter.app.owning.choosing import member_of, pause_end, reads_of, today_of
from newsletter.app.sending.addressing import PREFERENCES
from newsletter.app.workspace import Workspace
from newsletter.compose.remembering import load_memory
from newsletter.compose.stopping import series_code
from newsletter.language.languages import words_code
from newsletter.model.people import Subscriber, Subscription
from newsletter.people.preferences import OPEN, Refusal, read_pause
from newsletter.people.tokens import Claim, read_token
from newsletter.store import editions, subscribers

Act = Literal["stop", "online", "pause"]
ACTS: tuple[Act, ...] = ("stop", "online", "pause")
#: What a pause is where the reader names no day.
A_REST = timedelta(days=28)
#: How many of the mails a reader got are looked through for the series that a link names.
LOOKED_THROUGH = 12


@dataclass(frozen=True, slots=True)
class Button:
    """The page behind such a link. `done` says that it holds, `open` that there is a membership it could hold for.

    `title` is the series; `day` the first day with mail again; `refusal` an English message.
    """

    act: Act
    list_title: str
    address: str
    language: str
    open: bool
    done: bool = False
    title: str = ""
    day: date | None = None
    refusal: str = ""


def look_up_button(ws: Workspace, token: str, act: str, about: str = "") -> Button | None:
    """What the link is for; None where it is not ours, or names a series that its reader was never told of."""
    return _with_member(ws, token, act, about, None)


def press_button(ws: Workspace, token: str, act: str, about: str = "", day: str | None = None) -> Button | None:
    """Do what the link is for; again is no change. `day` is the day of a pause, as it was typed."""
    return _with_member(ws, token, act, about, day if day is not None else "")


def _with_member(ws: Workspace, token: str, act: str, about: str, pressed: str | None) -> Button | None:
    claim = read_token(ws.keys, token, PREFERENCES)
    found = next((one for one in ACTS if one == act), None)
    if claim is None or claim.scope not in ws.settings.lists or found is None:
        return None
    with ws.store.read() if pressed is None else ws.store.begin() as connection:
        known = member_of(connection, ws, claim)
        page = _page(ws, claim, found, known)
        if known is None or not page.open:
            return page
        return _ACTS[found](_Press(connection, ws, known, page, about, pressed))


def _page(ws: Workspace, claim: Claim, act: Act, known: tuple[Subscriber, Subscription] | None) -> Button:
    title = ws.settings.lists[claim.scope].title
    if known is None:
        return Button(act, title, "", "", open=False)
    person, membership = known
    language = words_code(person.language) and person.language
    return Button(act, title, person.address, language, open=membership.state in OPEN)


@dataclass(frozen=True, slots=True)
class _Press:
    """One look at a button, or one press of it (`pressed` is what was typed, None for a look)."""

    connection: Connection
    ws: Workspace
    known: tuple[Subscriber, Subscription]
    page: Button
    about: str
    pressed: str | None

    def save(self, membership: Subscription) -> None:
        community = self.ws.settings.community.id
        subscribers.set_choices(self.connection, community, membership, OPEN, reads_of(self.known[0]))


def _stop(press: _Press) -> Button | None:
    membership = press.known[1]
    series = _series(press, membership)
    if series is None:
        return None
    done = series in membership.stopped
    if press.pressed is not None and not done:
        press.save(replace(membership, stopped=(*membership.stopped, series)))
        done = True
    return replace(press.page, title=series[1], done=done)


def _series(press: _Press, membership: Subscription) -> tuple[str, str] | None:
    """Id and title of the series that the link names, out of what its reader was told or stopped before."""
    stopped = next((one for one in membership.stopped if series_code(one[0]) == press.about), None)
    if stopped is not None:
        return stopped
    community, person = press.ws.settings.community.id, press.known[0].id
    for text in editions.memories_of(press.connection, community, person, membership.list, LOOKED_THROUGH):
        for told in load_memory(text).told:
            if series_code(told.item.id) == press.about:
                return told.item.id, told.item.title
    return None


def _online(press: _Press) -> Button:
    membership = press.known[1]
    if press.pressed is not None and not membership.online_only:
        press.save(replace(membership, online_only=True))
    return replace(press.page, done=membership.online_only or press.pressed is not None)


def _pause(press: _Press) -> Button:
    person, membership = press.known
    today, zone = today_of(press.ws, person), person.timezone or press.ws.settings.community.timezone
    if press.pressed is None:
        return replace(press.page, day=today + A_REST)
    day = read_pause(press.pressed, today) if press.pressed.strip() else today + A_REST
    if isinstance(day, Refusal):
        return replace(press.page, day=today + A_REST, refusal=day.text)
    press.save(replace(membership, paused_until=pause_end(day, zone)))
    return replace(press.page, done=True, day=day)


_ACTS: dict[Act, Callable[[_Press], Button | None]] = {"stop": _stop, "online": _online, "pause": _pause}
