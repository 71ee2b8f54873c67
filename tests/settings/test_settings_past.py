"""archive/past.toml: what can be listed is, and every fault names its line."""

from datetime import date

import pytest

from newsletter.model.publishing import PastIssue
from newsletter.settings.past import read_past
from newsletter.settings.reading import TomlFile

GOOD = '[[past]]\ndigest = "weekly"\ntitle = "One"\ndate = 2024-09-27\nurl = "https://old.example.org/1"\n'


def read(text: str):
    return read_past(TomlFile("archive/past.toml", text), ("weekly",))


def test_issues_come_in_the_order_of_their_days() -> None:
    found, problems = read(GOOD + "number = 7\n" + GOOD.replace("2024-09-27", "2024-09-20").replace("One", "Zero"))
    assert problems == ()
    assert found == (
        PastIssue("weekly", "Zero", date(2024, 9, 20), "https://old.example.org/1"),
        PastIssue("weekly", "One", date(2024, 9, 27), "https://old.example.org/1", 7),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"weekly"', '"daily"', 2, "no digest 'daily'"),
        ('"One"', '" "', 3, "is missing"),
        ("2024-09-27", '"2024-09-27"', 4, "a day without quotes"),
        ("2024-09-27", "2024-09-27T12:00:00", 4, "a day without quotes"),
        ("https://old.example.org/1", "javascript:alert(1)", 5, "https://"),
        ("https://old.example.org/1", "https://[", 5, "https://"),
        ('title = "One"', 'title = "One"\nnumber = 0', 4, "from 1 on"),
        ('title = "One"', 'title = "One"\ncolour = "red"', 4, "is not known"),
    ],
)
def test_what_is_wrong_with_one_leaves_it_out_and_says_where(old: str, new: str, line: int, words: str) -> None:
    found, (problem,) = read(GOOD.replace(old, new) + "\n" + GOOD.replace("One", "Two"))
    assert [one.title for one in found] == ["Two"]
    assert (problem.code, problem.origin.line) == ("settings.past", line)
    assert words in problem.text


@pytest.mark.parametrize("text", ["past = 3", "[other]\na = 1", "[[past]", "past = [1]"])
def test_a_file_that_is_something_else_is_told(text: str) -> None:
    found, problems = read(text)
    assert found == ()
    assert problems
