"""The theme "hours" as its readers meet it: what stands in the mail, in which order, in both parts."""

import re
from dataclasses import replace
from datetime import date
from xml.etree.ElementTree import Element

import html5lib
import pytest
from render_builders import (
    CLINIC,
    COFFEE,
    DATATHON,
    NOTE,
    PIPELINES,
    SECTIONS,
    STRIP,
    TOPICS,
    WINDOW,
    a_draft,
    a_row,
    an_issue,
    event,
    plain,
    time_on,
)

from newsletter.model.issue import Choices, DayTile, Entry, Issue, Link, Note, Section, Window
from newsletter.model.mail import fill_text
from newsletter.render.edition import render

pytestmark = pytest.mark.no_cover  # other tests cover its lines


def html_of(issue: Issue | None = None, **draft: object) -> str:
    return fill_text(render(issue or an_issue(), a_draft(**draft)).html, a_row().values)


def text_of(issue: Issue | None = None, **draft: object) -> str:
    return fill_text(render(issue or an_issue(), a_draft(**draft)).text, a_row().values)


def tree_of(html: str) -> Element:
    """The page without what only Outlook reads."""
    shown = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(shown)  # type: ignore[no-any-return]


def words_of(html: str) -> str:
    """What a reader sees, without styles, spaces made one."""
    tree = tree_of(html)
    return re.sub(r"\s+", " ", "".join(tree.find("body").itertext()))


def links_of(html: str) -> dict[str, str]:
    """Words on links, by address."""
    tree = tree_of(html)
    return {link.get("href", ""): "".join(link.itertext()) for link in tree.iter("a")}


def with_events(*entries: Entry, glance: tuple[Entry, ...] = ()) -> Issue:
    table = (Section("glance", "At a glance", glance),) if glance else ()
    return an_issue(sections=(*table, Section("events", "Come along", entries)))


def many(count: int, **more: object) -> tuple[Entry, ...]:
    return tuple(
        event(f"talk-{number}", f"Talk number {number}", 7 + number % 5, "12–1 PM", "deep-dives", **more)
        for number in range(count)
    )


def test_the_most_perishable_comes_first() -> None:
    tree = tree_of(html_of())
    assert ["".join(found.itertext()) for found in tree.iter("h1")] == ["Common Hours"]
    assert ["".join(found.itertext()) for found in tree.iter("h2")] == [
        "Changed since last issue",
        "This week at a glance",
        "Come along",
        "Every week",
        "Deadlines",
        "Announcements",
        "Thank you",
    ]


def test_sections_keep_the_order_of_the_issue() -> None:
    words = text_of(an_issue(sections=tuple(reversed(SECTIONS))))
    assert (
        words.index("THANK YOU") < words.index("DEADLINES") < words.index("COME ALONG") < words.index("The quarter")
    )


def test_a_card_says_when_where_who_and_how_to_come() -> None:
    html = html_of(with_events(PIPELINES))
    words = words_of(html)
    for fact in (
        "Tue 8 Dec",
        "Data deep dives · moved",
        "12–1:30 PM PST",
        "Lakeview 1.203, and online",
        "with Amara Okafor and Lena Brandt",
        "#beginners-welcome",
        "Followed by Pipelines, the learning community",
    ):
        assert fact in words
    links = links_of(html)
    assert links["https://tickets.example.org/pipelines"] == "RSVP"
    assert links["https://calendar.google.com/calendar/render?action=TEMPLATE&text=pipelines"] == "Google"
    assert links["https://data.example.org/events/pipelines-lc"] == "Pipelines, the learning community"


def test_a_cancelled_event_offers_nothing() -> None:
    gone = replace(CLINIC, cancelled=True, change="cancelled")
    html = html_of(with_events(gone, glance=(gone,)))
    assert "https://tickets.example.org/clinic" not in html
    assert "calendar.google.com" not in html
    assert words_of(html).count("cancelled") == 2
    assert "https://tickets.example.org/clinic" not in text_of(with_events(gone))


def test_without_a_sign_up_there_is_no_button() -> None:
    assert "RSVP" not in words_of(html_of(with_events(replace(CLINIC, registration_url=""))))


