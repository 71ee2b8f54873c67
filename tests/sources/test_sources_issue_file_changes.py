"""An editor's file changed from elsewhere: what was asked for, and not a byte besides, whatever the values hold."""

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.problem import has_errors
from newsletter.sources.blob import Blob, SourceContext, UnreadableError
from newsletter.sources.issue_file import read_issue_file, split
from newsletter.sources.issue_file_changes import Changes, with_changes

FILE = """+++
# The week of the buses.
subject = "Buses"        # the line that an inbox shows
preheader = ''
by = "Sunita Rao"

pins = ["datathon"]            # first
hides = [
    # nobody comes to these
    "open-house",   # it is closed
    'tour'
]
# keep these below

[overrides."cal-9"]   # the calendar has the wrong room
place = "Lakeview 2.101"
start = "2026-12-08 13:00"

[[silence]]
rule = "time.relative"
reason = "read on the day"

#: In the issue as it was drafted:
+++

Two paragraphs.

+++ and this is no fence.
"""


def changed(text: str = FILE, **what: object) -> str:
    return with_changes(text.encode(), Changes(**what)).decode()


def lines_of(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that only one of them has."""
    one, other = before.splitlines(), after.splitlines()
    return [line for line in one if line not in other], [line for line in other if line not in one]


@pytest.mark.parametrize(("what", "gone", "come"), [
    ({"words": {"subject": "Trams"}},
     ['subject = "Buses"        # the line that an inbox shows'],
     ['subject = "Trams"        # the line that an inbox shows']),
    ({"words": {"role": "editor"}}, [], ['role = "editor"']),
    ({"lists": {"pins": ("datathon", "cal-9")}},
     ['pins = ["datathon"]            # first'], ['pins = ["datathon", "cal-9"]            # first']),
    ({"lists": {"pins": ()}}, ['pins = ["datathon"]            # first'], []),
    ({"lists": {"order": ("events",)}}, [], ['order = ["events"]']),
    ({"lists": {"hides": ("tour", "cal-9")}},
     ["    # nobody comes to these", '    "open-house",   # it is closed', "    'tour'"],
     ["    'tour',", '    "cal-9",']),
    ({"overrides": {"cal-9": {"place": "Lakeview 1"}}}, ['place = "Lakeview 2.101"'], ['place = "Lakeview 1"']),
    ({"overrides": {"cal-9": {"title": "Maps"}}}, [], ['title = "Maps"']),
    ({"overrides": {"cal-9": {"place": "", "start": ""}}},
     ['[overrides."cal-9"]   # the calendar has the wrong room', 'place = "Lakeview 2.101"',
      'start = "2026-12-08 13:00"'], []),
    ({"overrides": {"a b": {"summary": "x"}}}, [], ['[overrides."a b"]', 'summary = "x"']),
    ({"silence": ("evt.no-place", "", "walks")}, [], ['rule = "evt.no-place"', 'reason = "walks"']),
    ({"note": "One."}, ["Two paragraphs.", "+++ and this is no fence."], ["One."]),
    ({}, [], []),
])  # fmt: skip
def test_what_is_asked_for_is_changed_and_every_other_line_stays(what, gone, come) -> None:
    after = changed(**what)
    assert lines_of(FILE, after) == (gone, come)
    assert with_changes(after.encode(), Changes()) == after.encode()


def test_a_new_key_stands_by_its_like_and_above_the_tables() -> None:
    after = changed(words={"role": "editor"}, lists={"order": ("events",)})
    assert after.index("by =") < after.index("role =") < after.index("pins =") < after.index("order =")
    assert after.index("order =") < after.index("[overrides")


@pytest.mark.parametrize(
    "text", ["", "Only a note.\n", "+++\n+++\n", "+++\n# remark\n+++\nNote", "+++\r\nby = 'A'\r\n+++\r\n"]
)
def test_a_file_of_any_shape_gets_its_words(text: str) -> None:
    after = changed(text, words={"subject": "Maps"}, overrides={"x": {"place": "P"}}, note="New.")
    file = read(after)
    assert (file.note.subject, file.note.body) == ("Maps", "New.")
    assert [(one.id, one.field) for one in file.overrides] == [("x", "place")]
    assert not file.problems
    assert ("\r\n" in after) is ("\r\n" in text)
    assert after.count("\r\n") in (0, after.count("\n")), "line ends are not mixed"


def test_a_byte_order_mark_stays() -> None:
    assert changed("\ufeff" + FILE, words={"subject": "A"}).startswith("\ufeff+++\n")


@pytest.mark.parametrize("note", ["+++\nsubject = 'mine'\n+++\n", "---\na: 1\n---", "+++"])
def test_a_note_that_looks_like_front_matter_stays_a_note(note: str) -> None:
    after = changed("Words.\n", note=note)
    assert read(after).note.body == note.strip()
    assert read(after).note.subject == ""


@pytest.mark.parametrize("text", [
    "+++\nsubject = 1979-05-27\noverrides = { x = { place = 'P' } }\n+++\n",
    "+++\noverrides.x.place = 'P'\n+++\n",
    "+++\n[overrides]\nx = { place = 'P' }\n+++\n",
])  # fmt: skip
def test_what_is_written_otherwise_is_left_to_a_hand(text: str) -> None:
    with pytest.raises(UnreadableError, match="in the file itself"):
        changed(text, overrides={"x": {"place": "Q"}})


@pytest.mark.parametrize("data", [b"+++\nsubject = \n+++\n", b"+++\nopen", b"\xff\xfe", b"---\na: 1\n---\n"])
def test_a_file_that_cannot_be_read_is_not_written(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        with_changes(data, Changes(words={"subject": "A"}))


def read(text: str):
    return read_issue_file(Blob("issues/a.md", text.encode()), SourceContext("UTC"))


HOSTILE = st.text(alphabet=st.sampled_from("a\"'\\#=[]{}+,.\n\r\t\x00\x1f\x7f\u2028\ue000é𝄞")) | st.sampled_from(
    ['"""', "'''", '"\n+++\n', "+++", "[[silence]]", "\\", '"]\nby = "me', "#: "]
)
FILES = st.sampled_from([FILE, "", "Note.\n", FILE.replace("\n", "\r\n"), "+++\n# only this\n+++\n\nNote.\n"])


