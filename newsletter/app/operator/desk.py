"""One desk for the operator's pages: each call reads the store once, and gives values that a template shows."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Lock

from newsletter.app.accounting.deeds import RoleRefused
from newsletter.app.numbers.telling import tell
from newsletter.app.observing.observer import Observer
from newsletter.app.operator import acts, charts
from newsletter.app.operator.attention import LEFT, Attention, attention
from newsletter.app.operator.coming import Coming, coming
from newsletter.app.operator.health import HealthLine, Pulse, health
from newsletter.app.operator.issue_views import (
    ACTS,
    Cell,
    IssueLine,
    Sending,
    line_of,
    sending_of,
    states_of_issue,
    title_of,
)
from newsletter.app.operator.log import DeedView, ToldLine, done, told
from newsletter.app.operator.numbers import SPANS, NumbersView, numbers_view
from newsletter.app.operator.people import PeopleView, people_view
from newsletter.app.operator.rows import DeliveryView, RowsPage, RowView, deliveries_to, delivery_view, rows_page
from newsletter.app.operator.sources import Look, SourceWatch
from newsletter.app.operator.words import ago_text, moment_text
from newsletter.app.reloading import Reloader
from newsletter.app.studio.said import Said
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace, acting
from newsletter.model.deeds import Actor
from newsletter.redaction import redact
from newsletter.store import growth, numbers, operator
from newsletter.store import issues as issue_rows

#: Issues on a page of the table, and of which the rates are drawn.
ON_A_PAGE, DRAWN = 25, 26
#: Told on the first page.
LATELY, MOST_TOLD = timedelta(days=7), 6
RECENT = 4


@dataclass(frozen=True, slots=True)
class NowView:
    """The first page: what is being sent, what needs a look, what comes, and how everything is."""

    clock: str
    zone: str
    sending: tuple[Sending, ...]
    attention: tuple[Attention, ...]
    coming: Coming
    recent: tuple[IssueLine, ...]
    look: Look | None
    looked: str
    health: tuple[HealthLine, ...]
    told: tuple[ToldLine, ...]


@dataclass(frozen=True, slots=True)
class IssuesView:
    """One page of all issues that left, the latest first, and the rates of the last ones."""

    lines: tuple[IssueLine, ...]
    number: int
    pages: int
    total: int
    returned: charts.Chart
    complained: charts.Chart


@dataclass(frozen=True, slots=True)
class HistoryView:
    """A line of an issue's history."""

    when: str
    state: str
    by: str
    detail: str


@dataclass(frozen=True, slots=True)
class IssueView:
    """One issue with everything that is known of it; `sending` is set while it is under way."""

    line: IssueLine
    sending: Sending | None
    planned: int
    planned_at: str
    states: tuple[Cell, ...]
    minutes: charts.Chart
    history: tuple[HistoryView, ...]
    held: str
    acts: tuple[tuple[str, str], ...]


