"""What is published of an issue: pages, feeds, events for search engines and chat copies, for everybody and safe."""

import json
import re
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import feedparser
import html5lib
import pytest
from archive_builders import (
    BROKEN,
    EVIL,
    HOSTILE,
    ITEMS,
    OFF,
    SECRET,
    STAY,
    TALK,
    TEA,
    draft,
    in_language,
    line,
    look,
    shown,
    site,
)
from calendar_builders import at, item, whens
from hypothesis import given
from hypothesis import strategies as st

from newsletter.compose.programme import programme_of
from newsletter.dates.recurrence import occurrences
from newsletter.model.item import Place
from newsletter.model.when import AllDay
from newsletter.model.workspace import LookSettings, SourceSettings
from newsletter.render.archive.chat import inert
from newsletter.render.archive.feeds import FeedEntry, atom, json_feed
from newsletter.render.archive.jsonld import event_nodes, script
from newsletter.render.archive.pages import chat_copy, digest_page, feed_content, index_page, issue_page
from newsletter.render.archive.site import Listed, newest_first
from newsletter.render.errors import RenderError
from newsletter.sources.blob import Blob
from newsletter.sources.registry import SourceContext, read_source

PAST = Listed("", "weekly", "No. 12", "Common Hours 12", "", datetime(2025, 11, 28, 20, tzinfo=UTC),
              "https://old.example.org/12", 12, elsewhere=True)  # fmt: skip


def page(one=None, **values) -> str:
    return issue_page(one or shown(), site(**values), look())


def graph(text: str) -> list[dict]:
    found = re.search(r'<script type="application/ld\+json">\n(.*?)\n</script>', text, re.DOTALL)
    return json.loads(found[1])["@graph"] if found else []


