"""Each preset on files in the exact shape of its generator or export; what they hold was written down by hand."""

from datetime import date, datetime
from pathlib import Path
from typing import get_args

import pytest
from support_sources import codes, read

from newsletter.model.item import Item, Reading
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions
from newsletter.model.workspace import PresetName, SourceSettings
from newsletter.sources.presets import PRESETS, with_preset
from newsletter.sources.registry import Blob, SourceContext, field_map_faults, read_source

DATA = Path(__file__).parent.parent / "data" / "presets"
HOME = "America/Los_Angeles"
TABLES = {"yaml2ics": "yaml", "confs-tech": "json", "meetup": "json", "eventbrite": "json"}
FORMATS = {**TABLES, "google-calendar-csv": "csv", "google-sheets": "csv"}


def layout(name: str, **settings: object) -> Reading:
    """Everything in the preset's folder, read with the preset alone."""
    source = SourceSettings(
        name="site",
        format=FORMATS.get(name, "markdown"),
        path="**/*",
        preset=name,
        base_url="https://lab.example.org",
        **settings,
    )
    files = [path for path in (DATA / name).rglob("*") if path.is_file()]
    blobs = [Blob(path.relative_to(DATA / name).as_posix(), path.read_bytes()) for path in files]
    return read_source(source, blobs, SourceContext(HOME))


def titled(reading: Reading, title: str) -> Item:
    """The item of that title."""
    (item,) = [item for item in reading.items if item.title == title]
    return item


def at(day: int, start: str, end: str, zone: str = HOME, source: str = "source_default") -> Instant:
    """A time in December 2026."""
    first, last = (datetime.fromisoformat(f"2026-12-{day:02} {clock}") for clock in (start, end))
    return Instant(first, last, zone, source)


def test_every_preset_has_files_and_maps_only_fields_of_ours() -> None:
    assert set(PRESETS) == set(get_args(PresetName)) == {path.name for path in DATA.iterdir()}
    for name in PRESETS:
        assert field_map_faults(with_preset(SourceSettings(name="s", format="csv", preset=name))) == [], name


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_nothing_of_a_preset_is_held_back(name: str) -> None:
    reading = layout(name)
    assert [item.title for item in reading.items if item.held_back] == []
    assert [problem for problem in reading.problems if problem.level != "info"] == []


def test_zola_keeps_what_it_has_of_an_event_in_extra() -> None:
    item = titled(layout("zola"), "Maps from open data")
    sessions = (at(8, "12:00", "13:30", source="abbreviation"), at(10, "12:00", "13:30", source="abbreviation"))
    assert item.when == Sessions(sessions)
    assert item.publish == date(2026, 9, 1)
    assert (item.url, item.place.name) == ("https://lab.example.org/courses/maps/", "Lakeview 1.203")
    assert (item.hosts, item.tags) == (("Ines Duarte",), ("course", "maps"))
    assert item.registration_url == "https://lab.example.org/register/maps"


def test_hugo_takes_json_front_matter_and_dates_posts_and_events_by_one_key() -> None:
    reading = layout("hugo")
    event = titled(reading, "Reading group: tidy archives")
    assert event.when == at(8, "18:00", "19:30", source="offset")
    assert (event.place.name, event.place.mode) == ("Harbour Library, Room 4", "online")
    assert (event.tags, event.hosts) == (("reading", "archives"), ("Odile Brandt",))
    assert (event.publish, event.expires) == (date(2026, 11, 2), date(2026, 12, 9))
    assert event.body == "We read the second chapter."
    post = titled(reading, "A new site")
    assert (post.kind, post.publish, post.when) == ("announcement", date(2026, 11, 3), None)


def test_jekyll_nests_its_times_and_dates_its_posts_by_their_names() -> None:
    reading = layout("jekyll")
    call = titled(reading, "January community call")
    assert call.when == Instant(datetime(2027, 1, 8, 9), datetime(2027, 1, 8, 10), HOME, "offset")
    assert (call.category, call.expires) == ("community-call", date(2027, 1, 9))
    series = titled(reading, "First Tuesdays")
    assert isinstance(series.when, Recurrence)
    assert (series.when.start, series.when.timezone) == (datetime(2026, 12, 1, 13), "America/New_York")
    post = titled(reading, "Two new rooms")
    assert (post.kind, post.publish) == ("announcement", date(2026, 11, 20))


def test_quarto_publishes_on_its_date_and_its_categories_are_tags() -> None:
    item = titled(layout("quarto"), "An evening of tables")
    assert item.when == at(9, "18:00", "20:00")
    assert (item.publish, item.tags, item.hosts) == (date(2026, 11, 1), ("meetup", "tables"), ("Tam Nguyen",))
    assert item.body == "Bring *one* table."
    assert item.url == "https://lab.example.org/r-evening.html"


def test_galaxy_counts_days() -> None:
    item = titled(layout("galaxy"), "Winter hack week")
    assert item.when == AllDay(date(2026, 12, 7), date(2026, 12, 11))
    assert (item.place.name, item.hosts) == ("Freiburg", ("Lena Vogt",))
    assert (item.summary, item.url) == ("Five days, one pipeline.", "https://hackweek.example.org/")


