"""No organiser fills the issue: what is beyond their share is counted, linked, explained and still known as told."""

from dataclasses import replace

import pytest
from compose_builders import IN_SEATTLE, SEATTLE, WEEKLY, at, draft_of, entries, event, titles

from newsletter.compose.explain import explain
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Chosen, Draft, Editing, Issue, More
from newsletter.model.item import Item
from newsletter.model.problem import Origin

NOTE = Origin("issue", "issues/weekly-2026-12-04.md", 3)


def talks(count: int, host: str = "Ada", **values) -> list[Item]:
    return [
        event(f"{host} {number}", at(f"2026-12-{7 + number % 5:02} {10 + number}:00"), hosts=(host,), **values)
        for number in range(count)
    ]


def shared(*items: Item, most: int | None = 2, **values) -> Draft:
    return draft_of(*items, settings=WEEKLY.model_copy(update={"per_organiser": most}), **values)


def counted(issue: Issue) -> list[str]:
    return [more.text for section in issue.sections if section.kind == "events" for more in section.more]


def test_an_organiser_has_so_many_entries_and_the_others_are_counted() -> None:
    issue = compose(shared(*talks(5), *talks(3, "Lin"), *talks(1, "Jo")), IN_SEATTLE)

    assert titles(issue, "events") == ["Ada 0", "Jo 0", "Lin 0", "Ada 1", "Lin 1"]
    assert counted(issue) == ["and 3 more from Ada", "and 1 more from Lin"]


def test_without_the_setting_everything_is_told() -> None:
    issue = compose(shared(*talks(5), most=None), IN_SEATTLE)

    assert (len(titles(issue, "events")), counted(issue)) == (5, [])


def test_what_is_counted_stands_in_the_table() -> None:
    assert len(titles(compose(shared(*talks(5)), IN_SEATTLE), "glance")) == 5


def test_the_count_leads_to_the_community() -> None:
    draft = shared(*talks(3))
    home = draft.community.model_copy(update={"url": "https://data.example.org"})
    section = next(one for one in compose(replace(draft, community=home), IN_SEATTLE).sections if one.more)

    assert section.more == (More("and 1 more from Ada", "https://data.example.org", ("events:ada-2",)),)


def test_who_names_no_host_is_known_by_their_source() -> None:
    issue = compose(shared(*(replace(one, hosts=()) for one in talks(4))), IN_SEATTLE)

    assert counted(issue) == ["and 2 more from events"]


def test_what_changed_and_what_is_pinned_comes_before_what_is_merely_soon() -> None:
    items = talks(4)
    before = compose(shared(*items, sent="2026-11-27", window=("2026-11-30", "2026-12-14")), IN_SEATTLE)
    moved = replace(items[3], when=at("2026-12-11 18:00"))
    pin = Editing(pins=(Chosen(items[2].id, items[2].title, NOTE),))

    issue = compose(
        shared(*items[:3], moved, editing=pin),
        IN_SEATTLE,
        shared(*items, sent="2026-11-27", window=("2026-11-30", "2026-12-14")),
        before.memory,
    )

    assert titles(issue, "events") == ["Ada 2", "Ada 3"]


@pytest.mark.parametrize("density", ["full", "compact"])
def test_what_is_counted_is_known_in_brief(density) -> None:
    draft = shared(*talks(3))

    issue = compose(draft, Choices(SEATTLE, density=density))

    known = {one.item.title: (len(one.starts), one.in_full) for one in issue.memory.told}
    assert known["Ada 2"] == (1, False)
    assert known["Ada 0"] == (1, density == "full")


def test_only_the_cards_are_told_in_full() -> None:
    issue = compose(draft_of(*talks(6), *talks(8, "Lin")), IN_SEATTLE)

    assert sum(one.in_full for one in issue.memory.told) == 12


def test_it_is_explained() -> None:
    compact = Choices(SEATTLE, density="compact")

    (reason,) = explain(shared(*talks(3)), "events:ada-2", compact).reasons

    assert (reason.code, reason.text) == (
        "capped",
        "Of Ada this digest tells 2 events in full (per_organiser), and counts this one.",
    )
    assert entries(compose(shared(*talks(3)), compact), "glance") == ()
