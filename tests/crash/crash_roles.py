"""What a forked process may be: the program's own command line, a whole story of a mailing, or a bad design."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from crash_designs import DESIGNS
from crash_workspace import KEY, opened, plan

from newsletter import crash_points
from newsletter.app.dispatching import provider_of
from newsletter.app.sending.draining import work
from newsletter.app.sending.planning import SendRefused
from newsletter.app.sending.pump import apply_notices, cancel, pause, recover, resume
from newsletter.app.sending.reconciling import reconcile
from newsletter.app.subscribing import suppress as never_write_to
from newsletter.app.workspace import Workspace
from newsletter.cli.failures import run_guarded
from newsletter.model.delivery import Notice
from newsletter.store import mailings

#: One is under way when the story begins, one is sent, one is stopped before anything of it leaves.
BEFORE, STOPPED = "weekly-2026-11-27", "weekly-2026-12-11"
#: Of the mailing in the middle: who must not get it any more, and of whom the provider reports something later.
UNWANTED, BOUNCES, DELIVERED = (f"reader{number:06d}@example.org" for number in (3, 5, 7))
REPORTED_AT = datetime(2026, 12, 5, tzinfo=UTC)


def play(role: str, arguments: Sequence[str]) -> int:
    """Be it, armed as the environment says; the exit code."""
    crash_points.arm(crash_points.os.environ.get(crash_points.VARIABLE, ""))
    if role == "newsletter":
        return run_guarded(arguments)
    if role in DESIGNS:
        return DESIGNS[role](*arguments)
    return {"plan": _plan, "story": story, "record": record}[role](*arguments)


def _plan(root: str, *keys: str) -> int:
    for key in keys:
        plan(opened(Path(root)), key)
    return 0


def record(root: str, file: str) -> int:
    """The story, with every crash point that is passed written down."""
    passed: dict[str, None] = {}
    crash_points.watch(lambda label: passed.setdefault(label))
    story(root)
    Path(file).write_text("\n".join(passed))
    return 0


def story(root: str) -> int:
    """All that delivery does, from planning to the provider's reports; told again, it goes on where it broke off."""
    ws = opened(Path(root))
    for key in (KEY, STOPPED):
        plan(ws, key)
    _unless_over(lambda: cancel(ws, STOPPED, ws.clock()))
    _unless_over(lambda: pause(ws, KEY, ws.clock()))
    _unless_over(lambda: resume(ws, KEY, ws.clock()))
    never_write_to(ws, UNWANTED)
    with provider_of(ws) as provider:
        fine = work(ws, provider, threading.Event(), once=True)
        recover(ws, ws.clock())
        for key in (BEFORE, KEY):
            reconcile(ws, provider, key, ws.clock(), resend=True)
        fine = work(ws, provider, threading.Event(), once=True) and fine
    apply_notices(ws, _reports(ws))
    return int(not fine)


def _unless_over(step: Callable[[], object]) -> None:
    with suppress(SendRefused):
        step()


def _reports(ws: Workspace) -> list[Notice]:
    """What the provider tells of those whose mail it took."""
    found = mailings_of(ws, KEY, "accepted")
    kinds = {BOUNCES: "bounced", DELIVERED: "delivered"}
    return [Notice(one, kinds[to], REPORTED_AT) for one, to in found.items() if to in kinds]  # type: ignore[arg-type]


def mailings_of(ws: Workspace, key: str, state: str) -> dict[str, str]:
    """By delivery in this state, its reader's address."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        job = mailings.find(connection, community, "issue", key)
        assert job is not None
        listed = mailings.listed(connection, job.id, state)  # type: ignore[arg-type]
        from newsletter.store import subscribers

        people = ((one, subscribers.by_id(connection, community, who)) for one, who, _ in listed)
        return {one: person.address for one, person in people if person}
