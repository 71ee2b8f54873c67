"""The rule on how many people would get an issue, beside how many got the last one."""

from collections.abc import Iterator

from newsletter.checks.subject import Rule
from newsletter.model.problem import Origin, Problem

#: More or fewer people than the last issue had by this part are a reason to look.
SURPRISING = 0.3

RULE = Rule(
    "send.recipients",
    "error",
    "Somebody gets it, and about as many as got the last issue; a warning from 30 % more or fewer",
    "Look at `newsletter subscribers list`, and at imports since the last issue",
)
_WHERE = Origin("store", "subscribers")


def recipients(now: int, before: int | None, members: int) -> Iterator[Problem]:
    """What is surprising about so many readers; `before` had the last issue, and `members` are known to the store.

    A store without anybody is that of a checkout: nothing is known there, and nothing is told.
    """
    if not now and members:
        text = "nobody would get this issue: no active member of its list takes its digest"
        yield Problem("error", RULE.id, text, _WHERE)
    elif before and now and abs(now - before) > SURPRISING * before:
        text = f"{now:,} people would get this issue, and {before:,} got the last one; see whether that is meant"
        yield Problem("warning", RULE.id, text, _WHERE)
