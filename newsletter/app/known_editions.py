"""Editions that were rendered and checked lately, so that the same ones are not rendered again.

A draft is looked at when it is made, when an editor approves it and when it is sent, each time as the same personas
would get it. An edition and what the checks say of it depend on the issue, the draft and what is known besides, and
on nothing else; so they are kept by the digest of those.
"""

from newsletter.app.bounded_rendering import render_bounded
from newsletter.app.lately import Lately
from newsletter.checks.registry import run_checks
from newsletter.checks.subject import Around
from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import Edition
from newsletter.model.problem import Problem
from newsletter.render.slots import marks_for

#: Editions that are kept; each takes some hundreds of kilobytes, and holds nobody's name or address.
MOST = 64

Checked = tuple[Edition, tuple[Problem, ...]]


class KnownEditions:
    """Editions with their findings; any thread may ask."""

    def __init__(self, most: int = MOST) -> None:
        self._lately: Lately[tuple[str, str], Checked] = Lately(most)

    def build(self, issue: Issue, draft: Draft, around: Around) -> Checked:
        """The edition and what the checks say of it; RenderError, which is not kept, where a template is at fault."""
        key = marks_for(issue, draft).digest, repr(around)
        known = self._lately.get(key)
        if known is None:
            edition = render_bounded(issue, draft)
            known = edition, run_checks(issue, edition, draft, around)
            self._lately.keep(key, known)
        return known

    def forget(self) -> None:
        """Keep nothing, as a program that has just begun."""
        self._lately.forget()


#: What all of this program's workspaces share.
KNOWN = KnownEditions()
