"""All rules. A new one is a function and a row in the file of its subject; its id is stable and documented."""

from collections.abc import Iterable, Mapping

from newsletter.checks import (
    accessibility,
    calendars,
    content,
    contrast,
    envelope,
    events,
    headers,
    layout,
    links,
    markup,
    pictures,
    reaching,
    recipients,
    rendering,
    silencing,
    spam,
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
    *headers.RULES,
    *spam.RULES,
)
#: Those, and the rules on what no single edition shows.
RULES: tuple[Rule, ...] = (
    *MAIL_RULES,
    *rendering.RULES,
    calendars.RULE,
    recipients.RULE,
    *reaching.RULES,
    *silencing.RULES,
)

#: What sources are told of an item for any issue, and the rule that says the same of a mail.
SAID_TWICE: Mapping[str, str] = {
    "W-BODY-WEEKDAY": "evt.weekday",
    "W-PLACE": "evt.no-place",
    "W-PLACEHOLDER": "src.placeholder",
}


def run_checks(issue: Issue, edition: Edition, draft: Draft, around: Around = Around()) -> tuple[Problem, ...]:  # noqa: B008
    """Every rule on one edition, in the order of the table; pure, and nothing is fetched."""
    subject = subject_of(issue, edition, draft, around)
    return tuple(problem for rule in MAIL_RULES for problem in rule.problems(subject))


def said_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each finding once: what a rule says of the mail is not said of its source as well."""
    found = tuple(dict.fromkeys(problems))
    places = {(one.code, one.origin.path) for one in found}
    return tuple(one for one in found if (SAID_TWICE.get(one.code), one.origin.path) not in places)
