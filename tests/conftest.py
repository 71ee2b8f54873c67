"""Fixtures every room may ask for."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite
from hypothesis import settings
from support_dev_sink import dev_sink, dev_sink_process
from support_folders import quickest
from support_postgresql import Stores, on_postgresql, stop_server
from support_store import compiled_once, migrated_once

from newsletter.redaction import redact

__all__ = ["dev_sink", "dev_sink_process"]

# How long an example takes says more of the machine's load than of the code. The same examples each time, so that a
# change is judged by what it changes; `make test-slow` searches with new ones (--hypothesis-profile=searching).
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.load_profile("repeatable")


def _unwatched(work: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(work)
    def run(*given: Any) -> Any:
        watching = sys.gettrace()
        sys.settrace(None)
        try:
            return work(*given)
        finally:
            sys.settrace(watching)

    return run


# Pytest puts words into the assertions of every module before it is read: nothing of the program runs meanwhile.
rewrite._rewrite_test = _unwatched(rewrite._rewrite_test)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--store postgresql` gives every workspace a database on a real server in the place of its SQLite file."""
    parser.addoption("--store", choices=("sqlite", "postgresql"), default="sqlite", help="What stores are made of.")


def pytest_configure(config: pytest.Config) -> None:
    """Folders of the fast suite are in memory; what slow tests write may be more than there is.

    Rows that are read in parts and not to their end leave a cursor to the end of their transaction.
    """
    if "not slow" in config.option.markexpr:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", quickest())
    if config.getoption("--store") == "postgresql":
        config.addinivalue_line(
            "filterwarnings", "ignore:.*ServerCursor.* was deleted while still open:ResourceWarning"
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is shown of SQLite's files alone has nothing to show of another database."""
    if config.getoption("--store") == "postgresql":
        of_files = [item for item in items if item.get_closest_marker("sqlite_only")]
        config.hook.pytest_deselected(items=of_files)
        items[:] = [item for item in items if item not in set(of_files)]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Hundreds of examples tell no more of what is covered than one does, and watching doubles their time.

    Nor do pages in a browser tell more than the requests for them.
    """
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False) or item.get_closest_marker("browser"):
        item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """What a test prepares is watched no more than the test itself."""
    watching = getattr(item.config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if watching is None or not item.get_closest_marker("no_cover"):
        return (yield)
    watching.pause()
    try:
        return (yield)
    finally:
        watching.resume()


def pytest_collection_finish() -> None:
    """Modules and tests stay till the end: the collector need not look through half a million objects again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _what_earlier_modules_left_is_not_looked_through() -> None:
    """What tests leave grows with each module, and every full collection would go through all of it again."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _keys_of_earlier_modules_are_forgotten() -> Iterator[None]:
    """Every new workspace has a key, and every line of a log is searched for each of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redact, "_forms", redact._forms)
        yield


@pytest.fixture(autouse=True, scope="session")
def _what_a_good_run_wrote_ends_with_it(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    yield
    if not request.session.testsfailed:
        shutil.rmtree(tmp_path_factory.getbasetemp(), ignore_errors=True)


@pytest.fixture
def tmp_path(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """As pytest makes it; it goes with the test, unless that failed, since all of them together take a gigabyte."""
    failed = request.session.testsfailed
    yield tmp_path
    if request.session.testsfailed == failed:
        shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _databases(request: pytest.FixtureRequest) -> Iterator[Stores | None]:
    with ExitStack() as stack:
        stack.callback(stop_server)
        wanted = request.config.getoption("--store") == "postgresql"
        yield stack.enter_context(on_postgresql()) if wanted else None


@pytest.fixture(autouse=True, scope="module")
def _databases_of_a_module_end_with_it(
    _databases: Stores | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with _databases.ended(tmp_path_factory.getbasetemp()) if _databases else ExitStack():
        yield


@pytest.fixture(autouse=True)
def _databases_of_a_test_end_with_it(_databases: Stores | None, request: pytest.FixtureRequest) -> Iterator[None]:
    has_some = _databases is not None and "tmp_path" in request.fixturenames
    with _databases.ended(request.getfixturevalue("tmp_path")) if has_some else ExitStack():
        yield


@pytest.fixture(autouse=True, scope="session")
def _new_stores_are_alike() -> Iterator[None]:
    with migrated_once(), compiled_once(), pytest.MonkeyPatch.context() as patch:
        # No test cuts the power: what is written is there, whether or not the disk has it.
        patch.setattr(os, "fsync", lambda handle: None)
        yield
