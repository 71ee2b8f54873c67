"""Operations about how it goes: status, digests and their slots, issues, numbers by day."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice

from newsletter import __version__
from newsletter.app.api import answers
from newsletter.app.api.asked import IssuesQuery, NumbersQuery, SlotsQuery
from newsletter.app.api.call import Call, cursor_of, moment_of, place_of
from newsletter.app.api.problems import ApiError
from newsletter.app.archiving.hosting import archived, base_url
from newsletter.app.numbers.counting import today
from newsletter.app.timing import as_known, upcoming
from newsletter.app.workspace import Workspace
from newsletter.dates.cadence.rules import CadenceError
from newsletter.model.delivery import STATES
from newsletter.model.figures import Counts
from newsletter.model.issue import Slot
from newsletter.model.numbers import Number
from newsletter.store import numbers, pages
from newsletter.store.archive import OUT
from newsletter.store.figures import figures
from newsletter.store.pages import IssueLine


def status(call: Call) -> answers.Status:
    """How it goes."""
    with call.ws.store.read() as connection:
        found = figures(connection, call.community, call.ws.clock())
    return answers.Status(
        community=call.community,
        name=call.ws.settings.community.name,
        version=__version__,
        issues=tallies(found.issues),
        members=tallies(found.members),
        suppressed=tallies(found.suppressed),
        holds=tallies(found.holds),
        overdue=[answers.Overdue(key=key, send_at=at) for key, at in sorted(found.due.items())],
        waiting_since=found.waiting,
    )


def tallies(counts: Counts) -> list[answers.Tally]:
    """Counts by name and state; a count of one word has it as its state."""
    return [
        answers.Tally(name=key[0] if len(key) > 1 else "", state=key[-1], count=count)
        for key, count in sorted(counts.items())
    ]


def digests(call: Call) -> answers.Digests:
    """All digests."""
    public = archived(call.ws.settings)
    return answers.Digests(
        digests=[
            answers.Digest(
                name=name,
                title=one.title,
                list=one.list,
                cadence=one.cadence,
                review=one.review,
                is_published=name in public,
                next=next(iter(_slots(call.ws, name, 1)), None),
            )
            for name, one in call.ws.settings.digests.items()
        ]
    )


def slots(call: Call) -> answers.Slots:
    """The next slots of one digest."""
    query, name = call.query, call.path["digest"]
    assert isinstance(query, SlotsQuery)
    if name not in call.ws.settings.digests:
        raise ApiError("not-found", f"there is no digest {name!r}")
    return answers.Slots(slots=_slots(call.ws, name, query.limit))


def _slots(ws: Workspace, name: str, most: int) -> list[answers.Slot]:
    """Those that can be told; where the terms end, no more."""
    found: list[answers.Slot] = []
    try:
        for one in islice(upcoming(ws, name, ws.clock()), most):
            found.append(_slot(as_known(ws, one)))
    except CadenceError:
        return found
    return found


def _slot(one: Slot) -> answers.Slot:
    return answers.Slot(
        key=one.key,
        draft_at=one.draft_at,
        send_at=one.send_at,
        window_start=one.window.start,
        window_end=one.window.end,
    )


def issues(call: Call) -> answers.IssuePage:
    """Issues, the latest first; one that is added while somebody turns pages moves none from one page to another."""
    query = call.query
    assert isinstance(query, IssuesQuery)
    behind = None
    if query.cursor is not None:
        at, key = place_of(query.cursor, 2)
        behind = (moment_of(at), key)
    with call.ws.store.read() as connection:
        found = pages.issues(
            connection,
            call.community,
            digest=query.digest,
            state=query.state,
            behind=behind,
            most=query.limit + 1,
        )
        shown = found[: query.limit]
        counts = pages.delivery_counts(connection, call.community, [one.key for one in shown])
    more = cursor_of(shown[-1].send_at, shown[-1].key) if len(found) > len(shown) else None
    return answers.IssuePage(issues=_issues(call.ws, shown, counts), next=more)


def issue(call: Call) -> answers.IssueStatus:
    """One issue."""
    with call.ws.store.read() as connection:
        found = pages.one_issue(connection, call.community, call.path["key"])
        counts = pages.delivery_counts(connection, call.community, [call.path["key"]])
    if found is None:
        raise ApiError("not-found", f"there is no issue {call.path['key']!r}")
    return _issues(call.ws, [found], counts)[0]


def _issues(
    ws: Workspace, found: Sequence[IssueLine], counts: dict[tuple[str, str], dict[str, int]]
) -> list[answers.IssueStatus]:
    return [_issue(ws, one, counts.get((one.kind, one.key), dict.fromkeys(STATES, 0))) for one in found]


def _issue(ws: Workspace, one: IssueLine, states: dict[str, int]) -> answers.IssueStatus:
    public = one.kind == "issue" and one.state in OUT and one.digest in archived(ws.settings)
    return answers.IssueStatus(
        key=one.key,
        kind=one.kind,
        digest=one.digest,
        state=one.state,
        draft_at=one.draft_at,
        send_at=one.send_at,
        held=one.held,
        planned=sum(states.values()),
        states=states,
        web_url=f"{base_url(ws.settings)}/archive/{one.key}.html" if public else None,
    )


def numbers_by_day(call: Call) -> answers.Numbers:
    """What was counted in the last days; what the running program has not written down yet is not in it."""
    query = call.query
    assert isinstance(query, NumbersQuery)
    last = today(call.ws)
    first = last - timedelta(days=query.days - 1)
    with call.ws.store.read() as connection:
        found = numbers.between(connection, call.community, first, last)
    return answers.Numbers(first=first, last=last, numbers=list(_numbers(found)))


def _numbers(found: Iterable[Number]) -> Iterable[answers.DayNumber]:
    for one in found:
        yield answers.DayNumber(day=one.day, kind=one.kind, about=one.about, count=one.count)