def test_the_other_zones_time_stands_beside_the_readers() -> None:
    berlin = replace(CLINIC, time=replace(time_on(9, "19:00–20:00"), zone="CET", elsewhere="10:00 in Seattle"))
    issue = with_events(berlin)
    assert "19:00–20:00 CET (10:00 in Seattle)" in words_of(html_of(issue))
    assert "(10:00 in Seattle)" in text_of(issue)


def test_changes_say_what_is_now_and_what_was() -> None:
    words = words_of(html_of())
    assert "New place" in words
    assert "Now Steam Hall, Floor 2, was Lakeview 1.203" in words
    assert "R users' coffeeWas Wed 9 Dec, 9 AM. Back on Wed 13 Jan" in words
    assert "NEW PLACE: Datathon: what the health survey does not say\n  Now Steam Hall" in text_of()


def test_a_series_is_one_line_with_its_exceptions_in_bold() -> None:
    tree = tree_of(html_of())
    bold = ["".join(found.itertext()) for found in tree.iter("b")]
    assert "Mondays 12–1\u202fPM" in bold
    assert "Last one this quarter: Mon 7 Dec" in bold


def test_the_glance_table_is_a_table_of_data() -> None:
    tree = tree_of(html_of())
    scopes = [heading.get("scope") for heading in tree.iter("th")]
    assert set(scopes) == {"rowgroup", "row"}
    first = next(heading for heading in tree.iter("th") if heading.get("rowspan") == "2")
    assert "".join(first.itertext()) == "Wed 9"


def test_a_long_window_is_told_by_weeks() -> None:
    entries = (PIPELINES, event("later", "Later", 15, "9–10 AM"), event("last", "Last", 16, "9–10 AM"))
    term = an_issue(
        sections=(Section("glance", "At a glance", entries),),
        window=Window(WINDOW.start, WINDOW.end.replace(year=2027, month=3)),
    )
    words = words_of(html_of(term))
    assert words.count("Week of 7 December") == words.count("Week of 14 December") == 1
    assert words.index("Week of 14 December") < words.index("Later") < words.index("Last")
    assert "Week of 14 December\nTue 15" in text_of(term)


def test_a_week_that_begins_in_the_old_month_is_named_by_its_monday() -> None:
    first = event("new-year", "New year's walk", 1, "9–10 AM")
    friday = replace(first, day=date(2027, 1, 1), time=time_on(1, "9–10 AM", 1, 2027))
    window = Window(WINDOW.start, WINDOW.end.replace(year=2027, month=3))
    words = words_of(html_of(an_issue(sections=(Section("glance", "At a glance", (friday,)),), window=window)))
    assert "Week of 28 December" in words


def test_an_undated_entry_of_the_table_says_what_is_known() -> None:
    vague = plain("retreat", "event", "Writing retreat", when_text="late winter quarter")
    issue = an_issue(sections=(Section("glance", "At a glance", (vague,)),))
    assert "late winter quarter" in words_of(html_of(issue))
    assert "late winter quarter" in text_of(issue)


def test_an_undated_card_stands_without_a_date() -> None:
    vague = plain("retreat", "event", "Writing retreat", when_text="late winter quarter")
    assert "Soon" in words_of(html_of(with_events(vague)))


def test_a_week_is_not_told_by_weeks() -> None:
    assert "Week of" not in words_of(html_of())


def test_days_that_last_say_until_when() -> None:
    days = event("write-up", "Write-up days", 8, "", place="Steam Hall")
    days = replace(days, time=replace(days.time, iso_start="2026-12-08", iso_end="2026-12-10"))
    one = event("open", "Open house", 9, "", place="Steam Hall")
    words = words_of(html_of(an_issue(sections=(Section("glance", "At a glance", (days, one)),))))
    assert "until Thu 10 Dec" in words
    assert "All day" in words_of(html_of(with_events(one)))
    lasting = replace(days, when_text="Tue 8 Dec to Thu 10 Dec")
    assert "Tue 8 Dec to Thu 10 Dec" in words_of(html_of(with_events(lasting)))
    assert "all day" in words


def test_the_strip_has_a_tile_per_day_and_a_bar_per_event() -> None:
    html = html_of()
    assert html.count('class="day tile"') == 5
    assert html.count('class="day"') == 2
    assert html.count("background:#E2B65F") == 2
    assert "Deep dive" in words_of(html)


