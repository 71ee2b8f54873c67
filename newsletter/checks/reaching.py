"""The rules on what links answer. Firewalls turn programs away, so that what is found is never an error."""

from collections.abc import Iterator, Mapping

from newsletter.checks.subject import Rule
from newsletter.model.problem import Origin, Problem
from newsletter.net.reaching import Reached

#: Answers that are meant for programs and not for people: the link may well be good.
_TURNED_AWAY = frozenset({401, 403, 405, 406, 407, 429, 451, 503, 999})

RULES = (
    Rule(
        "link.dead", "warning", "Links answer (asked with --links alone)", "Correct the address, or take the link out"
    ),
    Rule("link.redirect", "info", "Links lead where they say (asked with --links alone)", "Write the new address"),
)


def reach_problems(reached: Mapping[str, Reached], origins: Mapping[str, Origin]) -> Iterator[Problem]:
    """What is to be said of each link, at the place where it was written."""
    for address, answer in reached.items():
        origin = origins[address]
        if not answer.status:
            text = f"the link {address} could not be reached: {answer.reason}"
            yield Problem("warning", "link.dead", text, origin)
        elif answer.status in _TURNED_AWAY:
            text = f"the link {address} answers {answer.status} to programs; try it by hand"
            yield Problem("info", "link.dead", text, origin)
        elif answer.status >= 400:
            text = f"the link {address} answers {answer.status}; correct it, or take it out"
            yield Problem("warning", "link.dead", text, origin)
        elif answer.moved:
            text = f"the link {address} leads on to {answer.moved} ({answer.moved_by}); write that"
            yield Problem("info", "link.redirect", text, origin)
