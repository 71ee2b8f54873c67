"""What is due to be told on the day an issue goes out, and in which section of the workspace's own it stands."""

from datetime import date, timedelta

from newsletter.compose.topics import has_tag
from newsletter.compose.view import View, is_off
from newsletter.model.item import Item

#: News without an expiry day is no news after this long, or after one window where that is longer.
FRESH = timedelta(days=62)


def send_day(view: View) -> date:
    """The planned send date in the community's zone."""
    return view.draft.slot.send_at.astimezone(view.home).date()


def holds(view: View, item: Item) -> bool:
    """Whether it is an announcement to be told on the send day; `publish` and `expires` are both inclusive."""
    today = send_day(view)
    if item.kind != "announcement" or is_off(item) or (item.publish is not None and item.publish > today):
        return False
    if item.expires is not None:
        return item.expires >= today
    return item.publish is None or item.publish >= today - max(FRESH, view.programme.length)


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
