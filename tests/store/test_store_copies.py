"""The stores that most tests get are what the migrations make, to the letter."""

from pathlib import Path

import pytest
from support_store import migrated_in_earnest, migrated_once, statements_of

from newsletter.store.engine import open_store

pytestmark = pytest.mark.sqlite_only


def made(root: Path) -> list[str]:
    store = open_store("sqlite:///letters.db", root)
    with store.read() as connection:
        found = [*statements_of(connection)]
    store.close()
    return found


def test_a_copied_store_is_a_migrated_one(tmp_path: Path) -> None:
    with migrated_in_earnest():
        real = made(tmp_path / "real")
    with migrated_once():
        first, second = made(tmp_path / "first"), made(tmp_path / "second")

    assert any("alembic_version" in one for one in real)
    assert first == real
    assert second == real