def parsed(text: str):
    """The page by a strict HTML5 parser; its complaints are errors."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parser.parse(text)


# Who it is for.


def test_what_is_for_members_or_held_back_is_in_nothing_that_is_published() -> None:
    one = shown()
    entry = FeedEntry(line(one), feed_content(one, site(), look()))
    everything = (
        page(one),
        entry.html,
        chat_copy(one, site(), look()),
        atom(site().digests[0], [entry], site()).decode(),
        json_feed(site().digests[0], [entry], site()).decode(),
    )
    for text in everything:
        assert TALK.title in text
        for hidden in (SECRET.title, BROKEN.title):
            assert hidden not in text


def test_a_page_of_nobodys_choosing_has_every_topic_and_no_readers_links() -> None:
    text = page()
    assert all(one.title.replace("'", "&#39;") in text for one in (TALK, STAY, TEA))
    for personal in ("slot.", "/u/", "/p/", "nsubscribe", "preferences"):
        assert personal not in text
    assert '<a href="https://data.example.org/join">Subscribe</a>' in text


def test_a_template_that_asks_for_a_readers_link_is_refused() -> None:
    texts = dict(look().templates) | {"issue.html": "{{ slot.unsubscribe_url }}"}
    with pytest.raises(RenderError, match="slot"):
        issue_page(shown(), site(), replace(look(), templates=tuple(texts.items())))


# The page itself.


def test_the_pages_are_html_and_say_where_and_in_which_language_they_stand() -> None:
    one, weekly = shown(), site().digests[0]
    pages = {
        f"{one.issue.key}.html": page(one),
        "weekly.html": digest_page(weekly, [line(one), PAST], site(), look()),
        "": index_page([(weekly, [line(one)])], site(), look()),
    }
    for name, text in pages.items():
        root = parsed(text)
        assert (root.get("lang"), root.get("dir")) == ("en", "ltr")
        assert f'<link rel="canonical" href="https://news.example.org/archive/{name}">' in text
        assert len(root.findall(".//h1")) == 1
        assert len(root.findall(".//main")) == 1
        assert root.findall(".//img") == []
        assert {one.get("type") for one in root.findall(".//script")} <= {"application/ld+json"}


@pytest.mark.parametrize(("code", "direction"), [("de", "ltr"), ("ar", "rtl"), ("ja", "ltr")])
def test_a_community_of_another_language_has_its_pages_in_it(code: str, direction: str) -> None:
    lab = in_language(code)
    text = page(shown(community=lab), community=lab)
    root = parsed(text)
    assert (root.get("lang"), root.get("dir")) == (code, direction)
    assert "Come along" not in text
    assert "12:00" in text


def test_neighbours_are_one_step_away() -> None:
    one = replace(shown(), older=PAST, newer=replace(PAST, link="weekly-2026-12-11.html", subject="Next week"))
    text = page(one)
    assert '<a rel="prev" href="https://old.example.org/12">' in text
    assert '<link rel="next" href="weekly-2026-12-11.html">' in text
    assert "Next week" in text


def test_hostile_words_are_words() -> None:
    text = page()
    root = parsed(text)
    assert HOSTILE in ["".join(one.itertext()) for one in root.findall(".//h3")]
    assert "alert" not in "".join("".join(one.itertext()) for one in root.findall(".//script") if not one.get("type"))
    assert "<script>alert" not in text
    assert "49" not in re.findall(r"\d+", "".join("".join(one.itertext()) for one in root.findall(".//h3")))


def test_a_link_that_would_run_something_is_left_out() -> None:
    evil = replace(TALK, url="javascript:alert(1)", registration_url="data:text/html,x")
    assert "javascript:" not in page(shown(evil))
    assert "data:text" not in page(shown(evil))


def test_the_page_links_to_the_events_calendar_file_first() -> None:
    (card,) = re.findall(r'<p class="do">.*?</p>', page(shown(TALK)), re.DOTALL)
    assert re.findall(r'href="(.*?)"', card)[1].startswith(
        "https://news.example.org/calendar/event/2026-12-08-missing-data-"
    )


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert page() == page()


# Events for search engines.


def read_again(text: str):
    source = SourceSettings(name="web", format="jsonld", path="issue.html", midnight_is_date=False)
    reading = read_source(source, [Blob("issue.html", text.encode())], SourceContext("UTC", {}))
    assert [str(one) for one in reading.problems if one.level == "error"] == []
    return reading.items


def moments(one, window) -> list[tuple[str, str]]:
    found = occurrences(one.when, window.start, window.end, home=ZoneInfo("America/Los_Angeles"))
    return [(_plain(each.start), _plain(each.end or each.start)) for each in found]


def _plain(moment) -> str:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def test_the_events_of_a_page_by_hand() -> None:
    talk, tea = (graph(page(shown(one)))[0] for one in (TALK, TEA))
    assert talk["@type"] == "Event"
    assert talk["startDate"] == "2026-12-08T12:00:00-08:00"
    assert talk["endDate"] == "2026-12-08T13:30:00-08:00"
    assert talk["eventStatus"] == "https://schema.org/EventScheduled"
    assert talk["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert talk["location"] == [
        {"@type": "Place", "name": "Lakeview 1.203", "address": "1100 Shore Avenue N"},
        {"@type": "VirtualLocation", "url": "https://meet.example.org/x"},
    ]
    assert talk["organizer"]["name"] == "Cascadia Data Science Lab"
    assert talk["offers"]["url"] == "https://tickets.example.org/missing-data"
    assert (tea["eventStatus"], tea["previousStartDate"], tea["startDate"]) == (
        "https://schema.org/EventRescheduled",
        "2026-12-09T09:00:00-08:00",
        "2026-12-10T09:00:00-08:00",
    )
    (stay,) = graph(page(shown(STAY)))
    assert (stay["startDate"], stay["endDate"]) == ("2026-12-09", "2026-12-10")
    (off,) = graph(page(shown(OFF)))
    assert off["eventStatus"] == "https://schema.org/EventCancelled"


def test_our_own_reader_takes_the_events_of_a_page_as_they_were_meant() -> None:
    one = shown(TALK, STAY, TEA, OFF)
    window = programme_of(one.draft).window
    found = {each.title: each for each in read_again(page(one))}
    for meant in (TALK, STAY, TEA, OFF):
        assert moments(found[meant.title], window) == moments(meant, window)
    assert found[OFF.title].status == "cancelled"
    assert found[TALK.title].place.mode == "hybrid"
    assert found[TALK.title].hosts[-1] == "Amara Okafor"
    assert [node["name"] for node in graph(page(shown(EVIL)))] == [HOSTILE]


titles = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(whens, titles)
def test_dates_survive_the_way_through_a_page_whatever_the_title(when, title) -> None:
    programme = programme_of(draft(item(when, f"x{title}")))
    page_of = f"<html><head>{script(event_nodes(programme))}</head></html>"
    found = {pair for each in read_again(page_of) for pair in moments(each, programme.window)}
    told = {one for timed in programme.timed for one in timed.occurrences}
    assert found == {(_plain(one.start), _plain(one.end or one.start)) for one in told}


# Feeds.


def entries() -> list[FeedEntry]:
    first = shown()
    second = shown(TALK, key="weekly-2026-11-27", number=47)
    lines = newest_first([line(first), replace(line(second), sent=datetime(2026, 11, 27, 17, tzinfo=UTC))])
    return [FeedEntry(one, feed_content(first, site(), look())) for one in lines]


def test_the_atom_feed_is_one_that_readers_take_without_a_murmur() -> None:
    feed = feedparser.parse(atom(site().digests[0], entries(), site()))
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.title == "Common Hours"
    assert feed.feed.updated == "2026-12-04T17:00:00Z"
    assert [one.link for one in feed.entries] == [
        "https://news.example.org/archive/weekly-2026-12-04.html",
        "https://news.example.org/archive/weekly-2026-11-27.html",
    ]
    assert len({one.id for one in feed.entries} | {feed.feed.id}) == 3
    assert all(one.id.startswith("urn:uuid:") for one in feed.entries)
    assert "Missing data, honestly" in feed.entries[0].content[0].value


def test_the_json_feed_keeps_version_1_1() -> None:
    feed = json.loads(json_feed(site().digests[0], entries(), site()))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://news.example.org/archive/weekly.json"
    assert feed["home_page_url"] == "https://news.example.org/archive/weekly.html"
    assert (feed["language"], feed["authors"]) == ("en", [{"name": "Cascadia Data Science Lab"}])
    first = feed["items"][0]
    assert set(first) == {"id", "url", "title", "summary", "content_html", "date_published"}
    assert first["date_published"] == "2026-12-04T17:00:00Z"


def test_both_feeds_are_read_by_our_own_reader() -> None:
    for build, name in ((atom, "a.atom"), (json_feed, "a.json")):
        source = SourceSettings(name="feed", format="feed", path=name)
        data = build(site().digests[0], entries(), site())
        reading = read_source(source, [Blob(name, data)], SourceContext("UTC", {}))
        assert [str(one) for one in reading.problems if one.level == "error"] == []
        assert sorted(one.publish for one in reading.items) == [date(2026, 11, 27), date(2026, 12, 4)]


def test_an_entry_keeps_its_name_when_the_address_changes() -> None:
    here = feedparser.parse(atom(site().digests[0], entries(), site()))
    moved = site(base_url="https://elsewhere.example.org")
    there = feedparser.parse(atom(moved.digests[0], entries(), moved))
    assert [one.id for one in here.entries] == [one.id for one in there.entries]
    assert here.entries[0].link != there.entries[0].link


def test_a_digest_without_issues_has_a_feed_to_subscribe_to() -> None:
    feed = feedparser.parse(atom(site().digests[1], [], site()))
    assert not feed.bozo
    assert feed.entries == []
    assert json.loads(json_feed(site().digests[1], [], site()))["items"] == []


@given(st.text())
def test_no_title_breaks_a_feed(title: str) -> None:
    one = FeedEntry(replace(PAST, subject=title, preheader=title, link="a.html"), f"<p>{title}</p>")
    title = title.encode("utf-8", "ignore").decode()
    feed = feedparser.parse(atom(site().digests[0], [one], site()))
    assert not feed.bozo
    assert json.loads(json_feed(site().digests[0], [one], site()))["items"][0]["url"].endswith("a.html")


# Lists.


def test_lists_name_our_issues_and_those_before_the_latest_first() -> None:
    one = line(shown())
    text = digest_page(site().digests[0], newest_first([PAST, one]), site(), look())
    assert text.index(one.link) < text.index("https://old.example.org/12")
    assert "No. 48" in text
    assert 'rel="external">Common Hours 12</a>' in text
    assert "Fri 28 Nov 2025" in text


def test_a_digest_without_issues_says_so() -> None:
    assert "The first issue is still to come." in digest_page(site().digests[1], [], site(), look())


def test_the_first_page_offers_mail_feeds_and_calendars() -> None:
    text = index_page([(digest, []) for digest in site().digests], site(), look())
    for link in (
        "weekly.atom",
        "monthly.json",
        "webcal://news.example.org/calendar/deep-dives.ics",
        "https://data.example.org/join",
    ):
        assert f'href="{link}"' in text


# Chat.


def test_a_chat_copy_uses_nothing_that_some_program_would_read_otherwise() -> None:
    text = chat_copy(shown(), site(), look())
    assert text.startswith("Common Hours, 7 to 13 December 2026\n")
    assert "https://news.example.org/archive/weekly-2026-12-04.html" in text
    assert "- Missing data, honestly: Tue 8 Dec, 12–1:30 PM PST, Lakeview 1.203" in text
    body = "\n".join(row for row in text.split("\n") if not row.strip().startswith("https://"))
    assert not re.search(r"[*`~\[\]<>|]", body)
    assert "\n\n\n" not in text


@given(st.text())
def test_what_others_wrote_is_one_line_of_text(text: str) -> None:
    found = inert(text)
    assert "\n" not in found
    assert not re.search(r"[*`~\[\]<>|]|@\w", found)


def test_nobody_is_called_by_a_title() -> None:
    assert inert("@here *free* _lunch_ <!channel> snake_case") == "@\u2060here ∗free∗ ＿lunch＿ ‹!channel› snake_case"


def test_an_address_to_join_is_told_where_there_is_no_room() -> None:
    online = item(at("2026-12-08 12:00"), place=Place("online", "", "", "https://meet.example.org/x"))
    (node,) = graph(page(shown(online)))
    assert node["location"] == [{"@type": "VirtualLocation", "url": "https://meet.example.org/x"}]
    assert node["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"


def test_an_issue_without_dates_has_no_script() -> None:
    assert "<script" not in page(shown(item(AllDay(date(2027, 5, 1), date(2027, 5, 1)))))
    assert len(ITEMS) == 7


def test_a_workspaces_own_colours_are_those_of_its_pages() -> None:
    own = replace(look(), own=LookSettings(light={"link": "#123456"}))
    assert "--link:#123456;" in issue_page(shown(), site(), own)
    assert "#123456" not in page()
