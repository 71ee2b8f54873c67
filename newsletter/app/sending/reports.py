"""Taking in what providers report later: each notice once, in any order, and only about what we sent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.engine import Connection

from newsletter.app.membership import Event, end_all, leave_list
from newsletter.app.workspace import Workspace
from newsletter.delivery.evidence import CLOCKS_APART, Verdict, is_worn_out, verdict
from newsletter.model.delivery import DeliveryState, Notice
from newsletter.people.address import address_hash, parse_address
from newsletter.store import notices as reported
from newsletter.store import subscribers
from newsletter.store.notices import Line, Move, Reported

#: Notices that are applied in one transaction.
AT_ONCE = 1_000

#: What became of one notice: it was new, told before, or about nothing of ours.
Fate = Literal["new", "repeated", "foreign"]


@dataclass(frozen=True, slots=True)
class NoticeResult:
    """How many notices were new, told before, or about nothing of ours."""

    new: int = 0
    repeated: int = 0
    foreign: int = 0


def take_notices(ws: Workspace, notices: Sequence[Notice]) -> NoticeResult:
    """Keep and apply notices of any number, in transactions of bounded size; taking them again changes nothing."""
    tally: Counter[Fate] = Counter()
    for start in range(0, len(notices), AT_ONCE):
        with ws.store.begin("events") as connection:
            tally.update(take(connection, ws, notices[start : start + AT_ONCE]))
    return NoticeResult(tally["new"], tally["repeated"], tally["foreign"])


def apply_notices(ws: Workspace, notices: Iterable[Notice]) -> NoticeResult:
    """Keep the notices and let them settle deliveries, subscriptions and suppressions."""
    return take_notices(ws, tuple(notices))


def take(connection: Connection, ws: Workspace, notices: Sequence[Notice]) -> tuple[Fate, ...]:
    """The same inside the caller's transaction; what became of each."""
    return _Taking(connection, ws, notices).run()


class _Taking:
    """Notices of one transaction over what the ledger knows of their deliveries: read once, judged, written once."""

    def __init__(self, connection: Connection, ws: Workspace, notices: Sequence[Notice]) -> None:
        self.connection, self.ws, self.notices = connection, ws, notices
        self.community = ws.settings.community.id
        ids = {one.delivery_id for one in notices}
        self.known = reported.about_all(connection, self.community, ids)
        attempts = {one.attempt_id for one in notices if one.attempt_id}
        self.left = reported.that_left(connection, self.community, attempts)
        self.told = reported.told(connection, self.community, ids)
        self.states: dict[str, DeliveryState] = {one: found.state for one, found in self.known.items()}
        self.lines: list[Line] = []
        self.evidence: dict[str, Notice] = {}
        self.people: list[tuple[Reported, Verdict, Notice]] = []

    def run(self) -> tuple[Fate, ...]:
        fates = tuple(self._take(one) for one in self.notices)
        reported.keep(self.connection, self.community, self.lines)
        self._move()
        for found, judged, notice in self.people:
            _tell_people(self.connection, self.ws, found, judged, notice)
        return fates

    def _take(self, notice: Notice) -> Fate:
        found = self.known.get(notice.delivery_id)
        if found is None or not self._is_ours(found, notice):
            return "foreign"
        key = reported.key_of(notice)
        if not self._is_new(notice, key):
            return "repeated"
        state = self.states[notice.delivery_id]
        judged = verdict(state, notice, same_address=_same_address(self.ws, found, notice))
        self.lines.append(Line(notice, key, judged.state))
        if judged.state != state:
            self.states[notice.delivery_id] = judged.state
            self.evidence[notice.delivery_id] = notice
        if judged.consent or judged.soft:
            self.people.append((found, judged, notice))
        return "new"

    def _is_ours(self, found: Reported, notice: Notice) -> bool:
        """Whether the message it tells of is one that we handed over; a report that names no attempt is of any."""
        if notice.attempt_id:
            return (notice.delivery_id, notice.attempt_id) in self.left
        return found.left

    def _is_new(self, notice: Notice, key: str) -> bool:
        """Whether neither what it says nor its id is known; both are from now on."""
        said, named = (notice.delivery_id, key), (notice.delivery_id, notice.event_id)
        if said in self.told or named in self.told:
            return False
        self.told.add(said)
        if notice.event_id:
            self.told.add(named)
        return True

    def _move(self) -> None:
        moves = [Move(notice, self.known[one].state, self.states[one]) for one, notice in self.evidence.items()]
        reported.settle(self.connection, self.community, moves)
        reported.revive(self.connection, self.community, (one.notice for one in moves if one.old == "pending"))


def _same_address(ws: Workspace, found: Reported, notice: Notice) -> bool:
    """Whether the reader still has the address that the notice names; one that names none is believed."""
    if notice.kind not in ("bounced", "dropped") or not notice.address or not found.who:
        return True
    return address_hash(ws.hash_key, parse_address(notice.address).key) == found.who


def _tell_people(connection: Connection, ws: Workspace, found: Reported, judged: Verdict, notice: Notice) -> None:
    """Let the notice end memberships, but for one that was confirmed after what it tells of."""
    community = ws.settings.community.id
    mine = subscribers.subscriptions_of(connection, community, found.subscriber_id)
    then = notice.at + CLOCKS_APART
    newer = {one.list for one in mine if one.state == "active" and one.since and one.since > then}
    if judged.consent == "left":
        if found.list not in newer:
            event = Event("left", notice.at, "provider", detail=notice.detail)
            leave_list(connection, community, found.subscriber_id, found.list, event)
        return
    if newer or not (judged.consent or _worn_out(connection, community, found)):
        return
    consent, suppression = judged.consent or "bounced", judged.suppression or "bounced"
    event = Event(consent, notice.at, "provider", detail=notice.detail)
    end_all(connection, community, found.subscriber_id, event, suppression)


def _worn_out(connection: Connection, community: str, found: Reported) -> bool:
    return is_worn_out(reported.softly_returned(connection, community, found.subscriber_id))
