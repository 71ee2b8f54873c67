"""The items of a draft on its calendar: what may be told at all, and what happens inside the window.

Nothing here depends on a reader; windows are half-open and lie in the community's zone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.compose.categories import lead_of, longest_lead
from newsletter.compose.follows import Follows, follows_of
from newsletter.compose.moments import begins, ends
from newsletter.compose.reasons import Reason
from newsletter.compose.topics import has_tag
from newsletter.dates.recurrence import RuleError, last_date, may_take_place, occurrences
from newsletter.model.issue import Draft, Window
from newsletter.model.item import Item
from newsletter.model.when import Occurrence, Recurrence, WeeklyRange, When

#: A window longer than this is no week: the strip shows weeks, and a series is not unrolled in the table.
WEEKLY_WINDOW = timedelta(days=15)
#: How far ahead anything is looked for.
HORIZON = timedelta(days=400)
#: Ever longer spans in which it is asked whether there is anything at all: most of what goes on is in the first.
ASKED = (timedelta(days=15), timedelta(days=60), HORIZON)
#: How far around the window an ordinary occurrence is looked for, so that a pattern names all its weekdays.
AROUND = timedelta(days=28)
#: What lasts no longer than this is one dated thing with sessions, however its rule is written.
ONE_AFFAIR = timedelta(days=7)
THANKS = ("thanks", "kudos")


@dataclass(frozen=True, slots=True)
class Timed:
    """An event and those of its occurrences that overlap the window and are not over."""

    item: Item
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """A draft's items that may be told, and its events inside the window, both in a stable order.

    `moment` is when the issue is read at the earliest: the later of `as_of` and the planned send time. `earlier` is
    what happens between then and the window, and `ahead` what happens behind the window and is to be told already.
    `usual` holds for each series the occurrences that follow its rule.
    """

    draft: Draft
    home: ZoneInfo
    window: Window
    moment: datetime
    items: tuple[Item, ...]
    timed: tuple[Timed, ...]
    earlier: tuple[Timed, ...]
    ahead: tuple[Timed, ...]
    follows: Mapping[str, Follows]
    usual: Mapping[Item, tuple[Occurrence, ...]]

    @property
    def is_weekly(self) -> bool:
        """Whether the window is about a week or two, and not a month or a term."""
        return self.length < WEEKLY_WINDOW

    @property
    def length(self) -> timedelta:
        """How long the window is; an hour more or less where a clock change lies in it."""
        return self.window.end.astimezone(UTC) - self.window.start.astimezone(UTC)

    @property
    def today(self) -> date:
        """The community's date at `moment`."""
        return self.moment.astimezone(self.home).date()


def programme_of(draft: Draft, moment: datetime | None = None) -> Programme:
    """The draft's items laid out on its calendar; held-back and unpublished ones are left out.

    `moment` is when it is read, where that is not the slot's own.
    """
    home = ZoneInfo(draft.community.timezone)
    window = Window(draft.slot.window.start.astimezone(home), draft.slot.window.end.astimezone(home))
    moment = (moment or max(draft.as_of, draft.slot.send_at)).astimezone(home)
    hidden = {one.id for one in draft.editing.hides}
    told = (item for item in draft.items if may_be_told(item) and item.id not in hidden)
    items = tuple(sorted(told, key=_place_in_order))
    bare = Programme(draft, home, window, moment, items, (), (), (), follows_of(items), {})
    usual = {item: usual_of(item, bare) for item in items if item.kind == "event" and is_series(item.when)}
    near = _near(bare)
    return replace(
        bare,
        timed=_timed(near, lambda item: inside(item, bare)),
        earlier=_timed(near, lambda item: _earlier(item, bare)),
        ahead=_timed(near, lambda item: _ahead(item, bare)),
        usual=usual,
    )


def _near(programme: Programme) -> tuple[Item, ...]:
    """The events that may take place from the programme's moment on until as far ahead as any is told."""
    draft, start, end = programme.draft, programme.window.start, programme.window.end
    lead = longest_lead(draft.categories)
    first = min(programme.moment, start).date()
    last = max(end, (draft.slot.until or end).astimezone(programme.home), programme.moment + lead).date()
    return tuple(item for item in programme.items if item.kind == "event" and may_take_place(item.when, first, last))


