"""The picture of who gets what when: sound markup, one mark an issue, and nothing from elsewhere."""

from datetime import datetime, timedelta
from xml.etree import ElementTree as Xml
from zoneinfo import ZoneInfo

import html5lib

from newsletter.render.timeline import Lane, Mark, timeline

TOKYO = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 12, 1, tzinfo=ZoneInfo("America/Los_Angeles"))
END = START + timedelta(days=90)
DIGESTS = {"weekly": "Common <Hours>", "quarterly": "The quarter"}
SVG = "{http://www.w3.org/2000/svg}"


def mark(day: int, digest: str = "weekly", **values) -> Mark:
    at = datetime(2026, 12, day, 2, tzinfo=TOKYO)
    return Mark(f"{digest}-{day}", digest, at, "Tea & <b>talk</b>\x07\n3 entries", **values)


LANES = [
    Lane("Aiko", "Asia/Tokyo, all topics", (mark(5), mark(12, hollow=True), mark(29, "quarterly", changed=True))),
    Lane("A name that is far too long to stand in its narrow column", "no topics", ()),
]


def drawn() -> Xml.Element:
    return Xml.fromstring(timeline("Data Lab", DIGESTS, LANES, START, END))


def titles(root: Xml.Element) -> list[str]:
    return [found.text or "" for group in root.iter(f"{SVG}g") for found in group.iter(f"{SVG}title")]


def test_every_issue_is_one_mark_that_says_when_it_comes_in_the_readers_zone() -> None:
    assert [text.splitlines()[0] for text in titles(drawn())] == [
        "weekly-5, Sat 5 Dec 2026, 02:00 JST",
        "weekly-12, Sat 12 Dec 2026, 02:00 JST",
        "quarterly-29, Tue 29 Dec 2026, 02:00 JST",
    ]


def test_marks_stand_in_order_of_time_inside_the_picture() -> None:
    places = [
        float(one.get("cx", "0")) for one in drawn().iter(f"{SVG}circle") if one.get("class") in ("d0", "d0 hollow")
    ]
    legend, *marks = places
    assert marks == sorted(marks)
    assert all(legend <= place <= 1080 for place in marks)


def test_what_was_spared_is_hollow_and_what_changed_has_a_dot() -> None:
    text = timeline("Data Lab", DIGESTS, LANES, START, END)
    assert (text.count(' hollow"'), text.count('class="dot"')) == (1, 1)


def test_it_follows_the_readers_scheme_prints_and_fetches_nothing() -> None:
    text = timeline("Data Lab", DIGESTS, LANES, START, END, page=True)
    assert "prefers-color-scheme:dark" in text
    assert "@media print" in text
    assert text.replace("http://www.w3.org/2000/svg", "").count("http") == 0


def test_the_page_is_sound_html_with_a_row_for_each_issue() -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root = parser.parse(timeline("Data Lab", DIGESTS, LANES, START, END, page=True))
    assert len(root.findall(".//td")) == 9
    assert "Tea & <b>talk</b>" in "".join(root.itertext())


def test_the_same_look_ahead_is_the_same_bytes() -> None:
    first, second = (timeline("Data Lab", DIGESTS, LANES, START, END, page=True) for _ in range(2))
    assert first == second
