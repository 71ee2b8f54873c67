"""decisions.toml: what editors decide is read by line, and what they cannot have meant is said."""

import textwrap
from datetime import date, datetime

import pytest

from newsletter.model.decisions import Decisions
from newsletter.model.item import Place
from newsletter.model.when import Instant
from newsletter.sources.blob import Blob, SourceContext
from newsletter.sources.decisions_file import read_decisions

SEATTLE = "America/Los_Angeles"


def decide(text: str | bytes) -> Decisions:
    data = text if isinstance(text, bytes) else textwrap.dedent(text).lstrip("\n").encode()
    return read_decisions(Blob("decisions.toml", data), SourceContext(SEATTLE))


def faults(text: str) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.origin.line) for problem in decide(text).problems]


def test_pairs_are_read_with_their_reason_and_line() -> None:
    found = decide(
        """
        # The lab's calendar copies the website by hand.
        [[same]]
        ids = ["events:a.md", "cal-7"]
        reason = "one talk, two titles"

        [[different]]
        ids = ["x", "y", "z", "x"]
        """
    )

    assert found.problems == ()
    assert [(one.ids, one.reason, one.origin.line) for one in found.same] == [
        (("events:a.md", "cal-7"), "one talk, two titles", 2)
    ]
    assert [(one.ids, one.reason, one.origin.line) for one in found.different] == [(("x", "y", "z"), "", 6)]
    assert str(found.same[0].origin) == "decisions.toml:2"


def test_an_override_says_what_an_item_would_hold() -> None:
    found = decide(
        """
        [[override]]
        id = "cal-7"
        reason = "the calendar has the old room"
        until = 2026-12-31

        [override.fields]
        place = { name = "Lakeview 2.101", url = "https://meet.example.org/7" }
        start = "2026-12-08 13:00"
        end = "2026-12-08 14:00"
        hosts = ["Amara Okafor", "Piotr Sadowski"]
        expires = 2026-12-09
        """
    )

    assert found.problems == ()
    values = {one.attribute: one.value for one in found.overrides}
    assert values == {
        "place": Place("in_person", "Lakeview 2.101", "", "https://meet.example.org/7"),
        "when": Instant(datetime(2026, 12, 8, 13), datetime(2026, 12, 8, 14), SEATTLE),
        "hosts": ("Amara Okafor", "Piotr Sadowski"),
        "expires": date(2026, 12, 9),
    }
    assert [(one.field, one.origin.line) for one in found.overrides] == [
        ("place", 7),
        ("start, end", 8),
        ("hosts", 10),
        ("expires", 11),
    ]
    assert {(one.id, one.reason, one.until) for one in found.overrides} == {
        ("cal-7", "the calendar has the old room", date(2026, 12, 31))
    }


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        ('Title = "Maps"', "title", "Maps"),
        ('location = "Online"', "place", Place("online", "Online")),
        ('rsvp = "https://data.example.org/r"', "registration_url", "https://data.example.org/r"),
        ('cost = ""', "cost", ""),
        ('tags = ["deep-dive", "maps"]', "tags", ("deep-dive", "maps")),
        ('status = "cancelled"', "status", "cancelled"),
        ('status = "draft"', "status", "draft"),
        ('visibility = "members"', "visibility", "members"),
        ('dates = "Tuesday, December 8, 2026", time = "Noon - 1pm"', "when",
         Instant(datetime(2026, 12, 8, 12), datetime(2026, 12, 8, 13), SEATTLE)),
    ],
)  # fmt: skip
def test_fields_go_by_the_names_that_sources_use(fields: str, attribute: str, value: object) -> None:
    found = decide(f'[[override]]\nid = "a"\nfields = {{ {fields} }}\n')

    assert found.problems == ()
    assert [(one.attribute, one.value, one.until) for one in found.overrides] == [(attribute, value, None)]


def test_a_hidden_entry_may_be_put_right_in_other_fields_too() -> None:
    found = decide('[[override]]\nid = "a"\n[override.fields]\nstatus = "draft"\ncost = "free"\n')

    assert [(one.attribute, one.value) for one in found.overrides] == [("status", "draft"), ("cost", "free")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[same]]\nids = ["a"]\n', [("E-DECISION", 2)]),
        ('[[same]]\nids = "a, b"\n', [("E-DECISION", 2)]),
        ('[[same]]\nids = ["a", "a"]\n', [("E-DECISION", 2)]),
        ('[[different]]\nreason = "no ids"\n', [("E-DECISION", 1)]),
        ('[[same]]\nids = ["a", "b"]\nbecause = "x"\n', [("E-DECISION", 3)]),
        ('[same]\nids = ["a", "b"]\n', [("E-DECISION", 1)]),
        ('[[merge]]\nids = ["a", "b"]\n', [("E-DECISION", 1)]),
        ('[[override]]\nfields = { cost = "free" }\n', [("E-DECISION", 1)]),
        ('[[override]]\nid = "a"\n', [("E-DECISION", 1)]),
        ('[[override]]\nid = "a"\nfields = {}\n', [("E-DECISION", 1)]),
        ('[[override]]\nid = "a"\nfields = "free"\n', [("E-DECISION", 1)]),
        ('[[override]]\nid = "a"\n[override.fields]\nplaec = "Room"\n', [("E-DECISION", 4)]),
        ('[[override]]\nid = "a"\n[override.fields]\nid = "b"\n', [("E-DECISION", 4)]),
        ('[[override]]\nid = "a"\n[override.fields]\ncost = "x"\ntime = "Noon"\n', [("E-DECISION", 3)]),
        ('[[override]]\nid = "a"\n[override.fields]\ncost = "x"\nvisibility = ""\n', [("E-DECISION", 5)]),
        ('[[override]]\nid = "a"\n[override.fields]\ntitle = ""\n', [("E-DECISION", 4)]),
        ('[[override]]\nid = "a"\nuntil = "soon"\nfields = { cost = "free" }\n', [("E-DECISION", 3)]),
        ('[[override]]\nid = "a"\n[override.fields]\nstart = "2026-12-08"\nend = "2026-12-07"\n', [("E-ORDER", 5)]),
        ('[[override]]\nid = "a"\n\n[override.fields]\nexpires = "tomorrow"\n', [("E-DATE", 5)]),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line_and_not_followed(text: str, expected: list[object]) -> None:
    found = decide(text)

    assert [(problem.code, problem.origin.line) for problem in found.problems] == expected
    assert all(problem.level == "error" for problem in found.problems)
    assert (found.same, found.different, found.overrides) == ((), (), ())


