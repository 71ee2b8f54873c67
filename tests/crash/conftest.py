"""One warm process for all tests that fork and kill."""

from collections.abc import Iterator

import pytest
from crash_zygote import Zygote


@pytest.fixture(scope="package")
def zygote() -> Iterator[Zygote]:
    warm = Zygote()
    yield warm
    warm.close()
