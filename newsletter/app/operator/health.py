"""How the program itself is, in lines that each say whether it is well and what to do where it is not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import Connection

from newsletter.app.observing.observer import ASLEEP, Observer
from newsletter.app.operator.words import GROUPS, ago_text, count_text, moment_text
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.health.machine import judge_disk
from newsletter.model.delivery import DeliveryState
from newsletter.store import deeds, operator, recovery

#: A delivery that may leave and has not for so long means that nobody sends.
STUCK = timedelta(minutes=10)
#: A backup that is older is no backup.
OLD_BACKUP = timedelta(days=2)
#: What only a report of the provider makes of a delivery.
REPORTED: tuple[DeliveryState, ...] = ("delivered", "deferred", "bounced", "dropped", "complained")


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One line: what was looked at, how it is, and what to do."""

    name: str
    level: Literal["good", "warn", "bad", "quiet"]
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is known of the process itself: `observer` is None where the pages are served by another one."""

    observer: Observer | None
    free: Callable[[Path], int]


def health(ws: Workspace, connection: Connection, pulse: Pulse, now: datetime) -> tuple[HealthLine, ...]:
    """Every line, in the order in which things hang from one another."""
    return (
        _cadence(ws, pulse, now),
        _queue(ws, connection, now),
        _workers(ws, connection),
        _road(ws, connection),
        _reports(ws, connection),
        *_disk(ws, pulse),
        _backup(ws, connection, now),
    )


def _cadence(ws: Workspace, pulse: Pulse, now: datetime) -> HealthLine:
    if pulse.observer is None:
        text = "Not known here: this page is served by itself, beside the program."
        return HealthLine("Cadence", "quiet", text, "newsletter run shows it on its own page")
    woke = pulse.observer.last
    if now - woke > ASLEEP:
        text = f"No wake-up has come to its end since {moment_text(woke, home_zone(ws))}."
        return HealthLine("Cadence", "bad", text, "look into the log, then start the program again")
    return HealthLine("Cadence", "good", f"Looked at {ago_text(woke, now)}.")


def _queue(ws: Workspace, connection: Connection, now: datetime) -> HealthLine:
    since = operator.waiting_since(connection, ws.settings.community.id, now)
    if since is None:
        return HealthLine("Queue", "good", "Nothing waits that may leave.")
    text = f"The oldest delivery that may leave has waited since {moment_text(since, home_zone(ws))}."
    if now - since > STUCK:
        return HealthLine("Queue", "warn", text, "paused, held, or nobody sends: newsletter run or newsletter worker")
    return HealthLine("Queue", "good", text)


def _workers(ws: Workspace, connection: Connection) -> HealthLine:
    open_ = recovery.open_attempts(connection, ws.settings.community.id)
    names = {one.worker for one in open_}
    if not open_:
        return HealthLine("Workers", "good", "None has a batch in hand.")
    batches = count_text(len(open_), "batch", "batches")
    return HealthLine("Workers", "good", f"{count_text(len(names), 'worker')} with {batches} in hand.")


def _road(ws: Workspace, connection: Connection) -> HealthLine:
    road, kind = operator.road_now(connection, ws.settings.community.id), ws.settings.provider.kind
    if not road.is_open and road.until:
        until = moment_text(road.until, home_zone(ws))
        text = f"{kind} gave no answer {count_text(road.failures, 'time')} in a row: left alone until {until}."
        return HealthLine("Road out", "bad", text, "newsletter doctor looks down the road")
    return HealthLine("Road out", "good", f"{kind}, and nothing is known against it.")


def _reports(ws: Workspace, connection: Connection) -> HealthLine:
    """Of the last issue that left: a road whose reports stopped is seen there first."""
    left = operator.issues(connection, ws.settings.community.id, "sending", "paused", "sent", most=1)
    over = sum(one.count(*GROUPS["handed-over"]) for one in left)
    if not over:
        return HealthLine("Reports", "quiet", "Nothing was handed over that could be reported on.")
    known, key = sum(one.count(*REPORTED) for one in left), left[0].key
    if known:
        return HealthLine("Reports", "good", f"The provider reported on {known:,} of {over:,} mails of {key}.")
    text = f"The provider reported on 0 of {over:,} mails of {key}: what was delivered or bounced later is not known."
    return HealthLine("Reports", "quiet", text, "set up the provider's events, or bounce mails")


def _disk(ws: Workspace, pulse: Pulse) -> Iterator[HealthLine]:
    try:
        found = judge_disk(pulse.free(ws.root), "the workspace")
    except OSError:
        return
    level: Literal["good", "warn", "bad"]
    level = "bad" if found.condition == "error" else "warn" if found.condition == "warning" else "good"
    yield HealthLine("Disk", level, f"{found.text}.", found.advice)


def _backup(ws: Workspace, connection: Connection, now: datetime) -> HealthLine:
    last = deeds.last_of(connection, ws.settings.community.id, "backed up")
    if last is None:
        return HealthLine("Backup", "warn", "None was taken yet.", "newsletter backup, once a day")
    text = f"The last was taken {ago_text(last.at, now)}."
    if now - last.at > OLD_BACKUP:
        return HealthLine("Backup", "warn", text, "newsletter backup, once a day")
    return HealthLine("Backup", "good", text)
