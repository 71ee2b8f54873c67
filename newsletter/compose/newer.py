"""A draft that was frozen before its reader's last issue, and leaves after it, tells what that issue knew."""

from collections.abc import Mapping
from dataclasses import replace

from newsletter.compose.programme import Programme, programme_of
from newsletter.model.issue import Draft
from newsletter.model.item import Item
from newsletter.model.memory import Told


def with_newer_facts(programme: Programme, recalled: Mapping[str, Told]) -> Programme:
    """The programme with times, places and states in the place of its own where the reader was told newer ones."""
    newer = {
        key: told for key, told in recalled.items() if told.item.kind == "event" and is_newer(told, programme.draft)
    }
    items = tuple(_as_told(item, newer[item.id]) if item.id in newer else item for item in programme.draft.items)
    if items == programme.draft.items:
        return programme
    return programme_of(replace(programme.draft, items=items), programme.moment)


def is_newer(told: Told, draft: Draft) -> bool:
    """Whether it was told by what was known after the draft was frozen."""
    return told.as_of is not None and told.as_of > draft.as_of


def _as_told(item: Item, told: Told) -> Item:
    known = told.item
    return replace(
        item,
        when=known.when,
        status=known.status,
        place=known.place,
        registration_url=known.registration_url,
        expires=known.expires,
    )
