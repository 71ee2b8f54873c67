"""Alerts for an operator who looks: what is open, what is over, what was noted; and a test of each road."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from newsletter.app.alerting import alerts_since
from newsletter.app.alerts.addressees import addressees
from newsletter.app.alerts.telling import handed_over
from newsletter.app.alerts.wording import episode_json
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.dates.spans import span_words
from newsletter.health.episodes import lasted
from newsletter.model.alerting import Channel, Episode, Telling, Tried, Trouble
from newsletter.model.joining import Alert
from newsletter.store import episodes

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is wrong now, what was and ended since a moment, and what else was noted since then."""

    open_ones: tuple[Episode, ...]
    past: tuple[Episode, ...]
    noted: tuple[Alert, ...]
    told: dict[int, list[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Tested:
    """How the test of one road went."""

    channel: Channel
    address: str
    tried: Tried

    @property
    def worked(self) -> bool:
        """Whether it was told."""
        return self.tried.state == "told"

    @property
    def words(self) -> str:
        """In words."""
        return "told" if self.worked else f"not told: {self.tried.detail}"

    def json(self) -> dict[str, Any]:
        """`alerts --test --json`."""
        return {"channel": self.channel, "to": self.address, "told": self.worked, "detail": self.tried.detail}


def seen(ws: Workspace, since: datetime) -> Seen:
    """Everything there is to show."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        open_ones = episodes.open_ones(connection, community)
        past = episodes.past(connection, community, since)
        told = episodes.tellings_of(connection, [one.id for one in (*open_ones, *past)])
    by_episode: dict[int, list[dict[str, object]]] = {}
    for number, line in told:
        by_episode.setdefault(number, []).append(line)
    return Seen(open_ones, past, alerts_since(ws, since), by_episode)


def seen_json(found: Seen) -> dict[str, Any]:
    """`alerts --json`; `told` says by which road, and what became of it."""
    return {
        "open": [{**episode_json(one), "told": found.told.get(one.id, [])} for one in found.open_ones],
        "past": [{**episode_json(one), "told": found.told.get(one.id, [])} for one in found.past],
        "noted": [{"at": one.at.isoformat(), "kind": one.kind, "text": one.text} for one in found.noted],
    }


def seen_tables(ws: Workspace, found: Seen) -> Iterator[Table]:
    """The tables that have rows."""
    if found.open_ones:
        wrong = [(_when(ws, one.first_seen), one.trouble.text, one.trouble.advice) for one in found.open_ones]
        yield "Wrong now", ("Since", "What", "What to do"), wrong
    if found.past:
        over = [(_when(ws, one.first_seen), _lasted(one), one.trouble.text, one.ending) for one in found.past]
        yield "Over", ("Since", "For", "What", "How it ended"), over
    if found.noted:
        noted = [(_when(ws, one.at), one.kind, one.text) for one in found.noted]
        yield "Noted as it happened", ("When", "Kind", "What"), noted


def test_roads(ws: Workspace) -> tuple[Tested, ...]:
    """Tell a test alert by every road, each once and now; nothing of it is written down."""
    now = ws.clock()
    text = "This is a test: had something been wrong, you would read here what it is, with its figures"
    episode = Episode(0, Trouble("test", "", "warning", text, "Nothing", final=True), now, now)
    found = []
    for channel, address in addressees(ws):
        tried = handed_over(ws, Telling(0, episode, "test", channel, address), 0.0)
        found.append(Tested(channel, address, tried))
    return tuple(found)


def _lasted(one: Episode) -> str:
    return "" if one.trouble.final or lasted(one) < timedelta(minutes=1) else span_words(lasted(one))


def _when(ws: Workspace, moment: datetime) -> str:
    return f"{moment.astimezone(home_zone(ws)):%Y-%m-%d %H:%M}"
