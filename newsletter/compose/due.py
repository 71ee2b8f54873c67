"""What is due to be told on the day an issue goes out, and in which section of the workspace's own it stands."""

from datetime import date, timedelta

from newsletter.compose.reasons import Reason
from newsletter.compose.topics import has_tag
from newsletter.compose.view import View, is_off
from newsletter.model.item import Item

#: News without an expiry day is no news after this long, or after one window where that is longer.
FRESH = timedelta(days=62)


def send_day(view: View) -> date:
    """The planned send date in the community's zone."""
    return view.draft.slot.send_at.astimezone(view.home).date()


def holds(view: View, item: Item) -> bool:
    """Whether it is an announcement to be told on the send day."""
    return item.kind == "announcement" and why_not_due(view, item) is None


def why_not_due(view: View, item: Item) -> Reason | None:
    """Why news is not told on the send day; `publish` and `expires` are both inclusive."""
    today, fresh = send_day(view), max(FRESH, view.programme.length)
    if is_off(item):
        return Reason("called-off", f"Its source says that it is {item.status}.")
    if item.publish is not None and item.publish > today:
        return Reason("not-yet-published", f"Not to be told before {item.publish}; the issue leaves on {today}.")
    if item.expires is not None and item.expires < today:
        return Reason("expired", f"It expired on {item.expires}; the issue leaves on {today}.")
    if item.expires is None and item.publish is not None and item.publish < today - fresh:
        return Reason("stale", f"It is of {item.publish}, and news without `expires` is told for {fresh.days} days.")
    return None


def tagged_items(view: View, tags: tuple[str, ...]) -> tuple[Item, ...]:
    """What carries one of the tags and may be told now: events inside the window, news that holds, any page."""
    timed = {one.item.id for one in view.timed}
    found = (item for item in view.items if tags and has_tag(item, tags) and not is_off(item))
    return tuple(item for item in found if item.id in timed or _is_undated_and_due(view, item))


def taken_items(view: View) -> frozenset[str]:
    """Ids of the items that stand in a section of the workspace's own, and so in no general one."""
    own = dict(view.draft.sections)
    names = (name for name in view.draft.settings.sections if name in own)
    return frozenset(item.id for name in names for item in tagged_items(view, own[name].tags))


def _is_undated_and_due(view: View, item: Item) -> bool:
    return holds(view, item) or (item.kind != "announcement" and item.when is None)
