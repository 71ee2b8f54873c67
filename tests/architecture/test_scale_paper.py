"""docs/scale.md says what benchmarks/scale.py reckons, and a month that is gone through comes to the same."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def scale() -> ModuleType:
    folder = ROOT / "benchmarks"
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location("scale", folder / "scale.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules["scale"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(folder))


def test_the_page_has_the_tables_as_they_are_reckoned(scale: ModuleType) -> None:
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    between = page.partition(scale.BEGIN)[2].partition(scale.END)[0]
    assert between.strip() == scale.tables(), "run python benchmarks/scale.py --write docs/scale.md"


@pytest.mark.parametrize("mails", [10**5, 10**6, 10**8, 10**9])
def test_a_simulated_month_agrees_with_the_arithmetic(scale: ModuleType, mails: int) -> None:
    given = scale.need(mails)
    assert scale.agreed(given, scale.simulate(given, tick=20)) < 0.02


def test_a_sender_too_few_is_late_and_a_smaller_ledger_is_noticed(scale: ModuleType) -> None:
    given = scale.need(10**9)
    assert scale.agreed(given, scale.simulate(replace(given, senders=given.senders // 2), tick=20)) > 0.5
    assert scale.agreed(replace(given, month_size=given.month_size / 2), scale.simulate(given, tick=20)) > 0.5