def test_yaml2ics_says_the_zone_once_for_the_file() -> None:
    reading = layout("yaml2ics")
    desk = titled(reading, "Help desk")
    assert isinstance(desk.when, Recurrence)
    assert (desk.when.start, desk.when.end) == (datetime(2026, 12, 1, 10), datetime(2026, 12, 1, 11, 30))
    assert desk.when.rules == ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20270223",)
    assert (desk.timezone, desk.summary) == ("Europe/Lisbon", "Bring a question.")
    assert titled(reading, "Board meeting").timezone == "America/New_York"
    assert titled(reading, "Building closed").when == AllDay(date(2026, 12, 24), date(2026, 12, 25))


def test_confs_tech_joins_city_and_country_and_flags_what_is_online() -> None:
    reading = layout("confs-tech")
    item = titled(reading, "Small Data Days")
    assert item.when == AllDay(date(2027, 3, 4), date(2027, 3, 5))
    assert (item.place.name, item.place.mode) == ("Porto, Portugal", "hybrid")
    assert [deadline.at for deadline in item.deadlines] == [date(2026, 12, 15)]
    assert titled(reading, "Table Summit").place.mode == "online"


def test_meetup_wraps_events_in_edges_or_counts_in_milliseconds() -> None:
    reading = layout("meetup")
    talks = titled(reading, "Lightning talks")
    assert talks.when == at(8, "18:00", "20:00", "US/Pacific", "offset")
    assert (talks.id, talks.place.name, talks.place.address) == (
        "site:301",
        "Harbour Library",
        "1 Quay Street, Seattle",
    )
    assert talks.body == "Six talks of *five minutes*."
    party = titled(reading, "Winter party")
    assert (party.status, party.place.mode) == ("cancelled", "online")
    assert party.when == at(15, "18:00", "21:00", source="offset")
    coffee = titled(reading, "Coffee and code")
    assert coffee.when == at(12, "09:00", "11:00")
    assert coffee.body == "Bring your laptop."


def test_eventbrite_has_texts_in_tables_and_a_zone_for_each_event() -> None:
    reading = layout("eventbrite")
    item = titled(reading, "Winter datathon")
    assert item.when == at(11, "11:00", "14:00", source="iana")
    assert item.place.name == "Lakeview Hall, 1100 Shore Avenue N, Seattle"
    assert item.registration_url == item.url == "https://tickets.example.org/e/5550001"
    other = titled(reading, "Maps at night")
    assert (other.status, other.timezone, other.place.mode) == ("cancelled", "America/New_York", "online")


def test_google_calendar_writes_four_columns_for_two_moments() -> None:
    reading = layout("google-calendar-csv")
    assert titled(reading, "Office hours").when == at(8, "13:00", "14:30")
    assert titled(reading, "Office hours").summary == "Bring a question, or two."
    retreat = titled(reading, "Retreat")
    assert (retreat.when, retreat.visibility) == (AllDay(date(2026, 12, 10), date(2026, 12, 11)), "members")
    late = titled(reading, "Late shift")
    assert late.when == Instant(datetime(2026, 12, 12, 22), datetime(2026, 12, 13, 1), HOME, "source_default")
    assert late.visibility == "public"


def test_a_sheet_of_form_answers_tells_only_what_somebody_approved() -> None:
    reading = layout("google-sheets")
    knit = titled(reading, "Knit and code")
    assert (knit.when, knit.url) == (at(9, "17:00", "18:30"), "https://knit.example.org/")
    assert knit.publish is None
    chess = titled(reading, "Chess")
    assert (chess.status, chess.place.name) == ("cancelled", "Old Mill, upstairs")
    assert [item.title for item in reading.items] == ["Knit and code", "Chess"]
    assert codes(reading) == ["I-DRAFT"]


def test_what_a_source_says_itself_wins_over_its_preset() -> None:
    source = SourceSettings(
        name="s", format="markdown", preset="galaxy", fields={"summary": "body"}, kind="announcement"
    )
    settled = with_preset(source)
    assert (settled.kind, settled.field_map["summary"]) == ("announcement", "body")
    assert settled.field_map["start"] == "date"
    assert with_preset(SourceSettings(name="s", format="markdown", preset="galaxy")).kind == "event"


def test_only_mappings_of_ones_own_are_reported_as_unused() -> None:
    text = "name,startDate\nTable talk,2026-12-08\n"
    assert codes(read(text, "csv", preset="confs-tech")) == []
    assert codes(read(text, "csv", preset="confs-tech", fields={"end": "Finish"})) == ["W-FIELD"]


def test_a_map_that_ends_in_a_star_also_takes_the_usual_names() -> None:
    table = "title,room,location\nA,Room 4,\nB,,Old Mill\n"
    places = {
        item.title: item.place.name for item in read(table, "csv", fields={"place": "room | *"}, kind="page").items
    }
    assert places == {"A": "Room 4", "B": "Old Mill"}
    alone = {item.title: item.place.name for item in read(table, "csv", fields={"place": "room"}, kind="page").items}
    assert alone == {"A": "Room 4", "B": ""}


def test_a_key_that_is_mapped_is_no_bare_date_besides() -> None:
    text = "title,date,place\nTalk,2026-12-08,Old Mill\n"
    assert read(text, "csv").items[0].when == AllDay(date(2026, 12, 8), date(2026, 12, 8))
    (item,) = read(text, "csv", fields={"publish": "date"}).items
    assert (item.kind, item.publish, item.when) == ("announcement", date(2026, 12, 8), None)