def _timed(items: Iterable[Item], find: Callable[[Item], tuple[Occurrence, ...]]) -> tuple[Timed, ...]:
    return tuple(timed for item in items if (timed := Timed(item, find(item))).occurrences)


def _earlier(item: Item, programme: Programme) -> tuple[Occurrence, ...]:
    """What begins before the window and is over before it: an earlier issue told it, if it was known by then."""
    start = programme.window.start
    found = between(item, programme.moment, start, programme)
    return tuple(one for one in found if one.status != "cancelled" and ends(one, programme.home) <= start)


def _ahead(item: Item, programme: Programme) -> tuple[Occurrence, ...]:
    """What begins behind the window and before the next issue's, or within the lead time of its kind."""
    end = programme.window.end
    if is_series(item.when) or item.status in ("cancelled", "postponed"):
        return ()
    until = max(end, programme.draft.slot.until or end, programme.moment + lead_of(item, programme.draft.categories))
    found = between(item, end, until, programme) if until > end else ()
    return tuple(one for one in found if one.status != "cancelled" and begins(one, programme.home) >= end)


def _place_in_order(item: Item) -> tuple[str, str, str]:
    """A total order, even where a source gives one id twice."""
    return item.title.casefold(), item.id, f"{item.origin}"


def may_be_told(item: Item) -> bool:
    """Whether the item may appear in any issue."""
    return why_untold(item) is None


def why_untold(item: Item) -> Reason | None:
    """Why the item may appear in no issue at all."""
    if item.held_back:
        return Reason("held-back", "It is held back because of the errors listed; mend them, and it is told.")
    if item.status == "draft":
        return Reason("draft", "Its source says that it is a draft.")
    return None


def is_thanks(item: Item) -> bool:
    """Whether the item is a page or announcement of thanks."""
    return item.kind != "event" and has_tag(item, THANKS)


def inside(item: Item, programme: Programme) -> tuple[Occurrence, ...]:
    """The item's occurrences in the programme's window that are not over."""
    return between(item, programme.window.start, programme.window.end, programme)


def between(
    item: Item, start: datetime, end: datetime, programme: Programme, limit: int = 1000
) -> tuple[Occurrence, ...]:
    """The event's occurrences overlapping [start, end) that are not over when the issue is read.

    Where an item names the day it expires, a series ends there, whatever its rule says.
    """
    stop = _last_moment(item, end, programme.home)
    if item.kind != "event" or item.when is None or stop <= start:
        return ()
    found = occurrences(item.when, start, stop, home=programme.home, limit=limit)
    moment = programme.moment.astimezone(UTC)
    return tuple([one for one in found if ends(one, programme.home) > moment])


def usual_of(item: Item, programme: Programme) -> tuple[Occurrence, ...]:
    """A series' occurrences that follow its rule: of the window and some weeks after, or else before it."""
    if item in programme.usual:
        return programme.usual[item]
    start, end = programme.window.start, programme.window.end
    coming = [one for one in between(item, start, end + AROUND, programme) if one.status == "confirmed"]
    if coming or item.when is None:
        return tuple(coming)
    gone = occurrences(item.when, start - AROUND, start, home=programme.home)
    return tuple(one for one in gone if one.status == "confirmed")


def is_series(when: When | None) -> bool:
    """Whether it happens week after week: such a thing is told once, as a pattern."""
    if isinstance(when, WeeklyRange):
        return when.last - when.first > ONE_AFFAIR
    if not isinstance(when, Recurrence) or not any(_is_weekly_rule(rule) for rule in when.rules):
        return False
    try:
        last = last_date(when)
    except RuleError:
        return True
    return last is None or last - when.start.date() > ONE_AFFAIR


def _is_weekly_rule(rule: str) -> bool:
    return any(part in ("FREQ=WEEKLY", "FREQ=DAILY") for part in rule.upper().replace(" ", "").split(";"))


def _last_moment(item: Item, end: datetime, home: ZoneInfo) -> datetime:
    if item.expires is None or not is_series(item.when):
        return end
    return min(end, datetime.combine(item.expires + timedelta(days=1), datetime.min.time(), tzinfo=home))
