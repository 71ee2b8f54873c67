"""axe-core in a real browser: what it holds against a page."""

from collections.abc import Collection
from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: Rules about landmarks of a whole page: a mail is shown inside its reader's program, whose landmarks those are.
OF_THE_PAGE = frozenset({"landmark-one-main", "region"})
OPTIONS = {"resultTypes": ["violations"], "elementRef": False}


@cache
def _axe() -> Axe:
    return Axe()


def faults(page: Page, *, besides: Collection[str] = ()) -> list[str]:
    """Each rule that the page breaks, with the elements that do, but for the rules named in `besides`."""
    found = _axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {node['target'][0]} {node['failureSummary']}"
        for rule in found
        if rule["id"] not in besides
        for node in rule["nodes"]
    ]
