"""What is wrong with somebody's front matter, told in plain words at the line of the cause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sources.frontmatter import split_page

FAULTS = [
    ("title: A\ntags: [a, b\nstart: 2026-12-08", 3, "The [ in this line is not closed by a ]"),
    ("title: A\ntags: [a, b", 3, "The [ in this line is not closed by a ]"),
    ("title: A\nextra: {place: b\nstart: 1", 3, "The { in this line is not closed by a }"),
    ("title: Data: the talk\nstart: 1", 2, "Put a text that holds a colon in quotes"),
    ("extra:\n  title: Data: the talk", 3, "Put a text that holds a colon in quotes"),
    ("- title: Data: the talk\nkey: 1", 2, "Put a text that holds a colon in quotes"),
    ('title: "Data\nstart: 1', 2, "The quotation mark that opens in this line is never closed"),
    ('title: "Data\nstart: "noon"', 2, "The quotation mark that opens in this line is not closed in it"),
    ("title: 'Tis o'clock'\nstart: 1", 2, "Text follows the closing '"),
    ('start: 1\ntitle: "Data" day', 3, 'Text follows the closing "'),
    ("title: [Lab] The talk", 2, "Text follows the ]; put the whole value in quotes"),
    ("title: A\nextra:\n\tstart: 1", 4, "A tab stands here; indent with blanks"),
    ("title: A\nextra:\n  a: 1\n\tstart: 1", 5, "A tab stands here; indent with blanks"),
    ("title: A\n  start: 1", 3, "This line is indented, but the key above already has its value"),
    ("  title: A\nstart: 1", 3, "This line begins further left than the one above"),
    ("extra:\n  a: 1\n b: 2", 4, "This line begins in a column that fits no line above"),
    ("title: A\nstart 2026\nplace: b", 3, "Expected `key: value` here"),
    ("title: A\nstart:2026\nplace: b", 3, "Expected `key: value` here"),
    ("title: @home", 2, "A text that begins with @ must stand in quotes"),
    ("title: `code`", 2, "A text that begins with ` must stand in quotes"),
    ("title: , or so", 2, "A text that begins with , must stand in quotes"),
    ("title: *bold* day", 2, "A text that begins with * must stand in quotes"),
    ("title: & more", 2, "A text that begins with & must stand in quotes"),
    ("title: !a!b c", 2, "A text that begins with ! must stand in quotes"),
    ("title: - one", 2, "A text that begins with - must stand in quotes"),
    ("title: > 20 people", 2, "Behind > or | the text begins in the next line"),
    ('title: "C:\\data"', 2, "In double quotes a backslash has a meaning of its own"),
    ("title: {{ site }} x", 2, "put a text that begins with { or [ in quotes"),
    ("- a\nkey: 1", 3, "This line stands among the entries of a list"),
    ("title: A\nplace: \x07", 3, "An invisible character (U+0007) stands here; delete it"),
]


@pytest.mark.parametrize(("text", "line", "sentence"), FAULTS)
def test_a_fault_is_told_in_words_for_the_writer(text: str, line: int, sentence: str) -> None:
    fault = split_page(f"---\n{text}\n---\nBody\n").fault
    assert fault
    assert sentence in fault.text
    assert fault.line == line
    assert "while" not in fault.text


@given(st.text(alphabet="ab:[]{}\"'-#&*!|>%@`, \t\n\x07?", max_size=40))
def test_whatever_is_refused_is_refused_in_a_line_of_the_text(text: str) -> None:
    fault = split_page(f"---\na: 1\n{text}\n---\nBody\n").fault
    if fault:
        assert fault.text.endswith(".")
        assert 2 <= (fault.line or 0) <= 3 + len(text.splitlines())
