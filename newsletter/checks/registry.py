"""All rules. A new one is a function and a row in the file of its subject; its id is stable and documented."""

from newsletter.checks import (
    accessibility,
    content,
    contrast,
    envelope,
    events,
    layout,
    links,
    markup,
    pictures,
    styles,
    times,
)
from newsletter.checks.compat import rule as compat
from newsletter.checks.subject import Around, MailRule, Rule, subject_of
from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import Edition
from newsletter.model.problem import Problem

#: Those that look at an edition, in the order in which their findings are told.
MAIL_RULES: tuple[MailRule, ...] = (
    *events.RULES,
    *times.RULES,
    *content.RULES,
    *markup.RULES,
    *styles.RULES,
    *compat.RULES,
    *layout.RULES,
    *pictures.RULES,
    *accessibility.RULES,
    *contrast.RULES,
    *links.RULES,
    *envelope.RULES,
)
RULES: tuple[Rule, ...] = MAIL_RULES


def run_checks(issue: Issue, edition: Edition, draft: Draft, around: Around = Around()) -> tuple[Problem, ...]:  # noqa: B008
    """Every rule on one edition, in the order of the table; pure, and nothing is fetched."""
    subject = subject_of(issue, edition, draft, around)
    return tuple(problem for rule in MAIL_RULES for problem in rule.problems(subject))
