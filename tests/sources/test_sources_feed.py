"""Feeds give announcements; what cannot be read of them is told, and what could hurt is refused."""

import json
import time
from datetime import date, datetime

import pytest
from bad_inputs import BOMBS, FEED_JUNK
from hypothesis import given
from hypothesis import strategies as st
from support_sources import codes, lines, one, read
from support_time import at_most

from newsletter.model.when import Instant
from newsletter.sources.html_markdown import markdown_of

RSS = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Lab news</title><link>https://lab.example.org/</link>
<item>
  <title>New cluster &amp; &lt;b&gt;queues&lt;/b&gt;</title>
  <link>/news/cluster</link>
  <guid isPermaLink="false">42</guid>
  <pubDate>Wed, 02 Dec 2026 06:30:00 +0000</pubDate>
  <category>hpc</category><category>news</category>
  <description>Short words.</description>
  <content:encoded><![CDATA[<p>Talk on <b>9 December</b> at <a href="/talk">noon</a>.</p>
  <script>alert(1)</script><ul><li>one</li><li>2 * 3 * 4</li></ul>]]></content:encoded>
</item>
<item><title>Second</title><guid>https://lab.example.org/2</guid><pubDate>2026-12-01</pubDate></item>
</channel></rss>
"""
ATOM = """\
<feed xmlns="http://www.w3.org/2005/Atom"><title>Lab</title><id>urn:x</id>
<entry><title type="html">A &lt;i&gt;post&lt;/i&gt;</title><id>urn:uuid:1</id>
<link href="https://lab.example.org/post"/><updated>2026-12-03T20:00:00-08:00</updated>
<author><name>Ada</name></author><summary>Words &lt; more.</summary></entry></feed>
"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Lab",
    "items": [
        {
            "id": "j1",
            "url": "https://lab.example.org/j1",
            "title": "Seats",
            "content_html": "<p>Seats are <em>free</em>.</p>",
            "date_published": "2026-12-02T06:30:00Z",
            "tags": ["jobs"],
            "authors": [{"name": "Grace"}],
        },
        {"id": "j2", "content_text": "No title here, *only* text."},
    ],
}


def test_an_rss_entry_is_an_announcement_of_its_publishing_day() -> None:
    reading = read(RSS, "feed")
    item = next(item for item in reading.items if item.id == "lab:42")
    assert (item.kind, item.when, item.title) == ("announcement", None, "New cluster & queues")
    assert item.publish == date(2026, 12, 1)
    assert item.url == "https://lab.example.org/news/cluster"
    assert item.summary == "Short words."
    assert item.body == "Talk on **9 December** at [noon](https://lab.example.org/talk).\n\n- one\n- 2 \\* 3 \\* 4"
    assert item.tags == ("hpc", "news")
    assert item.origin.line == 4
    assert not reading.problems


def test_a_publishing_date_without_a_clock_stays_that_date() -> None:
    item = next(item for item in read(RSS, "feed").items if item.title == "Second")
    assert item.publish == date(2026, 12, 1)
    assert item.origin.line == 14


def test_an_atom_entry() -> None:
    item = one(ATOM, "feed")
    assert (item.kind, item.title, item.id, item.hosts) == ("announcement", "A post", "urn:uuid:1", ("Ada",))
    assert (item.publish, item.url) == (date(2026, 12, 3), "https://lab.example.org/post")
    assert item.summary == "Words < more."


def test_a_json_feed() -> None:
    reading = read(json.dumps(JSON_FEED, indent=1), "feed", path="feed.json")
    seats, untitled = reading.items
    assert (seats.id, seats.title, seats.body, seats.hosts) == ("j1", "Seats", "Seats are *free*.", ("Grace",))
    assert (seats.publish, seats.tags, seats.origin.line) == (date(2026, 12, 1), ("jobs",), 5)
    assert (untitled.title, untitled.body) == ("No title here, *only* text.", "No title here, \\*only\\* text.")


def test_an_entry_that_says_itself_when_it_takes_place_is_an_event() -> None:
    text = RSS.replace("<rss ", '<rss xmlns:ev="http://purl.org/rss/1.0/modules/event/" ').replace(
        "<category>hpc",
        "<ev:startdate>2026-12-09T12:00:00</ev:startdate><ev:location>Room 4</ev:location><category>hpc",
    )
    event = next(item for item in read(text, "feed").items if item.kind == "event")
    assert event.when == Instant(datetime(2026, 12, 9, 12), None, "America/Los_Angeles")
    assert event.place.name == "Room 4"