class OperatorDesk:
    """What the operator's pages ask; any thread may call."""

    def __init__(
        self,
        ws: Workspace,
        observer: Observer | None = None,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
        reloader: Reloader | None = None,
    ) -> None:
        self.ws = ws
        self._reloader = reloader
        self.sources = SourceWatch(ws)
        self._pulse = Pulse(observer, free)
        self._lock = Lock()

    @property
    def community(self) -> str:
        """The community's name."""
        return self.ws.settings.community.name

    def now(self) -> NowView:
        """The first page."""
        ws, now, look = self.ws, self.ws.clock(), self.sources.seen
        with ws.store.read() as connection:
            under_way = operator.issues(connection, self._id, "sending", "paused")
            recent = operator.issues(connection, self._id, "sent", most=RECENT)
            return NowView(
                moment_text(now, home_zone(ws)),
                ws.settings.community.timezone,
                tuple(sending_of(ws, connection, one, now) for one in under_way if one.mailing_id),
                attention(ws, connection, look, now),
                coming(ws, connection, now),
                tuple(line_of(ws, one, now) for one in recent),
                look,
                ago_text(look.at, now) if look else "",
                health(ws, connection, self._pulse, now),
                told(ws, connection, LATELY, MOST_TOLD),
            )

    def fingerprint(self) -> str:
        """Another text whenever something else is to be said of what is being sent; cheap enough to ask often."""
        with self.ws.store.read() as connection:
            found = operator.issues(connection, self._id, "sending", "paused")
            finished = operator.count_issues(connection, self._id, "sent", "cancelled", "skipped")
        return repr(([(one.key, one.state, sorted(one.states.items())) for one in found], finished))

    def issues(self, number: int) -> IssuesView:
        """One page of the issues that left."""
        ws, now, zone = self.ws, self.ws.clock(), home_zone(self.ws)
        with ws.store.read() as connection:
            total = operator.count_issues(connection, self._id, *LEFT)
            pages = max(1, -(-total // ON_A_PAGE))
            number = min(max(1, number), pages)
            skipped = (number - 1) * ON_A_PAGE
            found = operator.issues(connection, self._id, *LEFT, most=ON_A_PAGE, skipped=skipped)
            last = operator.issues(connection, self._id, *LEFT, most=DRAWN)
        drawn, limits = [one for one in reversed(last) if one.kind == "issue"], ws.settings.guards
        lines = tuple(line_of(ws, one, now) for one in found)
        rates = charts.returned(drawn, limits, zone), charts.complained(drawn, limits, zone)
        return IssuesView(lines, number, pages, total, *rates)

    def issue(self, key: str) -> IssueView | None:
        """One issue; None where there is none of that key."""
        ws, now, zone = self.ws, self.ws.clock(), home_zone(self.ws)
        with ws.store.read() as connection:
            one = next(iter(operator.issues(connection, self._id, key=key)), None)
            if one is None:
                return None
            under_way = one.state in ACTS and one.mailing_id
            batches = operator.handed_over(connection, one.mailing_id) if one.mailing_id else ()
            history = issue_rows.history(connection, self._id, key)
            return IssueView(
                line_of(ws, one, now),
                sending_of(ws, connection, one, now) if under_way else None,
                one.planned,
                moment_text(one.planned_at, zone, now) if one.planned_at else "",
                states_of_issue(one),
                charts.handing_over(batches, zone),
                tuple(
                    HistoryView(moment_text(event.at, zone, now), event.state, event.by, redact(event.detail))
                    for event in reversed(history)
                ),
                one.held,
                ACTS.get(one.state, ()) if one.mailing_id else (),
            )

    def deliveries(self, key: str, show: str, number: int, actor: Actor | None = None) -> tuple[str, RowsPage] | None:
        """A page of an issue's deliveries, with its title; `actor` opens the addresses, which is written down."""
        ws, now = self.ws, self.ws.clock()
        with ws.store.read() as connection:
            one = next(iter(operator.issues(connection, self._id, key=key)), None)
            if one is None:
                return None
            found = rows_page(ws, connection, one, show, number, opened=actor is not None, now=now)
        if actor is not None:
            what = f"addresses of page {found.number} of its {found.name} deliveries, {len(found.rows)} rows"
            acts.opened(acting(ws, actor), key, what)
        return title_of(ws, one), found

    def delivery(self, delivery_id: str, actor: Actor | None = None) -> DeliveryView | None:
        """One delivery; `actor` opens its address, which is written down."""
        ws = self.ws
        with ws.store.read() as connection:
            one = operator.find_delivery(connection, self._id, delivery_id)
            if one is None or one.kind in ("service", "test"):
                return None
            found = delivery_view(ws, connection, one, ws.clock(), opened=actor is not None)
        if actor is not None:
            acts.opened(acting(ws, actor), one.subscriber_id, f"the address of one delivery of {one.key}")
        return found

    def people(self, weeks: int) -> PeopleView:
        """People in numbers."""
        with self.ws.store.read() as connection:
            return people_view(self.ws, connection, weeks, self.ws.clock())

    def numbers(self, days: int) -> NumbersView:
        """What was counted in so many days, and after each of the last issues."""
        days = days if days in SPANS else SPANS[0]
        found = tell(self.ws, days)
        with self.ws.store.read() as connection:
            counted = numbers.between(connection, self._id, found.first, found.last)
            members = growth.members(connection, self._id)
        active = sum(count for (_, state), count in members.items() if state == "active")
        return numbers_view(found, counted, active, days)

    def deliveries_to(self, typed: str) -> tuple[RowView, ...]:
        """The last deliveries to an address that an operator typed."""
        with self.ws.store.read() as connection:
            return deliveries_to(self.ws, connection, typed, self.ws.clock())

    def log(self) -> tuple[tuple[ToldLine, ...], tuple[DeedView, ...]]:
        """What was told, and what was done, lately."""
        with self.ws.store.read() as connection:
            return told(self.ws, connection, timedelta(days=30), 100), done(self.ws, connection)

    @property
    def reloads(self) -> bool:
        """Whether there is a running program to take a changed configuration in."""
        return self._reloader is not None

    def reload(self, actor: Actor) -> Said:
        """Have the configuration read again, in somebody's name, and say what came of it."""
        if self._reloader is None:
            return Said("No program is running here that could take it in.", well=False)
        try:
            found = self._reloader.reload(actor)
        except RoleRefused as error:
            return Said(f"{error}.", well=False)
        return Said(f"{found.text}.", well=found.is_good)

    def act(self, what: str, key: str, by: str, actor: Actor) -> Said:
        """Do something with an issue, in somebody's name."""
        with self._lock:
            return acts.act(acting(self.ws, actor), what, key, by)

    @property
    def _id(self) -> str:
        return self.ws.settings.community.id
