"""docs/problems.md tells of every code that the program can raise, and of no other."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAMILIES = "|".join(
    (
        *("a11y", "dark", "doctor"),
        *("evt", "foot", "hdr", "html", "img", "import", "inbox", "issue", "link", "mjml", "note"),
        *("ics", "preview", "priv", "send", "settings", "silence", "source", "spam", "src", "text", "theme", "time"),
    )
)
CODE = re.compile(rf"[EWI]-[A-Z][A-Z0-9-]*|(?:{FAMILIES})\.[a-z][a-z-]*")
FILE_NAME = re.compile(r"theme\.toml|.*\.(?:css|html|js|md|mjml|txt)")
ROW = re.compile(r"\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|")


def codes_in(source: str) -> Iterator[str]:
    """Every text that has the form of a code, and whatever a Problem is made with as its code."""
    tree = ast.parse(source)
    logged = {id(name) for one in ast.walk(tree) if is_log_line(one) for name in ast.walk(one)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in logged:
            if CODE.fullmatch(node.value) and not FILE_NAME.fullmatch(node.value):
                yield node.value
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
            code = node.args[1]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value


def is_log_line(node: ast.AST) -> bool:
    """Whether it names the event of a line that is logged, which docs/operators.md tells of."""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "about"


@cache
def raised() -> set[str]:
    files = (ROOT / "newsletter").rglob("*.py")
    return {code for file in files for code in codes_in(file.read_text(encoding="utf-8"))}


def documented() -> list[tuple[str, str, str]]:
    lines = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8").splitlines()
    return [match.groups() for line in lines if (match := ROW.fullmatch(line))]


def test_every_code_that_is_raised_is_explained() -> None:
    missing = raised() - {code for code, _, _ in documented()}

    assert not missing, f"add one line for each to docs/problems.md: {', '.join(sorted(missing))}"


def test_nothing_is_explained_that_is_not_raised() -> None:
    assert {code for code, _, _ in documented()} - raised() == set()


def test_each_is_explained_once_and_in_whole() -> None:
    rows = documented()

    assert [code for code, count in Counter(code for code, _, _ in rows).items() if count > 1] == []
    assert [code for code, meaning, remedy in rows if min(len(meaning), len(remedy)) < 6] == []


def test_no_row_of_the_tables_is_overlooked() -> None:
    lines = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8").splitlines()

    assert len(documented()) == sum(line.startswith("| `") for line in lines)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('report.error("E-NEW", text)', ["E-NEW"]),
        ('Rule("a11y.new-rule", "error", "words", check)', ["a11y.new-rule"]),
        ('Problem("error", "brand.new", text, origin)', ["brand.new"]),
        ('open("theme.toml"), page("studio.html")', []),
        ('say("E-mail"), say("not E-A code")', []),
    ],
)
def test_codes_are_found_however_they_are_raised(source: str, expected: list[str]) -> None:
    assert list(codes_in(source)) == expected
