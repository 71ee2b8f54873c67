"""Events that stand only in prose: found, offered as they are written, and nothing else with them."""

import textwrap
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suggest_sentences import EVENTS, MISSED, MISTAKEN, OTHERS

from newsletter.model.when import Instant, Vague, WeeklyRange
from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import Blob, SourceContext, read_source
from newsletter.sources.suggest import Suggestion, suggest

TODAY = date(2026, 12, 1)
CONTEXT = SourceContext("America/Los_Angeles")

COMMUNITY_PAGE = """
    +++
    title = "Community"

    [taxonomies]
    tags = ["community"]

    [extra]
    main_title = "Ways to work side by side"
    +++

    ## What we offer

    - [Quiet tables](#quiet-tables)
    - [Data days](#data-days)

    ## Quiet tables

    Nobody has to work alone. The
    tables in the glass room are for that.

    All through the quarter we
    share a table on Mondays, usually around 12 - 1 PM. Just turn up! For news,
    [sign up for the newsletter](@/connect.md).

    ## Data days

    One dataset, many eyes! Earlier data days were about bees and buses.

    They usually are at the end of the quarter on a Friday from 11am-2pm PT. There will be soup.

    ## Deep dives

    They come back **every quarter** and will start late Winter Quarter.
"""


def found(text: str, **settings) -> tuple[Suggestion, ...]:
    source = SourceSettings(name="site", format="markdown", path="content/*.md", **settings)
    page = Blob("content/community.md", textwrap.dedent(text).lstrip("\n").encode())
    return suggest(source, [page], CONTEXT, TODAY)


def only(text: str, **settings) -> Suggestion:
    (one,) = found(text, **settings)
    return one


def read_back(offered: Suggestion, **settings):
    source = SourceSettings(name="site", format="markdown", path="content/*.md", **settings)
    return read_source(source, [Blob("content/new.md", offered.page.encode())], CONTEXT)


@pytest.mark.parametrize(("sentence", "when"), EVENTS)
def test_a_sentence_that_tells_of_an_event_is_offered_with_its_own_words(sentence: str, when: str) -> None:
    offered = found(f"# Tables\n\n{sentence}\n")
    assert [one.when_text.removesuffix(" (date to be announced)") for one in offered] == [when]


def test_words_that_are_no_date_by_nature_stay_words() -> None:
    offered = only("We meet on the last Friday of the quarter at 11am.\n")
    assert offered.when == Vague("last Friday of the quarter at 11am")
    assert [finding.code for finding in offered.findings] == ["I-VAGUE"]
    assert "recurrence" not in offered.page


def test_what_comes_every_month_is_offered_with_its_rule() -> None:
    page = only("The circle meets on the first and third Tuesday of the month at 4pm.\n").page
    assert '# recurrence: "FREQ=MONTHLY;BYDAY=1TU,3TU"' in page
    assert '# start: "YYYY-MM-DD 16:00"' in page
    assert "INTERVAL=2;BYDAY=TH" in only("We meet every other Thursday at noon.\n").page


@pytest.mark.parametrize("sentence", OTHERS)
def test_a_sentence_that_tells_of_none_is_passed_over(sentence: str) -> None:
    assert [one.when_text for one in found(f"# Tables\n\n{sentence}\n") if not one.over] == []


def test_nearly_all_that_is_offered_is_an_event_and_nearly_every_event_is_offered() -> None:
    events = [sentence for sentence, _ in EVENTS] + list(MISSED)
    offered = [sentence for sentence in (*events, *OTHERS, *MISTAKEN) if any(not one.over for one in found(sentence))]
    right = [sentence for sentence in offered if sentence in events]
    assert len(right) / len(offered) >= 0.97
    assert len(right) / len(events) >= 0.97


def test_a_community_page_yields_its_two_events_as_vague_as_they_are_written() -> None:
    tables, days = found(COMMUNITY_PAGE)
    assert (tables.title, tables.when_text) == ("Quiet tables", "Mondays, usually around 12 - 1 PM")
    assert (days.title, days.when_text) == ("Data days", "usually end of the quarter on a Friday from 11am-2pm PT")
    assert isinstance(tables.when, Vague)
    assert isinstance(days.when, Vague)
    assert tables.tags == ("community",)


