"""The watcher against real files, as editors write them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.runtime.watcher import watching


class Calls:
    """Counts callbacks, and waits for the next."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        self.event.set()

    def came(self, within: float = 30.0) -> bool:
        found = self.event.wait(within)
        self.event.clear()
        return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "config.toml").write_text("a = 1")
    return tmp_path


@pytest.fixture
def calls(root: Path) -> Iterator[Calls]:
    calls = Calls()
    with watching(lambda: ((root / "config.toml",), (root / "content", root / "issues")), calls):
        # Each begins to watch in its own time: what was written before is no news.
        assert any(_told_of(calls, root / "config.toml", number) for number in range(100))
        assert any(_told_of(calls, root / "content" / "first.md", number) for number in range(100))
        while calls.came(1.0):
            pass
        calls.count = 0
        yield calls


def _told_of(calls: Calls, file: Path, number: int) -> bool:
    file.write_text(f"a = {number}")
    return calls.came(0.3)


def test_a_file_below_a_folder_is_seen(root, calls):
    (root / "content" / "deep").mkdir()
    assert calls.came()
    (root / "content" / "deep" / "talk.md").write_text("words")
    assert calls.came()


def test_a_single_file_is_seen_when_written_and_when_replaced(root, calls):
    (root / "config.toml").write_text("a = 2")
    assert calls.came()
    (root / "new.toml").write_text("a = 3")
    (root / "new.toml").replace(root / "config.toml")
    assert calls.came()
    (root / "config.toml").write_text("a = 4")
    assert calls.came()


def test_other_files_are_no_news(root, calls):
    (root / "newsletter.db").write_text("ledger")
    (root / "content" / "talk.md.swp").write_text("an editor's own")
    assert not calls.came(0.6)


def test_a_folder_that_comes_later_is_watched(root, calls):
    (root / "issues").mkdir()
    assert calls.came()
    # It is told of before what lies below it is watched.
    assert any(_told_of(calls, root / "issues" / "weekly.md", number) for number in range(100))


def test_a_burst_is_one_change(root, calls):
    for number in range(50):
        (root / "content" / f"{number}.md").write_text("words")
    assert calls.came()
    calls.came(0.5)
    assert calls.count <= 10


def test_nothing_is_called_after_the_end(root):
    calls = Calls()
    with watching(lambda: ((), (root / "content",)), calls):
        pass
    (root / "content" / "talk.md").write_text("words")
    assert not calls.came(0.4)
