"""Events that web pages state as JSON-LD."""

import json
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_sources import codes, lines, one, read

from newsletter.model.item import Item, Place
from newsletter.model.when import AllDay, Instant

EVENT = {
    "@context": "https://schema.org",
    "@type": "Event",
    "name": "Open house",
    "startDate": "2026-12-08T12:00:00-08:00",
    "endDate": "2026-12-08T13:30:00-08:00",
    "url": "/open-house",
    "description": "<p>Come and <b>see</b>.</p>",
    "location": {
        "@type": "Place",
        "name": "Steam Hall",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "1100 Shore Avenue",
            "addressLocality": "Seattle",
            "addressCountry": {"@type": "Country", "name": "USA"},
        },
    },
    "organizer": [{"@type": "Organization", "name": "Data Lab"}, {"@type": "Person", "name": "Ada"}],
    "offers": {"@type": "Offer", "price": "0", "priceCurrency": "USD", "url": "https://tickets.example.org/1"},
    "keywords": "open-house, social",
}


def page(*blocks: object) -> str:
    scripts = (f'<script type="application/ld+json">\n{json.dumps(block, indent=1)}\n</script>' for block in blocks)
    return "\n".join(["<!doctype html>", "<html><head>", *scripts, "</head><body>Hello", "</body></html>"])


def event(**changes: object) -> Item:
    return one(page({**EVENT, **changes}), "jsonld")


def test_an_event_with_all_that_it_says() -> None:
    reading = read(page(EVENT), "jsonld")
    (item,) = reading.items
    assert (item.kind, item.title, item.status) == ("event", "Open house", "confirmed")
    assert item.when == Instant(
        datetime(2026, 12, 8, 12), datetime(2026, 12, 8, 13, 30), "America/Los_Angeles", "offset"
    )
    assert item.place == Place("in_person", "Steam Hall", "1100 Shore Avenue, Seattle, USA")
    assert (item.url, item.registration_url) == (
        "https://lab.example.org/open-house",
        "https://tickets.example.org/1",
    )
    assert (item.hosts, item.cost, item.tags) == (("Data Lab", "Ada"), "Free", ("open-house", "social"))
    assert item.body == "Come and **see**."
    assert item.origin.line == 4
    assert not reading.problems


def test_midnight_is_a_date_where_the_source_writes_dates_so() -> None:
    midnights = {"startDate": "2023-03-20T00:00:00", "endDate": "2023-03-22T00:00:00"}
    assert event(**midnights).when == AllDay(date(2023, 3, 20), date(2023, 3, 22))
    exact = one(page({**EVENT, **midnights}), "jsonld", midnight_is_date=False)
    assert exact.when == Instant(datetime(2023, 3, 20), datetime(2023, 3, 22), "America/Los_Angeles")


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ("https://schema.org/EventCancelled", "cancelled"),
        ("http://schema.org/EventPostponed", "postponed"),
        ("EventRescheduled", "confirmed"),
        ("schema:EventScheduled", "confirmed"),
    ],
)
def test_statuses(stated: str, status: str) -> None:
    assert event(eventStatus=stated).status == status


def test_an_event_that_moved_online_is_online() -> None:
    moved = event(
        eventStatus="https://schema.org/EventMovedOnline",
        location={"@type": "VirtualLocation", "url": "https://x.example.org"},
    )
    assert (moved.status, moved.place.mode, moved.place.url) == ("confirmed", "online", "https://x.example.org")


@pytest.mark.parametrize(
    ("stated", "mode"),
    [
        ("https://schema.org/OnlineEventAttendanceMode", "online"),
        ("OfflineEventAttendanceMode", "in_person"),
        ("https://schema.org/MixedEventAttendanceMode", "hybrid"),
        (["OfflineEventAttendanceMode", "OnlineEventAttendanceMode"], "hybrid"),
    ],
)
def test_modes(stated: object, mode: str) -> None:
    assert event(eventAttendanceMode=stated).place.mode == mode


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("Room 4", Place("in_person", "Room 4")),
        ("https://meet.example.org/1", Place("online", url="https://meet.example.org/1")),
        ({"@type": "PostalAddress", "addressLocality": "Seattle"}, Place("in_person", "Seattle")),
        (
            [{"@type": "Place", "name": "Hall"}, {"@type": "VirtualLocation", "url": "https://meet.example.org/1"}],
            Place("hybrid", "Hall", "", "https://meet.example.org/1"),
        ),
    ],
)
def test_locations(location: object, place: Place) -> None:
    mode = {"eventAttendanceMode": "MixedEventAttendanceMode"} if isinstance(location, list) else {}
    assert event(location=location, **mode).place == place


