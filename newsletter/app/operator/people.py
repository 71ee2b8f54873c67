"""People in numbers: members of each list by state, what they chose, who is never written to, and how it grows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.engine import Connection

from newsletter.app.operator.charts import Chart, growth
from newsletter.app.operator.words import share_text
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.dates.zones import localise
from newsletter.model.operator import TopicChoice
from newsletter.store import growth as people
from newsletter.store.tables import SUBSCRIPTION_STATES

#: How many weeks back may be looked.
WEEKS = (12, 26, 52)
ALL_TOPICS = "all topics, later ones too"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a base: its name, how many, of how many."""

    name: str
    number: int
    base: int

    @property
    def share(self) -> str:
        """The share in percent."""
        return share_text(self.number, self.base)


@dataclass(frozen=True, slots=True)
class ListView:
    """One list: its members by state, how many of the active ones rest, and what those chose."""

    name: str
    title: str
    active: int
    total: int
    states: tuple[Part, ...]
    resting: int
    topics: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Everything that the page about people shows."""

    lists: tuple[ListView, ...]
    suppressed: tuple[Part, ...]
    growth: Chart
    weeks: int


def people_view(ws: Workspace, connection: Connection, weeks: int, now: datetime) -> PeopleView:
    """The numbers of people at `now`, with so many weeks of growth."""
    community = ws.settings.community.id
    weeks = weeks if weeks in WEEKS else WEEKS[1]
    members = people.members(connection, community)
    chosen = people.choices(connection, community, now)
    names = dict.fromkeys((*ws.settings.lists, *(name for name, _ in members)))
    lists = tuple(_list(ws, name, members, [one for one in chosen if one.list == name]) for name in names)
    barred = people.suppressed(connection, community)
    grown = people.grown(connection, community, week_starts(ws, weeks, now))
    return PeopleView(
        tuple(one for one in lists if one.total or one.name in ws.settings.lists),
        tuple(Part(reason, count, sum(barred.values())) for reason, count in sorted(barred.items())),
        growth(grown, sum(one.active for one in lists), home_zone(ws)),
        weeks,
    )


def week_starts(ws: Workspace, weeks: int, now: datetime) -> tuple[datetime, ...]:
    """The local Mondays on which so many weeks begin, the current one being the last, and the end of that."""
    zone = home_zone(ws)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    days = (monday - timedelta(weeks=back) for back in range(weeks - 1, -2, -1))
    return tuple(localise(datetime.combine(day, time()), zone) for day in days)


def _list(ws: Workspace, name: str, members: people.Members, chosen: Sequence[TopicChoice]) -> ListView:
    settings = ws.settings.lists.get(name)
    counts = {state: members.get((name, state), 0) for state in SUBSCRIPTION_STATES}
    total = sum(counts.values())
    states = tuple(Part(state, count, total) for state, count in counts.items() if count or state == "active")
    topics = tuple(_topics(ws, chosen, counts["active"]))
    title, resting = settings.title if settings else name, sum(one.resting for one in chosen)
    return ListView(name, title or name, counts["active"], total, states, resting, topics)


def _topics(ws: Workspace, chosen: Sequence[TopicChoice], active: int) -> list[Part]:
    """Who gets each topic: those who chose it, and those who take all there are."""
    everything = sum(one.people for one in chosen if one.topics is None)
    named: Counter[str] = Counter()
    for one in chosen:
        for topic in one.topics or ():
            named[topic] += one.people
    titles = {name: topic.title for name, topic in ws.settings.topics.items()}
    parts = [Part(titles.get(name, name), count + everything, active) for name, count in named.items()]
    ordered = sorted(parts, key=lambda one: (-one.number, one.name))
    none = sum(one.people for one in chosen if one.topics == ())
    return [
        *ordered,
        *([Part(ALL_TOPICS, everything, active)] if everything else []),
        *([Part("no topic", none, active)] if none else []),
    ]
