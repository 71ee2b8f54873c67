"""Marks are a digest of all that an issue and its draft say; most of a draft is told once."""

import hashlib
from dataclasses import replace
from datetime import date

from render_builders import a_draft, an_issue

from newsletter.model.item import Item
from newsletter.model.problem import Origin
from newsletter.model.when import AllDay
from newsletter.render import slots
from newsletter.render.slots import marks_for

TEA = Item(
    "tea", "event", "Tea \ud800 ä", (Origin("talks", "tea.md", 1),), AllDay(date(2026, 12, 8), date(2026, 12, 8))
)


def test_marks_hang_on_every_field_of_the_draft_and_the_issue() -> None:
    draft = a_draft(items=(TEA, replace(TEA, title="Cake")))
    told = f"{draft!r}{an_issue()!r}".encode("utf-8", "backslashreplace")

    assert marks_for(an_issue(), draft).digest == hashlib.sha256(told).hexdigest()[:32]
    others = [replace(draft, number=99), replace(draft, items=(TEA,)), replace(draft, reply_to="x@example.org")]
    assert len({marks_for(an_issue(), one).digest for one in (draft, *others)}) == 4


def test_the_same_items_are_told_once_and_like_ones_by_themselves() -> None:
    items = (TEA, replace(TEA, title="Cake"))
    slots._told_once.cache_clear()
    for number in range(5):
        marks_for(an_issue(), a_draft(items=items, number=number))
    assert slots._told_once.cache_info().misses == 1

    marks_for(an_issue(), a_draft(items=(TEA, replace(TEA, title="Cake"))))
    assert slots._told_once.cache_info().misses == 2


def test_what_is_no_draft_is_told_whole() -> None:
    issue = an_issue()
    told = f"'service'{issue!r}".encode("utf-8", "backslashreplace")
    assert marks_for(issue, "service").digest == hashlib.sha256(told).hexdigest()[:32]
