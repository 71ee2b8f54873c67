"""Whatever the bytes are: a Reading, a problem by name, and the rest of the source."""

import io
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support_sources import ENDINGS, calendar, codes, read
from support_time import at_most

from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import FORMATS, Blob, SourceContext, read_source

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


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("event.ics", "BEGIN:VCALENDAR")
    return packed.getvalue()


def bomb(opening: str = "", closing: str = "") -> bytes:
    rows = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return (opening + "\n".join(rows) + closing).encode()


BAD = [
    ("markdown", bomb("---\n", "\n---\nwords\n"), "E-YAML"),
    ("yaml", bomb(), "E-YAML"),
    ("markdown", b"---\ntitle: &a [*a]\n---\n", "E-YAML"),
    ("yaml", b"[" * 100_000, "E-YAML"),
    ("yaml", b"- " * 100_000, "E-YAML"),
    ("yaml", b"{a: " * 3_000, "E-YAML"),
    ("json", b"[" * 3_000 + b"]" * 3_000, "E-JSON"),
    ("json", b'{"a":' * 3_000 + b"1" + b"}" * 3_000, "E-JSON"),
    ("json", b"[" * 100 + b"]" * 100, "E-JSON"),
    ("json", b'[{"title": "a", "title": "b"}]', "E-JSON"),
    ("toml", b"a = " + b"[" * 3_000, "E-TOML"),
    ("toml", b".".join([b"a"] * 50_000) + b" = 1", "E-TOML"),
    ("toml", b"a = " + b"9" * 10_000, "E-TOML"),
    ("markdown", b"+++\ntitle = 'a'\ntitle = 'b'\n+++\n", "E-TOML"),
    ("ics", zipped(), "E-FORMAT"),
    ("ics", b"<!doctype html><title>Please log in</title>", "E-ICS"),
    ("csv", b"\x89PNG\r\n", "E-FORMAT"),
    *[(kind, b"title" * 2_000_000, "E-SIZE") for kind in FORMATS],
    *[(kind, "title: a\n".encode("utf-16"), "E-ENCODING") for kind in FORMATS],
    *[(kind, b"title\0\n", "E-ENCODING") for kind in FORMATS],
    *[(kind, b"title: caf\xe9\n", "E-ENCODING") for kind in ("markdown", "json", "yaml", "toml")],
    ("csv", b"title,start\ncaf\xe9 \x81,2026-12-01\n", "E-ENCODING"),
]


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


HOSTILE = [
    ("markdown", b"[" * 200_000),
    ("markdown", b"[a](" * 50_000),
    ("markdown", b"<!--" * 50_000),
    ("markdown", b"{{" * 100_000),
    ("markdown", b"{%" * 100_000),
    ("markdown", b"`" * 100_000 + b"a" + b"`" * 99_999),
    ("markdown", b"`a" * 100_000),
    ("markdown", b"> " * 100_000),
    ("markdown", b"*a_" * 100_000),
    ("markdown", b"```\n" * 50_000),
    ("markdown", b"~~~ a\n" * 50_000),
    ("markdown", b"a: b\n" * 100_000),
    ("markdown", b"\n" * 500_000),
    ("markdown", b"<a href='" * 50_000),
    ("markdown", b"[a]{" * 100_000),
    ("markdown", b"<A " * 100_000),
    ("markdown", b":::" * 100_000),
    ("markdown", b"{: " * 100_000),
    ("markdown", b"---\n" + b"? " * 100_000 + b"\n---\n"),
    ("markdown", b"---\na: " + b"&x " * 50_000 + b"\n---\n"),
    ("yaml", b"a: " + b"x" * 4_000_000),
    ("yaml", b"'" * 1_000_000),
    ("csv", b'"' * 1_000_001),
    ("csv", b'a,b\n"' * 20_000),
    ("csv", b"," * 1_000_000),
    ("ics", b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 50_000),
    ("ics", b"BEGIN:VCALENDAR\n" * 50_000),
    ("ics", b"BEGIN:VCALENDAR\n" + b"END:VEVENT\n" * 100_000),
    ("ics", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + b"a\n " * 500_000),
    ("json", b'"' + b"\\" * 1_000_000),
    ("json", b"{" * 1_000_000),
]


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
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400) | MADE)
def test_any_bytes_give_a_reading_and_are_accounted_for(kind: str, data: bytes) -> None:
    reading = read(data, kind)
    assert reading.items or reading.problems
    assert all(problem.text and problem.origin.path for problem in reading.problems)
    errors = {problem.origin.line for problem in reading.problems if problem.level == "error"}
    assert not any(item.held_back for item in reading.items) or errors


@pytest.mark.parametrize("kind", ["markdown", "yaml", "csv", "json"])
@settings(max_examples=300, deadline=None)
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
