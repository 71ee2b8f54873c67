"""The reckoning after a run: the ledger's own audit, and its states held against what the provider truly took."""

from collections.abc import Mapping

from support_workspace import KEY

from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.workspace import Workspace
from newsletter.delivery.audit import TAKEN

#: States in which nobody was written to, for a reason that stands beside them.
NOT_SENT = frozenset({"failed", "suppressed", "skipped", "cancelled"})


def reckoned(
    ws: Workspace, states: Mapping[str, str], taken: Mapping[str, int], names: Mapping[str, str]
) -> list[str]:
    """Everything that must not be so, readers called by their names."""
    people = sorted(names, key=lambda one: names[one])
    wrong = [f"twice: {names[one]}" for one in people if taken[one] > 1]
    found = audit_mailing(ws, KEY)
    wrong += [f"{one.invariant} {names.get(one.about, one.about)}: {one.text}" for one in found.violations]
    wrong += [f"{names[one]} {text}" for one in people if (text := _doubt(states[one], taken[one]))]
    if set(found.unknown) != {one for one in people if states[one] == "unknown"}:
        wrong.append("not all that is unknown is listed")
    return sorted(wrong)


def _doubt(state: str, copies: int) -> str:
    """What is wrong with an end, where the provider took so many copies; empty where nothing is."""
    if state == "unknown":
        return ""
    if state in TAKEN:
        return "" if copies else f"is {state}, and the provider has nothing"
    if state in NOT_SENT:
        return "" if not copies else f"is {state}, and the provider has it"
    return f"is lost: {state} at the end"
