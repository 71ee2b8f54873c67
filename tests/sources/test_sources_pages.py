"""Pages as site generators hold them: titles, tags, links and dates arrive; nothing becomes a false event."""

from datetime import date, datetime

import pytest
from support_sources import codes, lines, one, read

from newsletter.model.item import Deadline
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, Vague, WeeklyRange


def test_a_toml_page_without_dates_is_a_page_with_its_links_made_absolute() -> None:
    reading = read("""
        +++
        title = "Meet us"
        template = "landing.html"

        [extra]
        boxes = ["map", "help"]
        headline = \"\"\"Come in, the kettle is on\"\"\"
        events_title = "What is next"
        +++

        ## Ways in

        - [Drop in](#drop-in)

        ## Drop in

        We sit together on Mondays, usually around 12 - 1 PM.
        Please [ask us](@/ask/_index.md) or read [the map](/map.pdf).
        """)
    (item,) = reading.items
    assert (item.kind, item.title, item.when, item.held_back) == ("page", "Meet us", None, False)
    assert "[ask us](https://lab.example.org/ask/)" in item.body
    assert "[the map](https://lab.example.org/map.pdf)" in item.body
    assert "- Drop in" in item.body
    assert codes(reading) == ["I-LINK"]


def test_a_yaml_post_with_a_comment_and_lists_is_an_announcement() -> None:
    item = one("""
        ---
        title: "Soon: a shelf for: everything"
        author: The Shelf Team
        categories: # keep at least one
          - Community
        tags:
          - shelves
          - care and repair
          - announcement
        ---

        > The plan is [here!](https://lab.example.org/plan/)

        More words.
        """)
    assert (item.kind, item.title) == ("announcement", "Soon: a shelf for: everything")
    assert item.tags == ("shelves", "care and repair", "announcement")
    assert (item.category, item.hosts) == ("Community", ("The Shelf Team",))
    assert "(https://lab.example.org/plan/)" in item.body


def test_a_page_without_front_matter_takes_its_first_heading_and_keeps_its_rule() -> None:
    item = one("# Values\n\nBe kind.\n\n---\n\nWhy is that? See [this](https://other.example.org/x).\n")
    assert (item.kind, item.title, item.summary) == ("page", "Values", "Be kind.")
    assert item.body.startswith("Be kind.\n\n---")


def test_bare_headers_are_front_matter_and_prose_with_a_colon_is_not() -> None:
    item = one("Title: Week 12\nDate: 2026-12-01\nTags: a, b\n\nHello.\n")
    assert (item.title, item.publish, item.tags, item.kind) == (
        "Week 12",
        date(2026, 12, 1),
        ("a", "b"),
        "announcement",
    )
    assert one("Note: this is prose.\n\nTitle: no.\n").body.startswith("Note: this is prose.")


def test_dashes_around_prose_are_a_rule_and_no_front_matter() -> None:
    reading = read("---\n\nJust words here\n\n---\n\n# Then a title\n")
    assert reading.items[0].title == "Then a title"
    assert not codes(reading)


def test_broken_front_matter_holds_the_page_back_and_names_the_line() -> None:
    reading = read("---\ntitle: One: two: three\ntags: [a]\n---\n\n# Shown\n\nWords.\n")
    assert (reading.items[0].title, reading.items[0].held_back) == ("Shown", True)
    assert (codes(reading), lines(reading)) == (["E-YAML"], [2])


def test_a_key_written_twice_is_an_error_with_both_lines() -> None:
    reading = read("---\ntitle: a\nplace: x\ntitle: b\n---\n")
    assert lines(reading) == [4]
    assert "line 2" in reading.problems[0].text


def test_front_matter_that_never_ends_is_an_error() -> None:
    reading = read('+++\ntitle = "a"\n')
    assert (codes(reading), lines(reading), reading.items[0].held_back) == (["E-FRONT-MATTER"], [1], True)


def test_scalars_stay_as_written() -> None:
    item = one(
        "---\ntitle: 1.10\ntags: [NO, 01234, 12:30, null]\n---\nx",
        fields={"custom.version": "title"},
        defaults={"cost": "free"},
    )
    assert item.title == "1.10"
    assert item.tags == ("NO", "01234", "12:30")
    assert item.custom == (("version", "1.10"),)
    assert item.cost == "free"


def test_a_field_map_reaches_into_tables_and_lists() -> None:
    item = one(
        "---\ntitle: Call\nevent_date: ignored\n"
        "time:\n  - - start: 2026-12-08T20:00:00Z\n      end: 2026-12-08T21:00:00Z\n---\n",
        fields={"start": "time[0][0].start", "end": "time[0][0].end"},
    )
    assert item.when == Instant(datetime(2026, 12, 8, 12), datetime(2026, 12, 8, 13), "America/Los_Angeles", "offset")


