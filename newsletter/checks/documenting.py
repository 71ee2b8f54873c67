"""The page of all rules, made from the rules themselves: `python -m newsletter.checks.documenting docs/checks.md`.

What stands outside of the two marks is written by hand and kept.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from newsletter.checks.compat.rule import GRACEFUL, support
from newsletter.checks.registry import MAIL_RULES, RULES
from newsletter.checks.subject import Rule

BEGIN, END = "<!-- rules: made by newsletter.checks.documenting -->", "<!-- /rules -->"
FAMILIES = {
    "evt": "Events",
    "time": "Times",
    "src": "Content and templates",
    "mjml": "MJML",
    "html": "HTML",
    "dark": "The dark schemes",
    "img": "Pictures",
    "priv": "Privacy",
    "a11y": "For everybody",
    "link": "Links",
    "inbox": "The inbox",
    "text": "The text part",
    "hdr": "Headers",
    "foot": "The foot",
    "spam": "Filters",
    "ics": "Calendars",
    "send": "Readers",
    "issue": "The issue",
    "silence": "Silences",
}


def page_with_rules(page: str) -> str:
    """The page with its tables made anew; ValueError where it has no marks."""
    head, _, rest = page.partition(BEGIN)
    _, found, tail = rest.partition(END)
    if not found:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{rules_text()}\n\n{END}{tail}"


def rules_text() -> str:
    """A table for each family of rules, and what html.compat lets pass."""
    parts = [
        _table(title, [rule for rule in RULES if rule.id.startswith(f"{name}.")]) for name, title in FAMILIES.items()
    ]
    seen = {rule.id.partition(".")[0] for rule in RULES}
    missing = seen - FAMILIES.keys()
    if missing:
        raise ValueError(f"name the families {', '.join(sorted(missing))}")
    graceful = [f"| `{slug}` | {loss} |" for slug, loss in GRACEFUL.items()]
    note = (
        f"`html.compat` reads caniemail's data of {support().date}, and lets pass what may be missing without loss:"
    )
    return "\n\n".join((*parts, "\n".join((note, "", "| feature | what is seen instead |", "|---|---|", *graceful))))


def _table(title: str, rules: Iterable[Rule]) -> str:
    rows = (f"| `{rule.id}` | {rule.severity} | {rule.text}{_aside(rule)} | {_shown(rule.fix)} |" for rule in rules)
    return "\n".join((f"### {title}", "", "| rule | level | asks | to mend it |", "|---|---|---|---|", *rows))


def _shown(text: str) -> str:
    """A page would take a tag for one of its own."""
    return text.replace("<", "&lt;")


def _aside(rule: Rule) -> str:
    return "" if rule in MAIL_RULES else " *"


def main(arguments: Sequence[str]) -> None:
    """Make the tables of the page anew."""
    page = Path(arguments[0])
    page.write_text(page_with_rules(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
