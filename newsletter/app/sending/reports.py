"""Taking in what providers report later: each notice once, in any order, and only about what we sent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.engine import Connection

from newsletter.app.membership import Event, end_all, leave_list
from newsletter.app.workspace import Workspace
from newsletter.delivery.evidence import Verdict, verdict
from newsletter.model.delivery import Notice
from newsletter.store import notices as reported
from newsletter.store.notices import Reported


@dataclass(frozen=True, slots=True)
class NoticeResult:
    """How many notices were new, told before, or about nothing of ours."""

    new: int = 0
    repeated: int = 0
    foreign: int = 0


#: Notices that are applied in one transaction.
AT_ONCE = 1_000


def take_notices(ws: Workspace, notices: Sequence[Notice]) -> NoticeResult:
    """Keep and apply notices of any number, in transactions of bounded size; taking them again changes nothing."""
    total = Counter[str]()
    for start in range(0, len(notices), AT_ONCE):
        total.update(asdict(apply_notices(ws, notices[start : start + AT_ONCE])))
    return NoticeResult(**total)


def apply_notices(ws: Workspace, notices: Iterable[Notice]) -> NoticeResult:
    """Keep the notices and let them settle deliveries, subscriptions and suppressions, in one transaction."""
    tally = {"new": 0, "repeated": 0, "foreign": 0}
    with ws.store.begin("notices") as connection:
        for notice in notices:
            tally[_apply(connection, ws.settings.community.id, notice)] += 1
    return NoticeResult(**tally)


def _apply(connection: Connection, community: str, notice: Notice) -> str:
    found = reported.about(connection, community, notice)
    if found is None:
        return "foreign"
    judged = verdict(found.state, notice)
    if not reported.keep(connection, community, notice, judged.state):
        return "repeated"
    if judged.state != found.state:
        reported.settle(connection, community, notice, found.state, judged.state)
    _tell_people(connection, community, found, judged, notice)
    return "new"


def _tell_people(connection: Connection, community: str, found: Reported, judged: Verdict, notice: Notice) -> None:
    if judged.consent is None:
        return
    event = Event(judged.consent, notice.at, "provider", detail=notice.detail)
    if judged.consent == "left":
        leave_list(connection, community, found.subscriber_id, found.list, event)
    else:
        end_all(connection, community, found.subscriber_id, event, judged.suppression)
