"""The database finds the very members that the plain reading of a segment names."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any as Anything

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model import segment as nouns
from newsletter.model.people import Subscriber, Subscription
from newsletter.model.segment import All, Attribute, Chooses, Homes, Is, Joined, Not, Segment
from newsletter.people.segments import holds
from newsletter.store import members, subscribers
from newsletter.store.engine import Store, open_store

HOMES = Homes("America/Los_Angeles", "en")
NAMES = ("talks", "dives", 'a"talks', "%", "_alks", "Talks", "", "ü")
ZONES = ("", "Europe/Berlin", "Europe/Kyiv", "America/Los_Angeles", "EuropeX")
MOMENTS = tuple(datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
VALUES = (*NAMES, True, False, None, 2, -3, ["talks", 2], ["ü"], {"talks": "dives"})

names = st.sampled_from(NAMES)
some = st.lists(names, max_size=3, unique=True).map(tuple)
people = st.builds(
    lambda zone, language, attributes: Subscriber("", "", timezone=zone, language=language, attributes=attributes),
    st.sampled_from(ZONES),
    st.sampled_from(("", "de", "en")),
    st.dictionaries(names, st.sampled_from(VALUES), max_size=3),
)
memberships = st.builds(
    lambda name, digests, topics, state, since: Subscription("", name, digests, topics, state, since),
    st.sampled_from(("community", "staff")),
    some,
    st.none() | some,
    st.sampled_from(("active", "left", "pending")),
    st.sampled_from(MOMENTS),
)
conditions = (
    st.builds(Chooses, st.sampled_from(("topic", "digest")), names)
    | st.builds(Is, st.sampled_from(("list", "state")), st.sampled_from(("community", "staff", "s*", "*", "active")))
    | st.builds(Is, st.just("zone"), st.sampled_from((*ZONES, "Europe/*", "europe/*", "E_rope/*", "%*", "%")))
    | st.builds(Is, st.just("language"), st.sampled_from(("de", "en", "d*", "")))
    | st.builds(Joined, st.sampled_from(("before", "since")), st.sampled_from(MOMENTS))
    | st.builds(Attribute, names, st.none() | st.sampled_from((*NAMES, "true", "2", "-3", "None")))
)


def grown(parts: st.SearchStrategy[Segment]) -> st.SearchStrategy[Segment]:
    several = st.lists(parts, max_size=3).map(tuple)
    return st.builds(Not, parts) | st.builds(All, several) | st.builds(nouns.Any, several)


segments = st.recursive(conditions, grown, max_leaves=6)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store("sqlite:///store.db", tmp_path_factory.mktemp("segments"))
    yield opened
    opened.close()


@settings(max_examples=80)
@given(there=st.lists(st.tuples(people, memberships), max_size=4), segment=segments)
def test_the_database_agrees_with_the_plain_reading(store: Store, there: Anything, segment: Segment) -> None:
    community = secrets.token_hex(8)
    # What is written in a reading transaction is rolled back.
    with store.read() as connection:
        for number, (person, membership) in enumerate(there):
            own = replace(person, id=f"{community}{number}", address=f"r{number}@example.org")
            subscribers.insert(connection, community, own, key=own.address, who=own.id, at=MOMENTS[0])
            mine = replace(membership, subscriber_id=own.id)
            subscribers.put_subscription(connection, community, mine, MOMENTS[0])
        found = [person.address for person, _ in members.members(connection, community, segment, HOMES)]
        counted = members.count(connection, community, segment, HOMES)
        whole = [one.person.address for one in members.everything(connection, community, segment, HOMES)]
    meant = [f"r{at}@example.org" for at, (person, one) in enumerate(there) if holds(segment, person, one, HOMES)]
    assert (found, whole, counted) == (meant, meant, len(meant))


def test_no_word_of_a_segment_is_ever_part_of_the_statement(tmp_path: Path) -> None:
    hostile = "x'; DROP TABLE subscriber; --"
    segment = All((Chooses("topic", hostile), Is("zone", f"{hostile}*"), Attribute(hostile, hostile)))
    with open_store("sqlite:///store.db", tmp_path).read() as connection:
        assert members.count(connection, "lab", segment, HOMES) == 0
        assert members.count(connection, "lab", All(()), HOMES) == 0


@pytest.mark.parametrize(
    ("pattern", "found"), [("Europe/*", 1), ("europe/*", 0), ("E_rope/*", 0), ("%*", 0), ("*", 1)]
)
def test_a_star_at_the_end_is_the_only_wildcard(store: Store, pattern: str, found: int) -> None:
    community = secrets.token_hex(8)
    with store.read() as connection:
        reader = Subscriber(community, "r@example.org", timezone="Europe/Berlin")
        subscribers.insert(connection, community, reader, key=reader.address, who=reader.id, at=MOMENTS[0])
        mine = Subscription(reader.id, "community", (), None, "active", MOMENTS[0])
        subscribers.put_subscription(connection, community, mine, MOMENTS[0])
        assert members.count(connection, community, Is("zone", pattern), HOMES) == found
