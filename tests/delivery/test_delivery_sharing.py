"""More wishes than editions: the rare ones give way to the nearest, in order, and the grave ones never."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.planning import Reader, Wanted
from newsletter.delivery.sharing import sharing_problem, within
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline


def readers(*groups: tuple[int, Choices]) -> tuple[Reader, ...]:
    wanted = [Wanted(choices) for count, choices in groups for _ in range(count)]
    return tuple(Reader(f"reader-{place}", one) for place, one in enumerate(wanted))


def seattle(**values) -> Choices:
    return Choices("America/Los_Angeles", **values)


def served(found: tuple[Reader, ...]) -> Counter[Choices]:
    return Counter(reader.wanted.choices for reader in found)


def test_within_the_limit_everybody_gets_what_they_chose() -> None:
    found = readers((3, seattle()), (1, seattle(clock=24)))

    assert within(found, 2) == found
    assert sharing_problem(found, 2) is None


@pytest.mark.parametrize(
    "rare", [seattle(text_only=True), seattle(density="compact"), seattle(clock=24)], ids=["text", "density", "clock"]
)
def test_the_rarer_wish_gives_way(rare: Choices) -> None:
    found = within(readers((3, seattle()), (1, rare)), 1)

    assert served(found) == {seattle(): 4}
    assert [reader.wished.choices for reader in found if reader.wished] == [rare]


def test_plain_text_gives_way_before_density_and_density_before_the_clock() -> None:
    text, compact, late = seattle(text_only=True), seattle(density="compact"), seattle(clock=24)
    groups = readers((9, seattle()), (4, text), (3, compact), (2, late))

    assert served(within(groups, 3)) == {seattle(): 13, compact: 3, late: 2}
    assert served(within(groups, 2)) == {seattle(): 16, late: 2}
    assert served(within(groups, 1)) == {seattle(): 18}


def test_who_wants_html_is_never_given_plain_text() -> None:
    groups = readers((1, seattle()), (9, seattle(text_only=True)))

    assert served(within(groups, 1)) == {seattle(): 10}


def test_the_rarest_gives_way_first() -> None:
    berlin = Choices("Europe/Berlin", clock=24)
    groups = readers((5, seattle()), (2, seattle(clock=24)), (5, berlin), (1, Choices("Europe/Berlin")))

    assert served(within(groups, 3)) == {seattle(): 5, seattle(clock=24): 2, berlin: 6}


@pytest.mark.parametrize(
    "grave",
    [Choices("Europe/Berlin"), seattle(topics=("talks",)), seattle(language="de"), seattle(list="staff")],
    ids=["zone", "topics", "language", "list"],
)
def test_what_would_be_wrong_never_gives_way(grave: Choices) -> None:
    found = readers((3, seattle()), (1, grave))

    assert within(found, 1) == found
    problem = sharing_problem(found, 1)
    assert problem is not None
    assert "differ in topics, zone, language" in problem.text


def test_who_was_told_something_else_before_never_shares() -> None:
    wanted = Wanted(seattle(), Baseline("weekly-2026-11-27")), Wanted(seattle(clock=24), Baseline("monthly-2026-11"))
    found = tuple(Reader(f"reader-{place}", one) for place, one in enumerate(wanted))

    assert within(found, 1) == found


def test_the_problem_counts_whose_wish_gave_way() -> None:
    problem = sharing_problem(within(readers((3, seattle()), (2, seattle(clock=24))), 1), 1)

    assert problem is not None
    assert (problem.level, problem.code) == ("warning", "W-EDITIONS")
    assert "2 distinct editions are wished for, and limits.editions is 1: 2 readers" in problem.text


choices = st.builds(
    Choices,
    timezone=st.sampled_from(["America/Los_Angeles", "Europe/Berlin"]),
    topics=st.sampled_from([None, ("talks",)]),
    clock=st.sampled_from([12, 24]),
    density=st.sampled_from(["full", "compact"]),
    text_only=st.booleans(),
)


@given(st.lists(choices, min_size=1, max_size=30), st.integers(1, 12))
def test_everybody_is_served_as_few_wishes_give_way_as_needed_and_order_does_not_matter(wishes, most) -> None:
    found = readers(*((1, one) for one in wishes))
    shared = within(found, most)

    assert [reader.subscriber_id for reader in shared] == [reader.subscriber_id for reader in found]
    graves = {(one.timezone, one.topics) for one in wishes}
    distinct = len(set(wishes))
    assert len(served(shared)) == max(len(graves), min(most, distinct))
    for before, after in zip(found, shared, strict=True):
        assert (after.wished or after.wanted) == before.wanted
        ours, theirs = after.wanted.choices, before.wanted.choices
        assert (ours.timezone, ours.topics, ours.language) == (theirs.timezone, theirs.topics, theirs.language)
    turned = within(tuple(reversed(found)), most)
    assert served(turned) == served(shared)