@given(FILES, HOSTILE, HOSTILE, HOSTILE.filter(str.strip), HOSTILE)
def test_no_value_breaks_out_of_its_place(text: str, subject: str, name: str, place: str, note: str) -> None:
    before = tomli.loads(split(text.replace("\r\n", "\n"))[0])
    changes = Changes({"subject": subject}, {"pins": (name, subject)}, note, {name: {"place": place}})
    after = with_changes(text.encode(), changes)
    front, body = split(after.decode().replace("\r\n", "\n").replace("\r", "\n"))
    said = tomli.loads(front)

    assert said.pop("subject") == subject
    assert said.pop("pins") == [name, subject]
    assert said["overrides"].pop(name)["place"] == place
    assert body.strip() == note.replace("\r\n", "\n").replace("\r", "\n").strip()
    for key in ("subject", "pins", "overrides"):
        before.pop(key, None)
        said.pop(key, None)
    assert said == before
    assert not has_errors([one for one in read(after.decode()).problems if one.code == "note.toml"])


@given(HOSTILE, HOSTILE)
def test_what_is_put_in_and_taken_out_leaves_the_file_as_it_was(name: str, text: str) -> None:
    put = with_changes(FILE.encode(), Changes(overrides={f"{name}!": {"title": f"{text}x"}}))
    taken = with_changes(put, Changes(overrides={f"{name}!": {"title": ""}}))
    assert taken == FILE.encode()
