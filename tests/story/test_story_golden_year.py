"""The year in docs/golden-year.md is what the program tells, to the letter, and it is a whole one."""

import re
from collections import Counter

import pytest
from golden_year import PAGE, edits, tell


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.no_cover
def test_the_page_says_what_the_program_tells(page: str) -> None:
    told = tell()
    lines = [line for line in told.splitlines() if line not in page.splitlines()]
    assert told == page, f"run `python tests/story/golden_year.py` and read the difference; new: {lines[:5]}"


def test_it_is_a_whole_year_of_issues(page: str) -> None:
    assert Counter(re.findall(r"^### (\w+)-\d", page, re.MULTILINE)) == {"weekly": 52, "quarterly": 4}


def test_every_edit_of_the_year_is_in_it(page: str) -> None:
    said = re.findall(r"^✎ .*?: (.*)\.$", page, re.MULTILINE)
    assert said == [edit.says for edit in edits()]


def test_every_change_of_the_year_is_told_in_one_issue(page: str) -> None:
    changes = re.findall(r"^\| Changed since last issue \| ([^|]+) \| ([^|]+) \|", page, re.MULTILINE)
    assert Counter(changes) == Counter(
        [
            ("new place", "Counting birds, then counting people counting birds"),
            ("moved", "Plots that say one thing"),
            ("moved", "Plots, a second look"),
            ("cancelled", "What the archive forgot to scan"),
            ("postponed", "Missing data, honestly"),
            ("cancelled", "Missing data, around the table"),
            ("cancelled", "R users' coffee"),
            ("registration open", "Python for Spreadsheet People"),
            ("moved", "Statistics office hours"),
            ("new place", "Datathon: who planted these trees"),
            ("moved", "A census of benches"),
        ]
    )
