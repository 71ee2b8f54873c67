"""Segments as people write them: what they mean, and what is wrong with those that mean nothing."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.people import Subscriber, Subscription
from newsletter.model.segment import EVERYBODY, All, Any, Attribute, Chooses, Homes, Is, Joined, Not
from newsletter.people.segments import SegmentError, holds, parse_segment

HOME = ZoneInfo("America/Los_Angeles")
HOMES = Homes("America/Los_Angeles", "en")
MIRA = Subscriber(
    "s1", "mira@example.org", timezone="Europe/Berlin", attributes={"role": "board", "tags": ["talks"], "seats": 2}
)
MEMBER = Subscription(
    "s1", "community", ("weekly",), ("talks",), "active", datetime(2026, 1, 5, 12, tzinfo=UTC)
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "segment"),
    [
        ("", EVERYBODY),
        ("  ", EVERYBODY),
        ("topic=talks", Chooses("topic", "talks")),
        ("topic != 'deep dives'", Not(Chooses("topic", "deep dives"))),
        ('attribute.company="Example GmbH"', Attribute("company", "Example GmbH")),
        (r'attribute.motto="say \"yes\""', Attribute("motto", 'say "yes"')),
        ("attribute.company", Attribute("company")),
        ("not attribute.company and list=staff", All((Not(Attribute("company")), Is("list", "staff")))),
        (
            "list=a or list=b and zone=Europe/*",
            Any((Is("list", "a"), All((Is("list", "b"), Is("zone", "Europe/*"))))),
        ),
        (
            "(list=a OR list=b) AND digest=weekly",
            All((Any((Is("list", "a"), Is("list", "b"))), Chooses("digest", "weekly"))),
        ),
        ("joined>=2026-01-01", Joined("since", datetime(2026, 1, 1, 8, tzinfo=UTC))),
        ("joined<=2026-01-01", Joined("before", datetime(2026, 1, 2, 8, tzinfo=UTC))),
    ],
)
def test_what_a_segment_means(text: str, segment: object) -> None:
    assert parse_segment(text, HOME) == segment


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("shoe=38", "there is no field 'shoe'; there are topic, digest"),
        ("topic", "'topic' needs a comparison and a value, such as topic=talks"),
        ("topic>talks", "compared by = or !="),
        ("topic=", "needs a comparison and a value"),
        ("joined>=yesterday", "no day, such as 2026-12-04"),
        ("joined>=0001-01-01", "no day"),
        ("(list=a", "bracket is not closed"),
        ("list=a list=b", "'list' stands where `and` or `or` belongs"),
        ('list="a', "a quote may be open"),
        ("attribute.=x", "which attribute"),
        ("and", "needs a comparison"),
        ("list=a;DROP TABLE subscriber", "where `and` or `or` belongs"),
        (" or ".join(["list=a"] * 51), "at most 50"),
        ("not " * 60 + "list=a", "at most 50"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(SegmentError) as refused:
        parse_segment(text, HOME)
    assert words in str(refused.value)


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(("topic", "=", "a", "and", "not", "(", ")", '"', "!="))).map("".join)
)
def test_no_text_makes_it_fall_over(text: str) -> None:
    with suppress(SegmentError):
        parse_segment(text, HOME)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("topic=talks", True),
        ("topic=dives", False),
        ("digest=weekly and list=community and state=active", True),
        ("zone=Europe/*", True),
        ("zone=America/*", False),
        ("language=en", True),
        ("joined>=2026-01-05", True),
        ("joined>2026-01-05", False),
        ("joined=2026-01-05", True),
        ("joined!=2026-01-05", False),
        ("attribute.role=board", True),
        ("attribute.tags=talks", True),
        ("attribute.seats=2", True),
        ("attribute.seats", True),
        ("attribute.Role", False),
    ],
)
def test_who_is_in_a_segment(text: str, inside: bool) -> None:
    assert holds(parse_segment(text, HOME), MIRA, MEMBER, HOMES) is inside


def test_who_chose_no_topic_in_particular_gets_them_all() -> None:
    everything = Subscription("s1", "community", ("weekly",), None, "active")
    nothing = Subscription("s1", "community", ("weekly",), (), "active")
    assert holds(Chooses("topic", "talks"), MIRA, everything, HOMES)
    assert not holds(Chooses("topic", "talks"), MIRA, nothing, HOMES)
