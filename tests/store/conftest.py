"""What is shown of the store is shown on each database that there is, of one whose commits are on the disk."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from support_postgresql import Stores, on_postgresql
from support_store import kept_in_earnest, migrated_in_earnest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test with a fixture of its own, so that a test of SQLite's files has but the one."""
    of_files = any(mark.name == "sqlite_only" for mark in metafunc.definition.iter_markers())
    whole_run = metafunc.config.getoption("--store")
    kinds = [whole_run] if of_files or whole_run == "postgresql" else ["sqlite", "postgresql"]
    metafunc.fixturenames.append("_database")
    metafunc.parametrize("_database", kinds, indirect=True)


@pytest.fixture
def _database(request: pytest.FixtureRequest, _databases: Stores | None) -> Iterator[None]:
    with ExitStack() as stack:
        if request.param == "postgresql" and _databases is None:
            stack.enter_context(on_postgresql())
        yield


@pytest.fixture(autouse=True)
def _every_commit_is_kept(_database: None) -> Iterator[None]:
    with kept_in_earnest():
        yield


@pytest.fixture
def _every_store_is_migrated(_every_commit_is_kept: None) -> Iterator[None]:
    """For tests of the migrations themselves, and of how a file comes to be; others have a copy of what they made."""
    with migrated_in_earnest():
        yield
