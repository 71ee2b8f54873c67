"""What becomes of a line: a table of how its person stands in the file against what stands in the store.

Nobody who left, bounced, complained or is suppressed is raised by a file; whom a file says to have left or bounced is
not dropped but kept as that.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from newsletter.model.people import SubscriptionState, SuppressionReason
from newsletter.people.consent import decide
from newsletter.people.importing.standing import Standing

#: What becomes of a line. `ended`: kept as left, or as never to be written to; `suppressed`: kept out as the store
#: says; `left out`: the file itself gives no reason to take it.
Outcome = Literal["new", "known", "ended", "suppressed", "left out", "duplicate", "invalid"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
#: How a membership of our own export stands, to be put back as it was.
RESTORED = "as-"
_STATES: tuple[SubscriptionState, ...] = get_args(SubscriptionState)
_REASONS: tuple[SuppressionReason, ...] = get_args(SuppressionReason)
#: Standings by which an address is never written to again, and the reason of the suppression.
ENDINGS: dict[Standing, SuppressionReason] = {
    "bounced": "bounced",
    "complained": "complained",
    "blocked": "operator",
}


class Verdict(NamedTuple):
    """What becomes of a line; `after` is the state of the membership that is written, None where none is."""

    outcome: Outcome
    after: SubscriptionState | None = None


class Case(NamedTuple):
    """One row of the table."""

    standing: str
    state: SubscriptionState | None
    suppressed: str
    verdict: Verdict


def cases() -> Iterator[Case]:
    """The whole table."""
    for state in (None, *_STATES):
        for suppressed in ("", *_REASONS):
            for standing in get_args(Standing):
                yield Case(standing, state, suppressed, verdict(standing, state, suppressed))
            for mine in _STATES:
                yield Case(RESTORED + mine, state, suppressed, _restored(mine, state, suppressed))


def verdict(standing: Standing, state: SubscriptionState | None, suppressed: str) -> Verdict:
    """What becomes of a line whose person stands so, where the store has this membership and suppression."""
    if standing in ENDINGS:
        return _ending(ENDINGS[standing], suppressed)
    if standing in ("unconfirmed", "passed"):
        return Verdict("left out")
    if suppressed:
        return Verdict("suppressed")
    return _joining(state) if standing == "active" else _leaving(state)


def _joining(state: SubscriptionState | None) -> Verdict:
    found = decide(state, "imported")
    if found.refusal:
        return Verdict("suppressed")
    return Verdict("new", found.state) if found.changed else Verdict("known")


def _leaving(state: SubscriptionState | None) -> Verdict:
    found = decide(state, "left")
    return Verdict("ended", found.state) if found.changed and found.state == "left" else Verdict("known")


def _ending(reason: SuppressionReason, suppressed: str) -> Verdict:
    graver = suppressed and _REASONS.index(suppressed) >= _REASONS.index(reason)
    return Verdict("suppressed" if graver else "ended")


def _restored(mine: SubscriptionState, state: SubscriptionState | None, suppressed: str) -> Verdict:
    if state is None and not suppressed:
        return Verdict("new" if mine in ("pending", "active") else "ended", mine)
    return Verdict("left out") if mine == "pending" else verdict(mine, state, suppressed)