@pytest.mark.parametrize(
    ("old", "new"),
    [("</item>\n</channel></rss>", ""), ("<title>Second", "<title>Second & last"), ("<link>/news", "<b><link>/news")],
)
def test_a_broken_feed_gives_a_problem_and_what_can_be_read(old: str, new: str) -> None:
    reading = read(RSS.replace(old, new), "feed")
    assert "lab:42" in [item.id for item in reading.items]
    assert codes(reading)[0] == "W-XML"
    assert lines(reading)[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<html><body>Sign in</body></html>", "E-FEED"),
        ("Not found", "E-FEED"),
        ('{"version": "1"}', "E-FEED"),
        ("{]", "E-JSON"),
        ('<?xml version="1.0" encoding="utf-7"?>\n<rss/>', "E-ENCODING"),
        (b"PK\x03\x04zip", "E-FORMAT"),
        ("<rss>".encode("utf-16"), "E-ENCODING"),
    ],
)
def test_what_is_no_feed_is_named(text: str | bytes, code: str) -> None:
    reading = read(text, "feed")
    assert codes(reading) == [code]
    assert not reading.items


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_feed_that_declares_entities_is_refused(bomb: str) -> None:
    began = time.process_time()
    reading = read(RSS.replace("<rss ", f"{bomb}\n<rss ", 1).replace("Second", "&l9;&a;&x;"), "feed")
    assert time.process_time() - began < at_most(1)
    assert codes(reading) == ["E-XML"]
    assert not reading.items


def test_a_document_type_that_only_names_itself_is_no_harm() -> None:
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "https://x.example.org/rss.dtd">'
    assert len(read(RSS.replace("<rss ", f"{doctype}\n<rss ", 1), "feed").items) == 2


@pytest.mark.parametrize("junk", FEED_JUNK)
def test_nonsense_is_over_soon(junk: str) -> None:
    began = time.process_time()
    read(f'<rss version="2.0"><channel>{junk}', "feed")
    assert time.process_time() - began < at_most(3)


def test_an_endless_feed_is_read_up_to_the_cap() -> None:
    reading = read(
        RSS.replace("<item><title>Second", "<item><title>x</title></item>" * 2_500 + "<item><title>Second"), "feed"
    )
    assert len(reading.items) == 2_000
    assert "E-CAP" in codes(reading)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>Head</h2><p>a</p>", "### Head\n\na"),
        ('<a href="javascript:alert(1)">x</a>', "[x](javascript:alert%281%29)"),
        ("<p>a<br>b</p>", "a\nb"),
        ("<b>bold </b>x", "**bold** x"),
        ("<script>a</script><style>b</style>c<svg><script>d</script></svg>", "c"),
        ('<img src="https://x.example.org/pixel.gif" alt="A map">', "A map"),
        ("[x](y) `z` <3", "\\[x\\](y) \\`z\\` \\<3"),
        ("<p># no heading</p>", "\\# no heading"),
        ("<table><tr><th>one</th><td>two</td></tr><tr><td>three</td></tr></table>", "one two\n\nthree"),
        ("<dl><dt>one</dt><dd>two</dd></dl>", "one two"),
        ("<p>1. no list</p>", "1\\. no list"),
        ('<a href="https://x.example.org/a(b)">x', "[x](https://x.example.org/a%28b%29)"),
    ],
)
def test_html_as_markdown(html: str, markdown: str) -> None:
    assert markdown_of(html) == markdown


@pytest.mark.parametrize(
    "tag", ["script", "style", "iframe", "object", "template", "svg", "math", "noscript", "head", "form"]
)
def test_what_is_not_for_reading_is_silent(tag: str) -> None:
    assert markdown_of(f"<p>a</p><{tag}>b</{tag}><p>c</p>") == "a\n\nc"


def test_a_link_that_runs_something_is_only_its_words() -> None:
    text = RSS.replace('href="/talk"', 'href="javascript:alert(1)"')
    item = next(item for item in read(text, "feed").items if item.id == "lab:42")
    assert "javascript" not in item.body
    assert "noon" in item.body


@given(st.text(alphabet='<>/&;"abitemrsch![]CDAT-? \n', max_size=200))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    read(f'<rss version="2.0"><channel>{text}</channel></rss>', "feed")
    read(text, "feed")