def test_sentence_and_line_are_those_of_the_file() -> None:
    tables, days = found(COMMUNITY_PAGE)
    lines = textwrap.dedent(COMMUNITY_PAGE).lstrip("\n").split("\n")
    assert "All through the quarter" in lines[(tables.origin.line or 0) - 1]
    assert "at the end of the quarter" in lines[(days.origin.line or 0) - 1]
    assert tables.sentence == "All through the quarter we share a table on Mondays, usually around 12 - 1 PM."


def test_the_offer_is_a_page_in_the_style_of_the_file() -> None:
    tables = found(COMMUNITY_PAGE)[0]
    assert tables.page == textwrap.dedent("""\
        +++
        # content/community.md:21 says: All through the quarter we share a table on Mondays, usually around 12 - 1 PM.
        title = "Quiet tables"

        [extra]
        kind = "event"
        when = "Mondays, usually around 12 - 1 PM"
        # No first and no last day is named. Fill them in and take the # away:
        # start = "YYYY-MM-DD 12:00"
        # end = "YYYY-MM-DD 13:00"
        # recurrence = "FREQ=WEEKLY;BYDAY=MO"
        # until = "YYYY-MM-DD"

        [taxonomies]
        tags = ["community"]
        +++

        All through the quarter we share a table on Mondays, usually around 12 - 1 PM.
        """)


def test_filling_in_the_blanks_makes_a_series() -> None:
    page = found(COMMUNITY_PAGE)[0].page
    filled = page.replace("# start", "start").replace("# end", "end").replace("# recurrence", "recurrence")
    filled = filled.replace("# until", "until").replace('until = "YYYY-MM-DD"', 'until = "2027-03-15"')
    filled = filled.replace("YYYY-MM-DD", "2027-01-04")
    source = SourceSettings(name="site", format="markdown", path="content/*.md")
    (item,) = read_source(source, [Blob("content/new.md", filled.encode())], CONTEXT).items
    assert item.when is not None
    assert item.when.kind == "recurrence"
    assert not item.held_back


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in EVENTS])
@pytest.mark.parametrize("front", ["+++\ntitle = 'Here'\n+++\n", "---\ntitle: Here\ntags: [a, b]\n---\n", ""])
def test_what_is_offered_reads_back_as_an_event_of_the_same_time(sentence: str, front: str) -> None:
    offered = only(f"{front}# Tables\n\n{sentence}\n")
    (item,) = read_back(offered).items
    assert item.kind == "event"
    assert item.when == offered.when
    assert item.title == offered.title
    assert item.held_back == any(finding.level == "error" for finding in offered.findings)


def test_only_a_missing_year_keeps_an_offered_event_from_being_read() -> None:
    for sentence, _ in EVENTS:
        errors = [finding for finding in only(sentence).findings if finding.level == "error"]
        assert all("the year is missing" in finding.text for finding in errors), sentence


def test_the_fields_stand_where_the_map_of_the_source_looks_for_them() -> None:
    fields = {"dates": "extra.class.dates", "tags": "taxonomies.tags", "title": "title", "start": "extra.class.start"}
    text = (
        "+++\ntitle = 'A'\n[taxonomies]\ntags = ['tea']\n[extra]\nx = 1\n+++\n\nTea: join us every Monday at 3pm.\n"
    )
    offered = only(text, fields=fields)
    assert '[extra.class]\ndates = "every Monday at 3pm"' in offered.page
    assert '# start = "YYYY-MM-DD 15:00"' in offered.page
    (item,) = read_back(offered, fields=fields).items
    assert (item.kind, item.tags) == ("event", ("tea",))


def test_a_date_without_a_year_is_never_completed_but_in_a_comment() -> None:
    offered = only(
        "---\ntitle: Soup\n---\n\nCome for soup on  October 6th, Noon - 1pm PT. [Register Here!](https://example.org/r)\n"
    )
    assert isinstance(offered.when, Vague)
    assert 'when: "October 6th, Noon - 1pm PT"\n# The year is missing.' in offered.page
    assert '# when: "October 6th, 2027, Noon - 1pm PT"' in offered.page
    assert offered.registration_url == "https://example.org/r"


def test_a_weekday_decides_which_year_is_asked_about() -> None:
    offered = only("Join us on Wednesday, October 6th at noon.\n")
    assert "If Wednesday 6 October 2027 is meant" in offered.page
    offered = only("Join us on Thursday, October 5th at noon.\n")
    assert "If Thursday 5 October 2028 is meant" in offered.page


