"""What the store keeps of published events: whole, by community, and one address each."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.model.publishing import Revision, ZoneSpan
from newsletter.store import revisions
from newsletter.store.engine import Store, open_store

pytestmark = pytest.mark.no_cover  # other tests cover its lines

AT = datetime(2026, 12, 1, 17, tzinfo=UTC)
TALK = Revision(
    item_id="events:talk",
    uid="uid-1",
    slug="talk-0123456789",
    sequence=2,
    fingerprint="f",
    content="c",
    created_at=AT,
    changed_at=AT,
    read_at=AT,
    title="Talk",
    source="events",
    topics=("deep-dives",),
    zones=(ZoneSpan("America/Los_Angeles", 2026, 2027), ZoneSpan("Europe/Berlin", 2026)),
    last=date(2026, 12, 8),
    text="BEGIN:VEVENT\r\nEND:VEVENT\r\n",
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///newsletter.db", tmp_path)


def put(store: Store, *found: Revision, community: str = "lab") -> None:
    with store.begin() as connection:
        revisions.put(connection, community, found)


def test_a_revision_comes_back_as_it_was_written_and_the_next_takes_its_place(store: Store) -> None:
    put(store, TALK)
    put(store, newer := replace(TALK, sequence=3, last=None))
    with store.read() as connection:
        assert revisions.all_of(connection, "lab") == {TALK.item_id: newer}
        assert revisions.by_slug(connection, "lab", TALK.slug) == newer


def test_a_withdrawn_event_has_no_address_but_is_remembered(store: Store) -> None:
    put(store, gone := replace(TALK, withdrawn=True))
    with store.read() as connection:
        assert revisions.by_slug(connection, "lab", TALK.slug) is None
        assert revisions.shown(connection, "lab", date(2020, 1, 1)) == ()
        assert revisions.all_of(connection, "lab") == {TALK.item_id: gone}


def test_what_is_over_long_ago_is_left_out_and_what_has_no_end_stays(store: Store) -> None:
    endless = replace(TALK, item_id="events:tea", slug="tea", uid="uid-0", last=None)
    put(store, TALK, endless)
    with store.read() as connection:
        assert revisions.shown(connection, "lab", date(2026, 12, 8)) == (endless, TALK)
        assert revisions.shown(connection, "lab", date(2026, 12, 9)) == (endless,)


def test_communities_do_not_see_each_other_and_an_address_is_one_events(store: Store) -> None:
    put(store, TALK)
    put(store, TALK, community="choir")
    with store.read() as connection:
        assert revisions.by_slug(connection, "band", TALK.slug) is None
    with pytest.raises(sa.exc.IntegrityError):
        put(store, replace(TALK, item_id="events:other"))
