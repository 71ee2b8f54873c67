"""Every line that this program logs has an event by a name, and the guide lists them all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRITES = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


def lines() -> Iterator[tuple[str, ast.Call]]:
    """Each call that logs, and where it stands."""
    for file in sorted((ROOT / "newsletter").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if re.search(r"\b(LOG|logger)\.", text) else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                logger = node.func.value
                if isinstance(logger, ast.Name) and logger.id in ("LOG", "logger"):
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def events_of(call: ast.Call) -> set[str]:
    """The names in `extra=about(NAME, ...)`; empty where the line has none."""
    extra = next((one.value for one in call.keywords if one.arg == "extra"), None)
    if not isinstance(extra, ast.Call) or not isinstance(extra.func, ast.Name) or extra.func.id != "about":
        return set()
    name = extra.args[0]
    words = (name.body, name.orelse) if isinstance(name, ast.IfExp) else (name,)
    return {one.value for one in words if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_each_line_names_its_event() -> None:
    assert [where for where, call in lines() if not events_of(call)] == []


def test_the_guide_lists_each_event_and_no_other() -> None:
    guide = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    table = guide.partition("| event | when |")[2].partition("\n\n")[0]
    listed = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table))
    assert listed == {event for _, call in lines() for event in events_of(call)}
