"""Fixtures every room may ask for."""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from support_dev_sink import dev_sink, dev_sink_process
from support_store import migrated_once

__all__ = ["dev_sink", "dev_sink_process"]

# How long an example takes says more of the machine's load than of the code. The same examples each time, so that a
# change is judged by what it changes; `make test-slow` searches with new ones (--hypothesis-profile=searching).
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.load_profile("repeatable")


def pytest_collection_finish() -> None:
    """Modules and tests stay till the end: the collector need not look through half a million objects again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _what_earlier_modules_left_is_not_looked_through() -> None:
    """What tests leave grows with each module, and every full collection would go through all of it again."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _new_stores_are_alike() -> Iterator[None]:
    with migrated_once(), pytest.MonkeyPatch.context() as patch:
        # No test cuts the power: what is written is there, whether or not the disk has it.
        patch.setattr(os, "fsync", lambda handle: None)
        yield
