"""What becomes of a slot at a moment: a pure decision over its state, the clock, and the digest's rules."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from newsletter.dates.spans import span_words
from newsletter.model.issue import IssueState

Action = Literal["nothing", "wait", "draft", "send", "merge", "skip"]

#: What counts as on time, however a digest treats what is late: a restart, a slow draft, an editor's last look.
GRACE = timedelta(minutes=15)
#: Words by which the ledger says that an issue's time went by.
MISSED, MERGED, OVERTAKEN = "missed by ", "late, merged into ", "went out before it"
_LATE = re.compile(r"send-late up to (\d+) (minute|hour|day)s?")


@dataclass(frozen=True, slots=True)
class CatchUp:
    """How late an issue may leave; with `merge`, until the next one takes it in, and then covers its days as well."""

    late: timedelta | None
    merge: bool = False


class Due(Protocol):
    """A slot, or the row of one: when it is drafted, and when it is sent."""

    @property
    def draft_at(self) -> datetime: ...

    @property
    def send_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about one slot, and why, in words for the ledger and the log."""

    action: Action
    why: str = ""


def parse_catch_up(text: str) -> CatchUp:
    """Read "send-late up to 12 hours", "merge" or "skip"; ValueError for anything else."""
    plain = " ".join(text.casefold().split())
    if plain == "merge":
        return CatchUp(late=None, merge=True)
    if plain == "skip":
        return CatchUp(late=GRACE)
    found = _LATE.fullmatch(plain)
    if found is None:
        raise ValueError(f"{text!r} is not a way to catch up; write 'send-late up to 12 hours', 'merge' or 'skip'")
    return CatchUp(late=max(GRACE, timedelta(**{f"{found[2]}s": int(found[1])})))


def overtaken(due: Due, coming: Due, state: IssueState, now: datetime, *, automatic: bool) -> bool:
    """Whether the digest's next issue, `coming`, may take a late one in.

    An issue that nobody approved is taken in when the next one is drafted, so that one approval does for both; one
    that is ready may still leave by itself until the next one's own time.
    """
    ready = automatic or state == "approved"
    return now - due.send_at > GRACE and now >= (coming.send_at if ready else coming.draft_at)


def decide(
    due: Due,
    state: IssueState,
    now: datetime,
    *,
    automatic: bool,
    rule: CatchUp,
    newer: str | None = None,
    opening: datetime | None = None,
) -> Decision:
    """What to do at `now`. `newer` is the key of a later issue of the digest that may take this one in.

    `opening` is when the first reader is to get it, where that is before the slot's own moment.
    """
    if state in ("sent", "skipped", "cancelled", "paused"):
        return Decision("nothing")
    if state == "sending":
        return Decision("send", "the rest of an audience that is frozen already")
    late = now - due.send_at
    not_approved = "not approved: " if state == "drafted" and not automatic else ""
    if rule.merge and newer:
        return Decision("merge", f"{not_approved}{span_words(late)} {MERGED}{newer}")
    if rule.late is not None and late > rule.late:
        return Decision("skip", f"{not_approved}{_too_late(late, rule.late)}")
    if state == "due":
        return Decision("draft") if now >= due.draft_at else Decision("nothing")
    if now < min(due.send_at, opening or due.send_at):
        return Decision("nothing")
    if state == "drafted" and not automatic:
        return Decision("wait", "its time has come, and nobody has approved it yet")
    return Decision("send", f"{span_words(late)} late" if late > GRACE else "")


def _too_late(late: timedelta, most: timedelta) -> str:
    return f"{MISSED}{span_words(late)}, more than the {span_words(most)} it may be late"


def was_missed(why: str) -> bool:
    """Whether these words of a skipped issue's history say that its time went by, and not that nobody wanted it."""
    return any(words in why for words in (MISSED, MERGED, OVERTAKEN))
