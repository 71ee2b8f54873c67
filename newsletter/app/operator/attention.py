"""What needs a look: each with a sentence, what to do, and where its rows are. Nothing is listed that can wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.engine import Connection

from newsletter.app.operator.sources import Look
from newsletter.app.operator.words import ago_text, count_text, moment_text
from newsletter.app.sending import fence
from newsletter.app.timing import home_zone
from newsletter.app.workspace import Workspace
from newsletter.model.alerting import TroubleKind
from newsletter.model.issue import IssueState
from newsletter.model.ledger import IssueRow
from newsletter.store import episodes, guards, operator

Level = Literal["bad", "warn", "info"]
#: What is looked at afresh for every page, and is an alert besides once it lasts.
SEEN_HERE: frozenset[TroubleKind] = frozenset({"held", "unknown", "issue-late", "source"})
LEFT: tuple[IssueState, ...] = ("sending", "paused", "sent", "cancelled")


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at; `path` leads to it below the operator's pages, empty where it is no page of theirs.

    `more` are lines of it, each with a path of its own.
    """

    level: Level
    text: str
    advice: str = ""
    path: str = ""
    more: tuple[tuple[str, str], ...] = ()


def attention(ws: Workspace, connection: Connection, look: Look | None, now: datetime) -> tuple[Attention, ...]:
    """Everything that needs a look at `now`, the worst first."""
    found = [
        *_held_mailings(ws, connection, now),
        *_unknown(connection, ws.settings.community.id),
        *_late(ws, connection, now),
        *(_of_sources(look) if look else ()),
    ]
    found += [*_alerts(connection, ws.settings.community.id, " ".join(one.text for one in found))]
    return tuple(sorted(found, key=lambda one: ("bad", "warn", "info").index(one.level)))


def _held_mailings(ws: Workspace, connection: Connection, now: datetime) -> Iterator[Attention]:
    if fence.old_copy(connection, ws):
        text = "This store is an older copy of itself: nothing is sent from it."
        yield Attention("bad", text, "newsletter resume --restored lets it go on")
    for one in guards.active(connection, ws.settings.community.id):
        hold = one.hold
        if hold.guard == "restored" or (hold.until and hold.until <= now):
            continue
        until = f" It goes on at {moment_text(hold.until, home_zone(ws))}." if hold.until else ""
        about = f"{hold.about}: " if hold.about and hold.about not in hold.why else ""
        level: Level = "info" if hold.until else "warn"
        path = f"issues/{hold.about}" if hold.about else ""
        yield Attention(level, f"{about}held by the {hold.guard} guard: {hold.why}.{until}", "", path)


def _alerts(connection: Connection, community: str, said: str) -> Iterator[Attention]:
    """Alerts that are open, but for those that say what is said already, as it was some minutes ago."""
    for one in episodes.open_ones(connection, community):
        trouble = one.trouble
        if trouble.kind in SEEN_HERE and (not trouble.subject or trouble.subject in said):
            continue
        level: Level = "bad" if trouble.severity == "error" else "warn"
        yield Attention(level, f"{trouble.text.rstrip('.')}.", trouble.advice)


def _unknown(connection: Connection, community: str) -> Iterator[Attention]:
    found = operator.unknown(connection, community)
    number, base = sum(count for _, count, _ in found), sum(planned for *_, planned in found)
    advice = f"newsletter reconcile {found[0][0] if len(found) == 1 else 'KEY'} settles what evidence settles"
    lines = tuple((f"{count:,} of {planned:,} of {key}", _rows(key)) for key, count, planned in found)
    if len(found) == 1:
        yield Attention("warn", f"{lines[0][0]} are unknown.", advice, lines[0][1])
    elif found:
        text = f"{number:,} of {base:,} deliveries of {len(found)} issues are unknown."
        yield Attention("warn", text, advice, "", lines)


def _rows(key: str) -> str:
    return f"issues/{key}/deliveries?show=unknown"


def _late(ws: Workspace, connection: Connection, now: datetime) -> Iterator[Attention]:
    for row in operator.not_ready(connection, ws.settings.community.id, now):
        digest = ws.settings.digests.get(row.digest)
        if row.held:
            text = f"{row.key} is approved and waits: {row.held}."
            yield Attention("warn", text, "", f"issues/{row.key}")
        elif row.state != "approved" and digest and digest.review != "automatic":
            yield _not_approved(ws, row, now)


def _not_approved(ws: Workspace, row: IssueRow, now: datetime) -> Attention:
    at = moment_text(row.send_at, home_zone(ws), now)
    what = "is not approved" if row.state == "drafted" else "is not drafted"
    advice = "an editor approves it in the studio, or with newsletter approve"
    if row.send_at <= now:
        return Attention("bad", f"{row.key} was due at {at} and {what}.", advice, f"issues/{row.key}")
    text = f"{row.key} leaves {ago_text(row.send_at, now)}, at {at}, and {what}."
    return Attention("info", text, advice, f"issues/{row.key}")


def _of_sources(look: Look) -> Sequence[Attention]:
    found = []
    if look.fault:
        found.append(Attention("bad", f"{look.fault}.", "newsletter collect says more"))
    if look.held_back:
        verb = "is" if look.held_back == 1 else "are"
        lines = tuple((line, "") for line in look.held)
        text = f"{count_text(look.held_back, 'entry', 'entries')} of the sources {verb} held back."
        found.append(Attention("warn", text, "an editor mends them where they are written", "", lines))
    for one in look.sources:
        if one.problem and one.level != "info":
            level: Level = "bad" if one.level == "error" else "warn"
            found.append(Attention(level, f"Source {one.name}: {one.problem}.", "", "#sources"))
    return found
