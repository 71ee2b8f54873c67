"""What the checks say of a correction or a one-off: of every distinct mail that its readers would get."""

from datetime import datetime

from newsletter.app.composing import composer
from newsletter.app.known_editions import KNOWN
from newsletter.app.sending.planning import SendRefused, readers_of
from newsletter.app.workspace import Workspace
from newsletter.checks.subject import Around
from newsletter.compose.message import for_list
from newsletter.delivery.planning import editions_wanted
from newsletter.model.issue import Choices, Draft
from newsletter.model.ledger import Baseline
from newsletter.model.problem import Problem


def check_mail(ws: Workspace, draft: Draft, now: datetime) -> tuple[Problem, ...]:
    """Each finding once; where nobody would get it by now, it is looked at as the community reads."""
    compose, around = composer(ws, draft, now), Around(ws.settings.checks)
    found: dict[Problem, None] = {}
    for choices, baseline in _forms(ws, draft, now):
        issue = compose(choices, baseline)
        if issue is not None:
            mine = for_list(draft, choices)
            found |= dict.fromkeys(KNOWN.build(issue, mine, around)[1])
    return tuple(problem for problem in found if problem not in draft.problems)


def _forms(ws: Workspace, draft: Draft, now: datetime) -> tuple[tuple[Choices, Baseline | None], ...]:
    try:
        wanted = editions_wanted(readers_of(ws, draft.key, now)[1])
    except SendRefused:
        home = draft.community
        return ((Choices(home.timezone, language=home.language, list=draft.settings.list), None),)
    return tuple((one.choices, one.baseline) for one in wanted.values())
