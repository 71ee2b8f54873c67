"""Files of sources: what leads out of the workspace, in circles or is far too large is named; the rest is read."""

from pathlib import Path

import pytest
from support_workspace import settings_at

from newsletter.app.collecting import load_files
from newsletter.model.workspace import SourceSettings

GOOD = "---\ntitle: Tea\nstart: 2026-12-08\n---\n"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = settings_at(tmp_path / "lab").root / "content"
    folder.mkdir(parents=True)
    (folder / "good.md").write_text(GOOD, encoding="utf-8")
    return folder


def load(content: Path, pattern: str = "content/**/*.md") -> tuple[list[str], list[tuple[str, str]]]:
    """The paths of what was read, and (code, path) of what was not."""
    blobs, problems = load_files(content.parent, SourceSettings(name="pages", format="markdown", path=pattern))
    return [blob.path for blob in blobs], [(problem.code, problem.origin.path) for problem in problems]


def test_a_link_to_itself_and_links_in_a_circle_are_named(content: Path) -> None:
    (content / "self.md").symlink_to("self.md")
    (content / "one.md").symlink_to("two.md")
    (content / "two.md").symlink_to("one.md")
    assert load(content) == (
        ["content/good.md"],
        [("source.unreadable", f"content/{name}.md") for name in ("one", "self", "two")],
    )


def test_a_folder_that_links_to_itself_is_entered_once(content: Path) -> None:
    (content / "again").symlink_to(content, target_is_directory=True)
    paths, problems = load(content)
    assert (paths, problems) == (["content/good.md"], [])


def test_a_link_out_of_the_workspace_is_named(content: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(GOOD, encoding="utf-8")
    (content / "link.md").symlink_to(tmp_path / "secret.md")
    assert load(content) == (["content/good.md"], [("source.outside", "content/link.md")])


def test_a_pattern_that_leads_out_of_the_workspace_is_named(content: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(GOOD, encoding="utf-8")
    assert load(content, "../*.md") == ([], [("source.outside", "../secret.md")])


def test_a_file_of_a_hundred_megabytes_is_named_and_not_read(content: Path) -> None:
    with (content / "large.md").open("wb") as file:
        file.truncate(100_000_000)
    assert load(content) == (["content/good.md"], [("source.too-large", "content/large.md")])


def test_a_pattern_that_matches_nothing_is_named(content: Path) -> None:
    assert load(content, "content/*.ics") == ([], [("source.empty", "content/*.ics")])
