"""Which topics an item belongs to, and whether somebody who chose topics is shown it."""

from collections.abc import Iterable
from functools import lru_cache

from newsletter.model.issue import Choices, Draft
from newsletter.model.item import Item
from newsletter.model.workspace import TopicSettings

Topics = tuple[tuple[str, TopicSettings], ...]


@lru_cache(maxsize=4096)
def plain_tag(tag: str) -> str:
    """A tag as it is compared: without `#`, case and the difference of spaces, underscores and hyphens."""
    return "-".join(tag.strip().lstrip("#").casefold().replace("_", " ").replace("-", " ").split())


def has_tag(item: Item, tags: Iterable[str]) -> bool:
    """Whether the item carries any of the tags; its category counts as one."""
    return not _tags(item.tags, item.category).isdisjoint(map(plain_tag, tags))


def topics_of(item: Item, topics: Topics) -> tuple[str, ...]:
    """The ids of the topics whose tags the item carries, in the order the topics are defined."""
    return tuple(key for key, topic in topics if has_tag(item, topic.tags))


def offered(draft: Draft) -> Topics:
    """The topics that readers of this list may choose: those it names, or all where it names none."""
    names = draft.list.topics
    return tuple((key, topic) for key, topic in draft.topics if not names or key in names)


def is_chosen(item: Item, topics: Topics, choices: Choices) -> bool:
    """Whether a reader with these choices is shown the item; what has no topic is shown to everybody."""
    if is_turned_away(item, choices):
        return False
    if choices.topics is None:
        return True
    mine = topics_of(item, topics)
    return not mine or not set(mine).isdisjoint(choices.topics)


def is_turned_away(item: Item, choices: Choices) -> bool:
    """Whether the reader asked to hear no more of it: a series they stopped, or an event in a room alone.

    What is online besides, and what does not say yet where it is, is still told to who wants online events only.
    """
    in_a_room = item.kind == "event" and item.place.mode == "in_person"
    return item.id in choices.stopped or (choices.online_only and in_a_room)


@lru_cache(maxsize=4096)
def _tags(tags: tuple[str, ...], category: str) -> frozenset[str]:
    return frozenset(plain_tag(tag) for tag in (*tags, category) if tag.strip())