def test_the_day_a_post_was_published_tells_that_its_event_is_over() -> None:
    post = "---\ntitle: Social\ndate: {}\n---\n\nJoin us for lunch on November 20th, noon to 1pm.\n"
    assert only(post.format("2026-11-02"), kind="announcement").over
    assert only(post.format("2025-11-02"), kind="announcement").over
    assert not only(post.format("2026-11-25"), kind="announcement").over


def test_a_full_date_is_read_and_what_has_passed_is_marked() -> None:
    coming = only("The workshop is on Tuesday, January 12, 2027, 3-4:30pm.\n")
    assert isinstance(coming.when, Instant)
    assert not coming.over
    assert only("The workshop is on Tuesday, January 13, 2026, 3-4:30pm.\n").over


def test_a_wrong_weekday_is_offered_with_what_is_wrong() -> None:
    offered = only("The workshop takes place on Monday, January 12, 2027, at 3pm.\n")
    assert [finding.code for finding in offered.findings] == ["E-WEEKDAY"]


def test_a_day_that_does_not_exist_lacks_no_year() -> None:
    offered = only("The workshop takes place on February 30, 2027, at 3pm.\n")
    assert [finding.code for finding in offered.findings] == ["E-DATE"]
    assert "year is missing" not in offered.hint


def test_sessions_between_two_dates_stay_what_they_are() -> None:
    offered = only("Our study group meets Tuesdays, 19 January to 23 February 2027, 12-1 PM.\n")
    assert isinstance(offered.when, WeeklyRange)


def test_two_dates_with_clocks_of_their_own_are_two_events() -> None:
    text = "Join us on January 12, 2027 at noon in Hall A and on February 9, 2027 at 3pm in Hall B.\n"
    assert [one.when_text for one in found(text)] == ["January 12, 2027 at noon", "February 9, 2027 at 3pm"]


@pytest.mark.parametrize(
    "text",
    [
        "```\nWe meet on Mondays at noon.\n```\n",
        "# A\n\n    We meet on Mondays at noon.\n",
        "Write `We meet on Mondays at noon` in the field.\n",
        "<!-- We meet on Mondays at noon. -->\n",
        "<!--\n## Old\n\nWe meet on Mondays at noon.\n-->\n",
        "{% comment %}\nWe meet on Mondays at noon.\n{% endcomment %}\n",
        "Our club has [a page](https://example.org/mondays-at-noon-2027-01-04T12:00).\n",
        "Join https://example.org/on/2027-01-04/12:00 for more.\n",
        'A reader gets the line "Mondays 12-1 PM" in her mail.\n',
        "<script>\nvar text = 'We meet on Mondays at noon';\n</script>\n",
    ],
)
def test_code_comments_addresses_and_quotations_say_nothing(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Page\n\n## Tea\n\n### When\n\nMondays at 3pm.\n", "Tea"),
        ("# Page\n\n## Tea\n\n## Rooms\n\nWe meet on Mondays at 3pm.\n", "Rooms"),
        (
            "# Page\n\n## Upcoming events\n\n- **Bus night**: Mondays at 3pm\n- **Bee night**: June 4, 2027, 6pm\n",
            "Bus night",
        ),
        ("---\ntitle: Tea news\n---\n\nWe meet on Mondays at 3pm.\n", "Tea news"),
        ("Tea\n===\n\n> Come along on Mondays at 3pm.\n", "Tea"),
    ],
)
def test_the_title_is_the_nearest_heading_that_names_something(text: str, title: str) -> None:
    assert found(text)[0].title == title


def test_rows_of_a_table_are_sentences() -> None:
    text = "| what | when |\n|---|---|\n| Tea | Mondays 3-4 PM |\n| Soup | January 14, 2027, noon |\n"
    assert [one.when_text for one in found(text)] == ["Mondays 3-4 PM", "January 14, 2027, noon"]
    assert [one.origin.line for one in found(text)] == [3, 4]


def test_lines_are_right_behind_comments_and_code_of_many_lines() -> None:
    text = "# A\n\n<!-- one\ntwo\nthree -->\n\n```\ncode\n```\n\n{% if x %}\n\nWe meet on Mondays at noon.\n"
    assert only(text).origin.line == 13