def test_a_mapping_that_nothing_answers_to_and_a_name_that_is_none_are_told() -> None:
    reading = read("---\ntitle: a\n---\nx", fields={"dates": "extra.dats", "titel": "title"})
    assert codes(reading) == ["E-FIELD", "W-FIELD"]
    assert "extra.dats" in reading.problems[1].text


def test_human_dates_come_from_their_own_tables() -> None:
    item = one(
        """
        +++
        title = "Tidy up"
        [extra.class_information]
        dates = "Winter 2027: Mondays Jan 11 - Feb 22, 2027"
        time = "Mondays Noon - 1:30pm PT"
        +++
        Words.
        """,
        fields={"dates": "extra.class_information.dates", "time": "extra.class_information.time"},
    )
    assert isinstance(item.when, WeeklyRange)
    assert (item.when.weekdays, item.when.first, item.when.last) == ((0,), date(2027, 1, 11), date(2027, 2, 22))
    assert (item.kind, item.when.timezone) == ("event", "America/Los_Angeles")


def test_a_date_nobody_can_read_holds_the_event_back_on_its_line() -> None:
    reading = read("---\ntitle: a\ndates: when the moon is blue\n---\nx")
    (item,) = reading.items
    assert isinstance(item.when, Vague)
    assert (item.held_back, lines(reading)) == (True, [3])


def test_a_list_of_dates_is_a_list_of_sessions() -> None:
    item = one("---\ntitle: a\ndates:\n  - 2027-01-19\n  - 2027-01-12\ntime: 12 - 1 PM\n---\nx")
    assert isinstance(item.when, Sessions)
    assert [session.start for session in item.when.sessions] == [datetime(2027, 1, 12, 12), datetime(2027, 1, 19, 12)]


def test_an_end_before_the_start_is_told_and_not_swapped() -> None:
    reading = read("---\ntitle: a\nstart: 2026-12-08 14:00\nend: 2026-12-08 13:00\n---\nx")
    assert reading.items[0].when == Instant(datetime(2026, 12, 8, 14), None, "America/Los_Angeles")
    assert (codes(reading), lines(reading), reading.items[0].held_back) == (["E-ORDER"], [4], True)


def test_an_unknown_zone_is_an_error_on_its_line() -> None:
    reading = read("---\ntitle: a\nstart: 2026-12-08 14:00\ntimezone: Mars/Base\n---\nx")
    assert (codes(reading), lines(reading), reading.items[0].held_back) == (["E-TZ"], [4], True)


def test_midnight_is_a_date_unless_the_source_says_otherwise() -> None:
    text = "---\ntitle: a\nstart: 2026-11-17T00:00:00+01:00\n---\nx"
    assert one(text).when == AllDay(date(2026, 11, 17), date(2026, 11, 17))
    assert one(text, midnight_is_date=False).when == Instant(
        datetime(2026, 11, 16, 15), None, "America/Los_Angeles", "offset"
    )


def test_an_offset_of_the_other_season_is_doubted_or_dropped_by_policy() -> None:
    text = "---\ntitle: a\nstart: 2026-07-08T12:00:00-08:00\n---\nx"
    trusted = read(text)
    assert trusted.items[0].when == Instant(datetime(2026, 7, 8, 13), None, "America/Los_Angeles", "offset")
    assert (codes(trusted), lines(trusted)) == (["W-OFFSET"], [3])
    assert one(text, offset="wall_clock").when == Instant(datetime(2026, 7, 8, 12), None, "America/Los_Angeles")


def test_an_exclusive_end_is_the_day_before() -> None:
    text = "---\ntitle: a\nstart: 2026-12-08\nend: 2026-12-10\n---\nx"
    assert one(text).when == AllDay(date(2026, 12, 8), date(2026, 12, 10))
    assert one(text, end="exclusive").when == AllDay(date(2026, 12, 8), date(2026, 12, 9))


def test_a_duration_gives_the_end() -> None:
    for written in ("90", "1h 30m", "PT1H30M", "1.5 hours"):
        item = one(f"---\ntitle: a\nstart: 2026-12-08 12:00\nduration: {written}\n---\nx")
        assert isinstance(item.when, Instant)
        assert item.when.end == datetime(2026, 12, 8, 13, 30)


def test_a_rule_with_exceptions_until_and_expiry() -> None:
    item = one("""
        ---
        title: Co-working
        start: 2026-09-28 12:00
        end: 2026-09-28 13:00
        recurrence: FREQ=WEEKLY;BYDAY=MO
        exceptions:
          - 2026-12-21: the building sleeps
          - 2026-12-28
        until: 2027-03-15
        expires: 2027-03-01
        ---
        x
        """)
    assert isinstance(item.when, Recurrence)
    assert item.when.rules == ("FREQ=WEEKLY;BYDAY=MO",)
    assert item.when.until == date(2027, 3, 1)
    assert [(one.original, one.status, one.note) for one in item.when.overrides] == [
        (datetime(2026, 12, 21, 12), "cancelled", "the building sleeps"),
        (datetime(2026, 12, 28, 12), "cancelled", ""),
    ]


