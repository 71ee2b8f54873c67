"""Proving from the ledger alone that a mailing kept what is promised of it."""

from collections import Counter
from dataclasses import asdict, dataclass

from newsletter.app.sending.planning import find_issue, mailing_of
from newsletter.app.workspace import Workspace
from newsletter.delivery.audit import INVARIANTS, audit
from newsletter.model.audit import History, Violation
from newsletter.model.delivery import STATES, DeliveryState
from newsletter.store import audit as ledger

OVER = ("sent", "cancelled")


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at and what does not hold: deliveries by state, their attempts, the violations, the unknown."""

    key: str
    deliveries: int
    states: dict[DeliveryState, int]
    attempts: int
    violations: tuple[Violation, ...]
    unknown: tuple[str, ...]

    def rows(self) -> tuple[tuple[str, str, int], ...]:
        """Each invariant, what it promises, and how often it does not hold."""
        found = Counter(one.invariant for one in self.violations)
        return tuple((name, text, found[name]) for name, text in INVARIANTS.items())


def audit_json(found: Audit) -> dict[str, object]:
    """`audit --json`."""
    return {
        "key": found.key,
        "deliveries": found.deliveries,
        "attempts": found.attempts,
        "states": {state: found.states.get(state, 0) for state in STATES},
        "invariants": [{"id": name, "promise": text, "violations": count} for name, text, count in found.rows()],
        "violations": [asdict(one) for one in found.violations],
        "unknown": list(found.unknown),
    }


def audit_mailing(ws: Workspace, key: str) -> Audit:
    """Read the mailing's whole ledger in one look; UsageError where there is no issue of that key."""
    states: Counter[DeliveryState] = Counter()
    attempts: set[str] = set()
    unknown: list[str] = []

    def looked_at(history: History) -> History:
        states[history.state] += 1
        attempts.update(one.attempt_id for one in history.tries)
        if history.state == "unknown":
            unknown.append(history.delivery_id)
        return history

    with ws.store.read() as connection:
        mailing = mailing_of(connection, ws, find_issue(connection, ws, key))
        if mailing is None:
            return Audit(key, 0, {}, 0, (), ())
        found = map(looked_at, ledger.histories(connection, mailing.id))
        violations = tuple(audit(found, over=mailing.state in OVER))
    return Audit(key, states.total(), dict(states), len(attempts), violations, tuple(unknown))
