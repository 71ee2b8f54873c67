"""Whatever the bytes are: a Reading, a problem by name, and the rest of the source."""

import io
import time

import pytest
from bad_inputs import BAD, HOSTILE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support_sources import ENDINGS, calendar, codes, read
from support_time import at_most

from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import FORMATS, Blob, SourceContext, read_source

# Floods run the lines that one event runs, thousands of times; the tests of each format tell what is covered.
pytestmark = pytest.mark.no_cover

GOOD = {
    "markdown": b"---\ntitle: Fine\n---\n\nGood words.\n",
    "ics": calendar("UID:fine\nSUMMARY:Fine\nDTSTART:20261201T120000\nDTEND:20261201T130000"),
    "csv": b"title,start\nFine,2026-12-01\n",
    "json": b'[{"title": "Fine", "start": "2026-12-01"}]',
    "yaml": b"- title: Fine\n  start: 2026-12-01\n",
    "toml": b'[[events]]\ntitle = "Fine"\nstart = 2026-12-01\n',
    "feed": b"<rss version='2.0'><channel><title>News</title><item><title>Fine</title></item></channel></rss>",
    "jsonld": b'<script type="application/ld+json">'
    b'{"@type": "Event", "name": "Fine", "startDate": "2026-12-01"}</script>',
}


@pytest.mark.parametrize(("kind", "data", "code"), BAD, ids=[f"{kind}-{n}" for n, (kind, _, _) in enumerate(BAD)])
def test_a_bad_file_is_named_at_once_and_costs_only_itself(kind: str, data: bytes, code: str) -> None:
    bad, good = f"content/bad.{ENDINGS.get(kind, kind)}", f"content/good.{ENDINGS.get(kind, kind)}"
    source = SourceSettings(name="lab", format=kind, path="content/*")
    begun = time.process_time()
    reading = read_source(source, [Blob(bad, data), Blob(good, GOOD[kind])], SourceContext("Europe/Berlin"))
    assert time.process_time() - begun < at_most(1)
    assert [(p.level, p.code) for p in reading.problems if p.origin.path == bad] == [("error", code)]
    assert [item.title for item in reading.items if item.origin.path == good] == ["Fine"]
    assert reading.sources[0].files == 2


@pytest.mark.parametrize(("kind", "data"), HOSTILE, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(HOSTILE)])
def test_hostile_input_is_read_or_refused_in_a_moment(kind: str, data: bytes) -> None:
    begun = time.process_time()
    reading = read(data, kind)
    assert time.process_time() - begun < at_most(3)
    assert reading.items or reading.problems


PIECES = st.sampled_from(
    [
        "---",
        "+++",
        "\n",
        "title",
        "Title",
        ": ",
        " = ",
        "2026-12-01",
        "dates",
        "start",
        "time",
        "12 - 1 PM",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        '"',
        "'",
        ",",
        ";",
        "- ",
        "<!--",
        "-->",
        "{{",
        "}}",
        "{%",
        "%}",
        "](",
        ")",
        "@/",
        "#",
        "`",
        "\t",
        "|",
        "BEGIN:VCALENDAR\n",
        "BEGIN:VEVENT\n",
        "END:VEVENT\n",
        "END:VCALENDAR\n",
        "DTSTART",
        ";TZID=",
        "RRULE:FREQ=WEEKLY",
        "\nDTSTART:20261201T100000Z\n",
        "\nDTEND:20251201\n",
        "\nRECURRENCE-ID:20261208T100000Z\n",
        "UID:a\n",
        "[[events]]\n",
        "recurrence: FREQ=DAILY\n",
        "deadlines:\n",
        "exceptions: ",
        "0001-01-01",
        "9999-12-31",
        "+14:00",
        "é",
        "\u2028",
        "🎉",
    ]
)
MADE = st.lists(PIECES | st.text(max_size=6), max_size=40).map(
    lambda parts: "".join(parts).encode("utf-8", "replace")
)


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400) | MADE)
def test_any_bytes_give_a_reading_and_are_accounted_for(kind: str, data: bytes) -> None:
    reading = read(data, kind)
    assert reading.items or reading.problems
    assert all(problem.text and problem.origin.path for problem in reading.problems)
    errors = {problem.origin.line for problem in reading.problems if problem.level == "error"}
    assert not any(item.held_back for item in reading.items) or errors


@pytest.mark.parametrize("kind", ["markdown", "yaml", "csv", "json"])
@settings(max_examples=80, deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from(
            [
                "title",
                "start",
                "end",
                "dates",
                "time",
                "timezone",
                "duration",
                "recurrence",
                "exceptions",
                "until",
                "expires",
                "publish",
                "deadlines",
                "place",
                "url",
                "tags",
                "status",
                "id",
                "body",
                "kind",
                "start_time",
                "end_time",
            ]
        ),
        st.sampled_from(
            [
                "2026-12-01",
                "2026-12-01T00:00:00Z",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31 23:59",
                "Mondays, Sept 28 - Dec 7, 2026",
                "12 - 1 PM",
                "FREQ=WEEKLY;COUNT=3",
                "FREQ=HOURLY",
                "event",
                "60",
                "Europe/Berlin",
                "Mars",
                "TBA",
                "Dec 1, 8, 2026",
                "99999",
                "PT99H",
                "2026-12-25, 2027-01-01",
                "2026-13-45",
                "10:00",
                "25:00+99:99",
                "https://[x",
                "#",
                "//",
                "draft",
            ]
        )
        | st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12),
    )
)
def test_any_words_in_any_field_give_a_reading(kind: str, values: dict[str, str]) -> None:
    import csv
    import json

    rows = "\n".join(f"{key}: {json.dumps(value)}" for key, value in values.items())
    table = io.StringIO()
    csv.writer(table).writerows([list(values) or ["title"], list(values.values()) or ["a"]])
    text = {
        "markdown": f"---\n{rows}\n---\nwords",
        "yaml": f"- {{{', '.join(rows.splitlines())}}}",
        "json": json.dumps([values]),
        "csv": table.getvalue(),
    }[kind]
    reading = read(text.encode(), kind)
    assert reading.items or codes(reading)


def test_a_time_beyond_the_calendar_is_an_error_of_its_own() -> None:
    data = b"title,start,duration\nLate,9999-12-31 23:59,60\nFine,2026-12-01 12:00,60\n"
    source = SourceSettings(name="lab", format="csv", path="content/*")
    reading = read_source(source, [Blob("content/talks.csv", data)], SourceContext("Europe/Berlin"))
    assert [(p.code, p.origin.line) for p in reading.problems if p.level == "error"] == [("E-YEAR", 2)]
    assert {item.title: item.held_back for item in reading.items} == {"Late": True, "Fine": False}