def test_a_sentence_in_the_middle_of_a_paragraph_has_a_line_of_its_own() -> None:
    offered = only("# A\n\nOne line.\nAnother line,\nand a third. We meet\non Mondays at noon.\n")
    assert (offered.origin.line, offered.sentence) == (5, "We meet on Mondays at noon.")


def test_what_takes_place_or_expires_today_is_not_over() -> None:
    assert not only("The workshop is on Tuesday, December 1, 2026, 3-4:30pm.\n").over
    assert only("---\ntitle: Tea\nexpires: 2026-12-01\n---\n\nWe meet on Mondays at noon.\n")


def test_what_is_said_twice_on_a_page_is_offered_once() -> None:
    assert len(found("# Tea\n\nWe meet on Mondays at noon.\n\nAgain: we meet on Mondays at noon.\n")) == 1


@pytest.mark.parametrize(
    "front",
    ["draft: true", "start: 2027-01-04 12:00", "expires: 2026-11-30"],
)
def test_events_drafts_and_what_has_expired_are_passed_over(front: str) -> None:
    assert found(f"---\ntitle: Tea\n{front}\n---\n\nWe meet on Mondays at noon.\n") == ()


FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>News</title>
<item><title>Soup and maps</title><link>https://lab.example.org/soup</link><category>social</category>
<pubDate>Mon, 30 Nov 2026 09:00:00 GMT</pubDate>
<description>&lt;p&gt;The big soup is on December 16, 2026 at noon.
&lt;a href="https://lab.example.org/rsvp"&gt;Register here&lt;/a&gt;&lt;/p&gt;</description></item>
</channel></rss>
"""


def test_the_entries_of_a_feed_are_searched_too() -> None:
    feed = SourceSettings(name="news", format="feed", url="https://lab.example.org/feed.xml", naive="America/Denver")
    (soup,) = suggest(feed, [Blob("https://lab.example.org/feed.xml", FEED.encode())], CONTEXT, TODAY)
    assert (soup.title, soup.when_text) == ("Soup and maps", "December 16, 2026 at noon")
    assert soup.when == Instant(datetime(2026, 12, 16, 12), None, "America/Denver", "source_default")
    assert (soup.origin.source, soup.origin.path) == ("news", "https://lab.example.org/feed.xml")
    assert (soup.registration_url, soup.tags) == ("https://lab.example.org/rsvp", ("social",))
    assert 'when: "December 16, 2026 at noon"' in soup.page


def test_announcements_of_a_table_are_searched_and_its_events_are_not() -> None:
    rows = (
        b"kind,title,start,body\n"
        b"announcement,Soup,,Soup is on December 16 2026 at noon.\n"
        b"event,Hats,2026-12-08,Hats are shown on December 17 2026 at noon.\n"
    )
    table = SourceSettings(name="rows", format="csv", path="rows.csv")
    (soup,) = suggest(table, [Blob("rows.csv", rows)], CONTEXT, TODAY)
    assert (soup.title, soup.origin.path, soup.origin.line) == ("Soup", "rows.csv", 2)


def test_a_page_that_its_preset_makes_an_event_is_passed_over() -> None:
    page = """
        +++
        title = "Maps"

        [extra.event]
        dates = "Dec 9, 2026"
        +++

        We meet on December 16, 2026 at noon.
    """
    assert [one.title for one in found(page)] == ["Maps"]
    assert found(page, preset="zola") == ()
    assert found(page, fields="auto") == ()


@given(st.text(max_size=300))
def test_any_text_is_read_without_complaint(text: str) -> None:
    found(text)


@given(st.lists(st.sampled_from([*OTHERS, *(sentence for sentence, _ in EVENTS)]), min_size=1, max_size=8))
def test_a_page_offers_what_its_sentences_offer(sentences: list[str]) -> None:
    whole = {one.when_text for one in found("\n\n".join(sentences))}
    assert whole == {one.when_text for sentence in sentences for one in found(sentence)}


@pytest.mark.no_cover
def test_a_long_page_is_searched_in_time() -> None:
    text = "\n\n".join(sentence for sentence, _ in EVENTS * 40) + "\n\n" + "on 12 - 1 " * 20_000
    assert len(found(text)) >= len(EVENTS) - 1
