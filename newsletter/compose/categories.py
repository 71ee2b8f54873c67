"""How far ahead a kind of event is announced: a conference twelve weeks, a meetup two."""

from datetime import timedelta

from newsletter.compose.topics import has_tag
from newsletter.dates.spans import parse_span
from newsletter.model.item import Item
from newsletter.model.workspace import CategorySettings

Categories = tuple[tuple[str, CategorySettings], ...]


def lead_of(item: Item, categories: Categories) -> timedelta:
    """The longest lead time of the item's category and tags; none where no category is set for them."""
    return max((parse_span(one.lead) for one in _of(item, categories)), default=timedelta(0))


def longest_lead(categories: Categories) -> timedelta:
    """The longest lead time of any category."""
    return max((parse_span(one.lead) for _, one in categories), default=timedelta(0))


def repeats_of(item: Item, categories: Categories) -> int:
    """How often it may be announced again before its own issue tells it."""
    return max((one.repeats for one in _of(item, categories)), default=0)


def _of(item: Item, categories: Categories) -> tuple[CategorySettings, ...]:
    return tuple(one for name, one in categories if has_tag(item, (name,)))