def test_a_terms_strip_breaks_into_even_rows() -> None:
    weeks = tuple(DayTile("Jan", str(number), ("datathons",)) for number in range(1, 12))
    html = html_of(an_issue(strip=weeks))
    assert html.count('<tr aria-hidden="true">') == 2
    assert html.count('class="day tile"') == 11
    assert html.count('class="day"') == 1


def test_the_legend_names_only_what_is_there() -> None:
    words = words_of(html_of(an_issue(strip=STRIP[1:2])))
    assert "Deep dive" in words
    assert "Datathon " not in words.split("The quarter")[0]


def test_the_footer_says_why_and_how_to_leave() -> None:
    words, links = words_of(html_of()), links_of(html_of())
    for said in (
        "because you signed up for it at Cascadia Data Science Lab",
        "You follow every topic.",
        "1100 Shore Avenue N, Seattle, WA 98109, USA",
        "We do not track opens or clicks.",
    ):
        assert said in words
        assert said in re.sub(r"\s+", " ", text_of())
    assert links["https://news.example.org/u/tokenForAda"] == "Unsubscribe"
    assert links["https://news.example.org/p/tokenForAda"] == "Choose topics and frequency"
    assert links["https://data.example.org/participation-guidelines"] == "participation guidelines"


def test_chosen_topics_are_named_in_the_footer() -> None:
    issue = an_issue(followed=("deep-dives", "datathons"))
    assert "You follow: Data deep dives, Datathons." in words_of(html_of(issue))
    assert "You follow: Data deep dives, Datathons." in text_of(issue)


def test_an_empty_issue_says_when_there_is_more() -> None:
    issue = an_issue(sections=(), note=Note(), empty=True, next_content="Next: Co-working on Mon 4 Jan 2027")
    for part in (words_of(html_of(issue)), re.sub(r"\s+", " ", text_of(issue))):
        assert "Nothing is planned for 7 to 13 December 2026. Next: Co-working on Mon 4 Jan 2027." in part
    assert "Unsubscribe" in words_of(html_of(issue))


def test_the_editors_markdown_is_set_and_its_links_hang_from_the_site() -> None:
    html = html_of()
    assert "<em>this</em> is the week" in html
    assert links_of(html)["https://data.example.org/events/datathon"]
    assert "the datathon\n(https://data.example.org/events/datathon)" in text_of()


def test_a_section_of_ones_own_shows_its_file_and_its_entries() -> None:
    job = plain("engineer", "page", "Data engineer", summary="Half time.", url="https://data.example.org/jobs/1")
    issue = an_issue(sections=(Section("jobs", "Work with us", (job,)),))
    html = html_of(issue, section_texts=(("jobs", "We are **hiring**."),))
    assert "<strong>hiring</strong>" in html
    assert links_of(html)["https://data.example.org/jobs/1"] == "Data engineer"
    assert "WORK WITH US\n------------\nWe are hiring.\n\n* Data engineer\n  Half time." in text_of(
        issue, section_texts=(("jobs", "We are **hiring**."),)
    )


def test_no_more_cards_than_twelve_and_nothing_is_lost() -> None:
    talks = many(20, registration_url="https://tickets.example.org/talk")
    listed = html_of(with_events(*talks, glance=talks))
    assert listed.count('class="card rule"') == 12
    assert "8 more in the table above." in words_of(listed)
    assert listed.count('aria-label="RSVP: Talk number 19"') == 1
    alone = html_of(with_events(*talks))
    assert alone.count('class="card rule"') == 12
    assert "And also" in words_of(alone)
    assert "https://data.example.org/events/talk-19" in links_of(alone)


def test_cards_give_way_where_the_mail_would_be_cut() -> None:
    talks = many(12, summary="Long words about it. " * 150)
    html = html_of(with_events(*talks, glance=talks))
    assert 0 < html.count('class="card rule"') < 12
    assert len(html.encode()) < 90_000
    assert "https://data.example.org/events/talk-11" in links_of(html)