def test_one_broken_entry_costs_only_itself() -> None:
    found = decide(
        """
        [[override]]
        id = "a"
        fields = { colour = "red" }

        [[override]]
        id = "b"
        fields = { cost = "free" }
        """
    )

    assert [problem.origin.line for problem in found.problems] == [3]
    assert [one.id for one in found.overrides] == ["b"]


def test_a_misspelt_field_is_met_with_the_right_one() -> None:
    (problem,) = decide('[[override]]\nid = "a"\n[override.fields]\nplaec = "Room"\n').problems

    assert "'place'" in problem.text
    assert problem.origin.source == "decisions"


def test_a_file_that_is_no_toml_is_one_problem() -> None:
    assert faults("[[same]\n") == [("E-TOML", 1)]
    assert [problem.code for problem in decide(b"\xff\xfea").problems] == ["E-ENCODING"]


def test_an_empty_file_decides_nothing() -> None:
    assert decide("# nothing yet\n") == Decisions()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[[merge]]\nids = ["a", "b"]\n',
            "'merge' is nothing that can be decided; write [[same]], [[different]], [[override]]",
        ),
        ('[same]\nids = ["a", "b"]\n', "write [[same]] with two brackets: there may be several"),
        ('[[same]]\nids = ["a", "b"]\nwhy = "x"\n', "[[same]] has no 'why'; it holds ids, reason"),
        ('[[same]]\nids = ["a"]\n', '[[same]] needs two ids or more: ids = ["one", "other"]'),
        ('[[override]]\nfields = { cost = "free" }\n', "[[override]] needs the id of the entry that it is about"),
        ('[[override]]\nid = "a"\n', "[[override]] needs fields, such as fields = { place"),
        (
            '[[override]]\nid = "a"\nuntil = "soon"\nfields = { cost = "" }\n',
            "until = 'soon' is no date, such as 2027-01-31",
        ),
        ('[[override]]\nid = "a"\nfields = { title = "" }\n', "title may be another, but not empty"),
        ('[[override]]\nid = "a"\nfields = { status = "" }\n', "status may be another, but not empty"),
        ('[[override]]\nid = "a"\nfields = { start = "" }\n', "start may be another, but not empty"),
        (
            '[[override]]\nid = "a"\nfields = { time = "Noon" }\n',
            "a time needs its day beside it; write start or dates as well",
        ),
        (
            '[[override]]\nid = "a"\nfields = { hsots = "Ada" }\n',
            "'hsots' is no field that can be overridden; did you mean 'hosts'?",
        ),
        (
            '[[override]]\nid = "a"\nfields = { qqqq = "x" }\n',
            "no field that can be overridden; there are start, start_time, end",
        ),
    ],
)
def test_the_sentence_says_what_to_write(text: str, words: str) -> None:
    (problem,) = decide(text).problems

    assert words in problem.text


def test_relative_links_and_bad_values_are_named_in_their_own_line() -> None:
    found = decide('[[override]]\nid = "a"\n[override.fields]\ncost = "free"\nurl = "/maps/"\n')

    assert [(problem.level, problem.code, problem.origin.line) for problem in found.problems] == [
        ("warning", "W-LINK", 5)
    ]
    assert [one.attribute for one in found.overrides] == ["cost", "url"]


def test_deadlines_and_a_repetition_may_be_overridden() -> None:
    found = decide(
        """
        [[override]]
        id = "a"
        [override.fields]
        deadlines = [{ label = "RSVP", at = 2026-12-01 }]
        start = "2026-12-07 12:00"
        recurrence = "FREQ=WEEKLY;BYDAY=MO"
        """
    )

    assert found.problems == ()
    values = {one.attribute: one.value for one in found.overrides}
    assert [(one.label, one.at) for one in values["deadlines"]] == [("RSVP", date(2026, 12, 1))]
    assert values["when"].rules == ("FREQ=WEEKLY;BYDAY=MO",)


def test_a_lone_deadline_is_one_of_the_deadlines() -> None:
    (one,) = decide('[[override]]\nid = "a"\nfields = { register_by = "2026-12-01" }\n').overrides

    assert (one.attribute, [deadline.at for deadline in one.value]) == ("deadlines", [date(2026, 12, 1)])


def test_a_rule_without_a_start_is_told_as_in_any_source() -> None:
    assert faults('[[override]]\nid = "a"\n[override.fields]\nrecurrence = "FREQ=WEEKLY"\n') == [("E-RECURRENCE", 4)]