def test_a_rule_within_the_day_is_refused() -> None:
    reading = read("---\ntitle: a\nstart: 2026-12-08 12:00\nrecurrence: FREQ=HOURLY\n---\nx")
    assert (codes(reading), lines(reading), reading.items[0].held_back) == (["E-RECURRENCE"], [4], True)


def test_lines_of_a_rule_may_bring_their_own_start_and_holes() -> None:
    item = one("""
        ---
        title: Call
        rrule:
          - DTSTART;TZID=America/New_York:20260405T130000
          - RRULE:FREQ=MONTHLY;BYDAY=1TU
          - EXDATE:20260505
        ---
        x
        """)
    assert isinstance(item.when, Recurrence)
    assert (item.when.start, item.when.timezone) == (datetime(2026, 4, 5, 13), "America/New_York")
    assert item.when.exdates == (datetime(2026, 5, 5, 13),)


def test_deadlines_are_listed_with_their_lines() -> None:
    reading = read("""
        ---
        title: Datathon
        start: 2026-12-11 11:00
        registration_url: /register/
        registration_deadline: 2026-12-09
        deadlines:
          - label: Lunch
            at: 2026-12-08T17:00
            url: /lunch/
          - label: Posters
            at: someday
        ---
        x
        """)
    lunch, sign_up = reading.items[0].deadlines
    assert (lunch.label, lunch.at, lunch.url) == (
        "Lunch",
        datetime(2026, 12, 8, 17),
        "https://lab.example.org/lunch/",
    )
    assert (sign_up.at, sign_up.url) == (date(2026, 12, 9), "https://lab.example.org/register/")
    assert isinstance(sign_up, Deadline)
    assert (codes(reading), lines(reading)) == (["E-DEADLINE"], [10])


def test_follows_series_and_id_arrive() -> None:
    item = one("---\nid: circle-1\ntitle: a\nseries: Dives\nfollows: dive-1\nstart: 2026-12-08\n---\nx")
    assert (item.id, item.series, item.follows) == ("circle-1", "Dives", "dive-1")


def test_without_an_id_the_path_is_the_id() -> None:
    assert one("# a", path="content/a.md").id == "lab:content/a.md"


def test_what_is_not_published_is_said_and_not_told() -> None:
    for sign in ("draft: true", "published: false", "status: wip", "hidden: yes", "visible: no"):
        reading = read(f"---\ntitle: Secret\n{sign}\n---\nx")
        assert not reading.items
        assert codes(reading) == ["I-DRAFT"]


def test_a_bare_date_is_that_of_a_post_unless_it_looks_like_an_event() -> None:
    post = one("---\ntitle: a\ndate: 2026-12-01\n---\nx")
    assert (post.kind, post.publish, post.when) == ("announcement", date(2026, 12, 1), None)
    event = one("---\ntitle: a\ndate: 2026-12-01\ntime: 12 - 1 PM\n---\nx")
    assert (event.kind, event.publish) == ("event", None)


def test_an_event_source_says_which_page_lacks_a_date() -> None:
    reading = read("---\ntitle: a\ndats: 2026-12-01\n---\nx", kind="event")
    assert (reading.items[0].held_back, codes(reading)) == (True, ["E-NO-DATE"])
    assert read("---\ntitle: All\n---\nx", path="content/_index.md", kind="event").items[0].kind == "page"


@pytest.mark.parametrize("settings", [{"kind": "announcement"}, {"fields": {"start": "date"}}, {"preset": "hugo"}])
def test_a_page_that_lists_others_is_a_page_whatever_date_its_generator_gave_it(settings: dict[str, object]) -> None:
    head = "---\ntitle: News\ndate: 2020-01-01\n---\nx"
    assert one(head, path="content/news/_index.md", **settings).kind == "page"
    assert one(head.replace("date:", "start:"), path="content/news/_index.md").kind == "event"


def test_the_date_in_a_post_s_name_is_when_it_was_told() -> None:
    item = one("---\ntitle: a\n---\nx", path="_posts/2026-5-29-why.md")
    assert (item.kind, item.publish) == ("announcement", date(2026, 5, 29))


def test_a_page_without_any_title_goes_by_its_file_name() -> None:
    reading = read("Only words.\n", path="content/2026-12-01-open-house.md")
    assert (reading.items[0].title, codes(reading)) == ("Open house", ["W-TITLE"])


