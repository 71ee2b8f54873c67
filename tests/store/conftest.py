"""What is shown of the store is shown of one that the migrations made."""

from collections.abc import Iterator

import pytest
from support_store import migrated_in_earnest


@pytest.fixture(autouse=True)
def _every_store_is_migrated() -> Iterator[None]:
    with migrated_in_earnest():
        yield
