"""docs/checks.md tells every rule as it is."""

from pathlib import Path

import pytest

from newsletter.checks.documenting import page_with_rules
from newsletter.checks.registry import RULES

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_page_is_that_of_the_rules() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with_rules(page), "python -m newsletter.checks.documenting docs/checks.md"
    assert all(f"| `{rule.id}` | {rule.severity} | {rule.text}" in page for rule in RULES)


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no <!-- rules"):
        page_with_rules("# Rules")