@pytest.mark.parametrize(
    ("offers", "cost"),
    [
        ([{"price": "10.00", "priceCurrency": "USD"}, {"price": 25, "priceCurrency": "USD"}], "10.00 USD, 25 USD"),
        ({"lowPrice": 0, "highPrice": 50, "priceCurrency": "EUR"}, "0–50 EUR"),
        ({"price": 0.0}, "Free"),
        ({"url": "https://x.example.org"}, ""),
        ("free", ""),
    ],
)
def test_offers(offers: object, cost: str) -> None:
    assert event(offers=offers).cost == cost


@pytest.mark.parametrize(
    "kind", ["EducationEvent", "Hackathon", ["Thing", "https://schema.org/BusinessEvent"], "schema:Event"]
)
def test_kinds_of_events(kind: object) -> None:
    assert event(**{"@type": kind}).kind == "event"


def test_a_graph_with_references_lists_and_other_things() -> None:
    graph = {
        "@graph": [
            {"@type": "WebSite", "name": "Not an event"},
            {"@type": "Place", "@id": "#hall", "name": "Steam Hall"},
            {**EVENT, "@id": "https://lab.example.org/#e1", "location": {"@id": "#hall"}},
            {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": {**EVENT, "name": "Listed"}}]},
            {"@type": "WebPage", "mainEntity": {"@id": "https://lab.example.org/#e1"}},
        ]
    }
    items = {item.title: item for item in read(page(graph, [{**EVENT, "name": "In an array"}]), "jsonld").items}
    assert set(items) == {"Open house", "Listed", "In an array"}
    assert items["Open house"].place.name == "Steam Hall"
    assert items["Open house"].id == "https://lab.example.org/#e1"


def test_a_course_gives_its_dates_and_without_any_it_is_a_page() -> None:
    course = {
        "@type": "Course",
        "name": "R for Beginners",
        "description": "Start here.",
        "hasCourseInstance": [
            {"@type": "CourseInstance", "startDate": "2027-01-11", "courseMode": "Online"},
            {"@type": "CourseInstance", "startDate": "2027-04-12", "name": "R in spring"},
        ],
    }
    reading = read(page(course, {"@type": "Course", "name": "At your own pace"}), "jsonld")
    told = {(item.title, item.kind, item.when) for item in reading.items}
    assert told == {
        ("R for Beginners", "event", AllDay(date(2027, 1, 11), date(2027, 1, 11))),
        ("R in spring", "event", AllDay(date(2027, 4, 12), date(2027, 4, 12))),
        ("At your own pace", "page", None),
    }


def test_an_event_without_a_date_is_held_back() -> None:
    reading = read(page({"@type": "Event", "name": "Some day"}), "jsonld")
    assert reading.items[0].held_back
    assert "E-NO-DATE" in codes(reading)


def test_a_broken_block_costs_itself_and_is_named_with_its_line() -> None:
    broken = '<script type="application/ld+json">\n{"@type": "Event",\n "name": "x",,}\n</script>\n'
    reading = read(broken + page(EVENT), "jsonld")
    assert [item.title for item in reading.items] == ["Open house"]
    assert (codes(reading), lines(reading)) == (["E-JSON"], [3])


@pytest.mark.parametrize("around", [("<!--", "-->"), ("//<![CDATA[", "//]]>")])
def test_blocks_wrapped_for_old_browsers(around: tuple[str, str]) -> None:
    block = json.dumps(EVENT)
    text = f'<script type="application/ld+json; charset=utf-8">\n{around[0]}\n{block}\n{around[1]}\n</script>'
    item = one(text, "jsonld")
    assert (item.title, item.origin.line) == ("Open house", 3)


def test_a_document_that_is_json_itself() -> None:
    assert one(json.dumps([EVENT]), "jsonld").title == "Open house"


@pytest.mark.parametrize(
    "text",
    [
        "<p>Nothing</p>",
        '<script type="text/javascript">{"@type": "Event"}</script>',
        '<script type="application/ld+json">{"@type": "Event"',
    ],
)
def test_a_page_without_any_says_so(text: str) -> None:
    assert codes(read(text, "jsonld")) == ["W-NOTHING"]


def test_nesting_and_references_in_circles_come_to_an_end() -> None:
    circle = {**EVENT, "@id": "#a", "location": {"@id": "#b"}}
    other = {"@id": "#b", "@type": "Place", "name": "Hall", "address": {"@id": "#b"}, "event": {"@id": "#a"}}
    assert one(page([circle, other]), "jsonld").place.name == "Hall"
    assert codes(read(page(json.loads("[" * 60 + "]" * 60)), "jsonld")) == ["E-JSON"]
    assert codes(read('<script type="application/ld+json">' + "[" * 5000 + "</script>", "jsonld")) == ["E-JSON"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*EVENT, "@id", "@graph", "hasCourseInstance", "eventStatus"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(VALUES)
def test_any_json_is_read_without_an_exception(value: object) -> None:
    read(page(value, {**EVENT, "location": value, "offers": value, "organizer": value, "image": value}), "jsonld")
