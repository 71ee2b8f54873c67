"""Whoever wants to check a promise finds what the page names: commands, tests, recipes and pages."""

import re
from pathlib import Path

import pytest
import typer

from newsletter.cli.commands import app

ROOT = Path(__file__).parents[2]
PAGES = ("promises.md", "adding-a-provider.md")
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group of them


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_one(page: str) -> None:
    named = set(re.findall(r"`newsletter ([a-z-]+)", text_of(page)))
    assert named
    assert named <= COMMANDS


@pytest.mark.parametrize("page", PAGES)
def test_every_file_is_there(page: str) -> None:
    named = set(re.findall(r"\b(?:tests|newsletter|settings|providers|model)/[\w/-]+(?:\.py)?\b", text_of(page)))
    missing = [one for one in named if not ((ROOT / one).exists() or (ROOT / "newsletter" / one).exists())]
    assert missing == [one for one in missing if "YOURS" in one]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", text_of(page))
    assert links
    assert [one for one in links if not (ROOT / "docs" / one).exists()] == []


def test_every_recipe_is_in_the_makefile() -> None:
    recipes = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text_of("promises.md"))) <= recipes
