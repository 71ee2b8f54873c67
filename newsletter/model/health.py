"""What a look at the whole set-up finds, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Condition = Literal["ok", "warning", "error"]
Area = Literal["settings", "secrets", "templates", "store", "clock", "disk", "provider", "dns", "pages", "events"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `newsletter doctor`: where it was looked, how it is, and what to do where it is not well.

    `code` is stable and documented (docs/problems.md); no secret and no reader's address stands in any of it.
    """

    area: Area
    condition: Condition
    code: str
    text: str
    advice: str = ""


def ok(area: Area, text: str) -> Finding:
    """What was looked at and found well."""
    return Finding(area, "ok", "", text)


def worst(findings: Iterable[Finding]) -> Condition:
    """How it is on the whole."""
    found = {finding.condition for finding in findings}
    return "error" if "error" in found else "warning" if "warning" in found else "ok"