def test_a_title_that_was_never_filled_in_is_told_once_with_what_stands_in() -> None:
    reading = read("---\ntitle: FIXME\n---\nx", path="content/open-house.md")
    assert (reading.items[0].title, codes(reading)) == ("Open house", ["W-PLACEHOLDER"])
    assert "'FIXME'; 'Open house' stands in" in reading.problems[0].text
    headed = read("---\ntitle: TBA\n---\n# Open day\n\nx", path="content/open-house.md")
    assert (headed.items[0].title, codes(headed)) == ("Open house", ["W-PLACEHOLDER"])


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("registration_deadline", "Registration deadline"),
        ("cfpEndDate", "Call for proposals closes"),
        ("extra.cfp-end-date", "Call for proposals closes"),
        ("applyBy", "Apply by"),
        ("Register by (PT)", "Register by (PT)"),
    ],
)
def test_a_deadline_s_key_is_said_in_words(key: str, label: str) -> None:
    reading = read(f"---\ntitle: Talk\nstart: 2026-12-10\n{key}: 2026-12-09\n---\nx", fields={"deadline": key})
    assert [deadline.label for deadline in reading.items[0].deadlines] == [f"{label}: Talk"]


@pytest.mark.parametrize(
    "code",
    ["{{< meta event.room >}}", "{{<meta event.room>}}", '{{< param "event.room" >}}', "{{ page.event.room }}"],
)
def test_template_code_that_asks_for_a_field_of_the_page_becomes_its_words(code: str) -> None:
    head = "---\ntitle: a\nevent:\n  room: the old mill\n---\n"
    assert one(f"{head}Bring tea to {code}.").body == "Bring tea to the old mill."
    untitled = one(f"---\nevent:\n  room: the old mill\n---\n# Tea in {code}\n\nBring cups to {code}.")
    assert (untitled.title, untitled.body) == ("Tea in the old mill", "Bring cups to the old mill.")


@pytest.mark.parametrize("code", ["{{< meta room >}}", "{{< var room >}}", "{{ page.room }}", "{{ room }}"])
def test_template_code_that_leaves_a_hole_in_a_sentence_is_told_with_the_words_before_it(code: str) -> None:
    reading = read(f"---\ntitle: a\n---\nWe meet.\n\nBring tea to {code}, and cups.")
    assert codes(reading) == ["W-TEMPLATE"]
    assert f"({code}), and words are missing after 'Bring tea to'; write" in reading.problems[0].text


@pytest.mark.parametrize(
    "line", ["{{ room }}", "{{< fa cup >}} Bring tea.", "Bring tea {{< fa cup >}}.", "Tea {% x %}"]
)
def test_template_code_of_its_own_line_and_icons_leave_no_hole(line: str) -> None:
    assert codes(read(f"---\ntitle: a\n---\nWe meet.\n\n{line}\n")) == ["I-TEMPLATE"]


def test_template_code_and_comments_go_and_code_blocks_stay() -> None:
    reading = read(
        "---\ntitle: a\n---\n<!-- old event: 3 May -->\n{% include x.html %}"
        "See [it]({{ site.baseurl }}/it/){.btn}.\n\n"
        "::: {.note}\nInside.\n:::\n\n```\n{{ kept }} [a](b.md)\n```\n{{< video id=1 >}}\n"
    )
    body = reading.items[0].body
    assert "[it](https://lab.example.org/it/)." in body
    assert "{{ kept }} [a](b.md)" in body
    assert "Inside." in body
    assert not any(sign in body for sign in ("old event", "include", ":::", "video", ".btn"))
    assert codes(reading) == ["I-TEMPLATE"]


def test_links_that_lead_nowhere_become_words() -> None:
    reading = read("---\ntitle: a\n---\n[x](javascript:alert) [y](../y.md)", base_url="")
    assert reading.items[0].body == "x y"
    assert codes(reading) == ["W-LINK"]


def test_places_tell_their_mode() -> None:
    def place(text: str) -> tuple[str, str]:
        found = one(f"---\ntitle: a\nplace: {text}\n---\nx").place
        return found.mode, found.name

    assert place("Lakeview 1.203 and online") == ("hybrid", "Lakeview 1.203 and online")
    assert place("Online (Zoom)") == ("online", "Online (Zoom)")
    assert place("Room 4") == ("in_person", "Room 4")
    assert place("TBA") == ("tba", "")
    assert place("https://meet.example.org/x") == ("online", "")


def test_titles_lose_their_markup_and_nothing_else() -> None:
    for written, title in [
        ("1. Introduction", "1. Introduction"),
        ("# of bugs found", "# of bugs found"),
        ("The `map` of *all* things", "The map of all things"),
        ("C++: vector<int>", "C++: vector<int>"),
        ("<b>Bold</b> &amp; bright", "Bold & bright"),
    ]:
        assert one(f"---\ntitle: '{written}'\n---\nx").title == title