def test_a_compact_mail_prints_each_event_once() -> None:
    compact = an_issue(choices=Choices("America/Los_Angeles", density="compact"), sections=SECTIONS[2:4])
    html = html_of(compact)
    assert html.count('class="card rule"') == 0
    assert words_of(html).count("Single-cell clinic") == 1
    assert "https://tickets.example.org/clinic" in links_of(html)


def test_an_event_without_a_page_is_told_without_a_link() -> None:
    html = html_of(with_events(replace(CLINIC, url="")))
    assert 'href=""' not in html
    assert "Single-cell clinic" in words_of(html)


def test_a_link_that_runs_something_is_left_out() -> None:
    evil = replace(CLINIC, url="javascript:alert(1)", calendar=(Link("Google", "data:text/html,x"),))
    html = html_of(with_events(evil))
    assert "javascript:" not in html
    assert "data:text" not in html
    assert "Single-cell clinic" in words_of(html)


def test_every_link_of_the_html_is_in_the_text() -> None:
    text = text_of()
    assert [address for address in links_of(html_of()) if address not in text] == []


def test_no_picture_and_no_script_and_nothing_from_elsewhere() -> None:
    html = html_of()
    tree = tree_of(html)
    assert [found.tag for found in tree.iter() if found.tag in ("img", "script", "iframe", "form", "link")] == []
    assert "@import" not in html
    assert "url(" not in html


def test_dark_colours_are_printed_for_both_kinds_of_clients() -> None:
    html = html_of()
    assert "@media (prefers-color-scheme:dark){.paper,body{background-color:#0F131B!important}" in html
    assert "[data-ogsb] .paper,[data-ogsb] body{background-color:#0F131B!important}" in html
    assert "[data-ogsc] .ink,[data-ogsc] .note div{color:#F3EEE4!important}" in html
    assert html.count(".f2{color:#9BE3D6!important}") == 2


def test_style_blocks_are_small_enough_for_gmail() -> None:
    styles = re.findall(r"<style[^>]*>(.*?)</style>", html_of(), re.DOTALL)
    assert max(len(style.encode()) for style in styles) < 16 * 1024


def test_the_mail_names_its_language_and_direction_twice() -> None:
    arabic = html_of(an_issue(choices=Choices("Africa/Cairo", language="ar")))
    assert '<html lang="ar" dir="rtl"' in arabic
    assert 'role="article" lang="ar" dir="rtl"' in arabic
    assert "<bdi>11\u202fAM–2\u202fPM</bdi>" in arabic.replace("&#8239;", "\u202f")
    assert '<html lang="en" dir="ltr"' in html_of()


def test_text_lines_are_short_except_for_addresses() -> None:
    long = [line for line in text_of().split("\n") if len(line) > 78 and "http" not in line]
    assert [line for line in long if not re.match(r"(\w{3} \d+|   )", line)] == []


def test_text_says_everything_that_a_card_says() -> None:
    text = text_of(with_events(DATATHON))
    for fact in ("Fri 11 Dec", "Steam Hall, Floor 2 (step-free)", "with the datathon crew", "Free, lunch included"):
        assert fact in text
    assert "RSVP: https://tickets.example.org/datathon" in text


@pytest.mark.parametrize("kind", [section.kind for section in SECTIONS])
def test_each_section_stands_alone(kind: str) -> None:
    section = next(section for section in SECTIONS if section.kind == kind)
    issue = an_issue(sections=(section,))
    assert html_of(issue)
    assert text_of(issue)


def test_the_note_needs_no_section_to_be_read() -> None:
    issue = an_issue(sections=(SECTIONS[2],))
    words = words_of(html_of(issue))
    assert words.index("The quarter is nearly out") < words.index("This week at a glance")


def test_a_mail_without_topics_or_strip_still_stands() -> None:
    issue = an_issue(topics=(), strip=(), note=replace(NOTE, body="", by=""), sections=SECTIONS[3:4])
    assert "Reproducible workflows" in words_of(html_of(issue, topics=()))
    assert TOPICS[0][1].short not in words_of(html_of(issue, topics=()))


def test_a_struck_out_row_does_not_link() -> None:
    html = html_of(an_issue(sections=(Section("glance", "At a glance", (COFFEE,)),)))
    assert "https://data.example.org/events/coffee" not in links_of(html)
