"""An issue on the operator's pages: its numbers with what each is of, how far its sending is, what may be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.operator.charts import answered_of
from newsletter.app.operator.progress import LATELY, Progress, progress
from newsletter.app.operator.words import GROUPS, MEANINGS, ago_text, moment_text, name_of, share_text, span_text
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import STATES, DeliveryState
from newsletter.model.issue import IssueState
from newsletter.model.operator import IssueCounts
from newsletter.store import guards, mailings, operator

#: What may be done while an issue is in a state: the act's name and its button.
ACTS: dict[IssueState, tuple[tuple[str, str], ...]] = {
    "sending": (("pause", "Pause"), ("stop", "Stop…")),
    "paused": (("resume", "Resume"), ("stop", "Stop…")),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: the name under which its rows are found, what it is of, and its share."""

    show: str
    label: str
    number: int
    base: int
    base_label: str = ""
    bad: bool = False

    @property
    def share(self) -> str:
        """The share in percent, where it says more than the two numbers."""
        return share_text(self.number, self.base) if self.base >= 20 else ""

    @property
    def meaning(self) -> str:
        """What is counted."""
        return MEANINGS.get(self.show, "")


@dataclass(frozen=True, slots=True)
class IssueLine:
    """An issue in a table: its name, when it leaves, its state, and its numbers; none before it is planned."""

    key: str
    title: str
    state: IssueState
    when: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the progress bar: from where on, how wide (both in percent), and what it stands for."""

    kind: str
    start: float
    width: float
    label: str


@dataclass(frozen=True, slots=True)
class Sending:
    """An issue under way: how far it is in words and as a bar, what holds it, and what may be done with it."""

    line: IssueLine
    progress: Progress
    bar: tuple[Segment, ...]
    rate: str
    left: str
    holds: tuple[str, ...]
    acts: tuple[tuple[str, str], ...]

    @property
    def percent(self) -> str:
        """How much of it has left."""
        return share_text(self.progress.done, self.progress.base) or "0 %"


def title_of(ws: Workspace, one: IssueCounts) -> str:
    """What it is called: the digest's title, or what kind of mail it is."""
    digest = ws.settings.digests.get(one.digest)
    name = digest.title if digest else one.digest or one.kind
    return name if one.kind == "issue" else f"{one.kind.capitalize()}: {name}" if digest else one.kind.capitalize()


def line_of(ws: Workspace, one: IssueCounts, now: datetime) -> IssueLine:
    """The issue as a line of a table."""
    when = moment_text(one.send_at, home_zone(ws), now)
    return IssueLine(one.key, title_of(ws, one), one.state, when, cells_of(one) if one.mailing_id else ())


def cells_of(one: IssueCounts) -> tuple[Cell, ...]:
    """The numbers of an issue, each with what it is of."""
    planned, answered = one.planned, answered_of(one)
    wanted = planned - one.count(*GROUPS["left-out"])
    over = one.count(*GROUPS["handed-over"])
    return (
        Cell("handed-over", "handed over", over, wanted, "to be sent"),
        Cell("delivered", "delivered", one.count("delivered"), over, "handed over"),
        Cell("returned", "returned", one.count(*GROUPS["returned"]), answered, "answered", bad=True),
        Cell("complained", "complained", one.count("complained"), over, "handed over", bad=True),
        Cell("unknown", "unknown", one.count("unknown"), planned, "planned", bad=True),
        Cell("left-out", "left out", one.count(*GROUPS["left-out"]), planned, "planned"),
    )


def states_of_issue(one: IssueCounts) -> tuple[Cell, ...]:
    """Every state that a delivery of it is in; together they are all that was planned."""
    return tuple(
        Cell(state, name_of(state), one.count(state), one.planned, "planned", bad=state in _BAD)
        for state in STATES
        if one.count(state)
    )


_BAD: frozenset[DeliveryState] = frozenset({"bounced", "dropped", "complained", "failed", "unknown"})


def sending_of(ws: Workspace, connection: Connection, one: IssueCounts, now: datetime) -> Sending:
    """The issue as it is being sent."""
    found = progress(one, operator.handed_over(connection, one.mailing_id, now - LATELY), now)
    held = guards.active(connection, ws.settings.community.id, ("", one.key))
    holds = tuple(f"{hold.hold.guard}: {hold.hold.why}" for hold in held if _holds(hold.hold.until, now))
    due = mailings.next_due(connection, one.mailing_id)
    rate, left = _pace(ws, one, found, due, now, is_held=bool(holds))
    return Sending(line_of(ws, one, now), found, tuple(_bar(one, found)), rate, left, holds, ACTS.get(one.state, ()))


def _holds(until: datetime | None, now: datetime) -> bool:
    return until is None or until > now


def _pace(
    ws: Workspace, one: IssueCounts, found: Progress, due: datetime | None, now: datetime, *, is_held: bool
) -> tuple[str, str]:
    """How fast it goes and how long it takes on, in words; what nobody can say is not guessed."""
    rate = f"{found.per_minute:,.0f} a minute" if found.per_minute >= 1 else ""
    if one.state == "paused":
        return rate, "paused: nothing more leaves until somebody resumes it"
    if not found.waiting:
        return rate, "all have left"
    if due and due > now:
        return rate, f"the next leave at {moment_text(due, home_zone(ws))} ({ago_text(due, now)})"
    if is_held:
        return rate, "held for now"
    if found.left is None:
        return "", f"nothing left in the last {span_text(LATELY)}"
    return rate, f"about {span_text(found.left)} left"


def _bar(one: IssueCounts, found: Progress) -> Iterator[Segment]:
    """What has left by what became of it; what is empty of the bar waits."""
    start = 0.0
    bad = one.count(*GROUPS["returned"], "complained")
    parts = (
        ("good", one.count("accepted", "delivered", "deferred"), "taken"),
        ("bad", bad, "returned or complained"),
        ("doubt", one.count("unknown"), "unknown"),
    )
    for kind, number, label in parts:
        if number:
            width = round(100 * number / max(1, found.base), 3)
            yield Segment(kind, round(start, 3), width, f"{number:,} {label}")
            start += width
