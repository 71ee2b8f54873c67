"""What a forked process may be: the program's own command line, a whole story of a mailing, or a bad design."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from crash_designs import DESIGNS
from crash_stub import Stub
from crash_workspace import KEY, opened, plan

from newsletter import crash_points
from newsletter.app import dispatching, workspace
from newsletter.app.dispatching import provider_of
from newsletter.app.sending.draining import work
from newsletter.app.sending.planning import SendRefused
from newsletter.app.sending.pump import apply_notices, cancel, pause, recover, resume
from newsletter.app.sending.reconciling import reconcile
from newsletter.app.subscribing import suppress as never_write_to
from newsletter.app.workspace import Workspace
from newsletter.cli.failures import run_guarded
from newsletter.model.delivery import Notice, NoticeKind
from newsletter.store.tables import delivery, mailing, subscriber

#: One is under way when the story begins, one is sent, one is stopped before anything of it leaves.
BEFORE, STOPPED = "weekly-2026-11-27", "weekly-2026-12-11"
#: Of the mailing in the middle: who must not get it any more, and of whom the provider reports something later.
UNWANTED, BOUNCES, DELIVERED = (f"reader{number:06d}@example.org" for number in (3, 5, 7))
#: A file by which a workspace says that much time has passed.
LATER = "later"
REPORTED_AT = datetime(2026, 12, 5, tzinfo=UTC)


def play(role: str, arguments: Sequence[str]) -> int:
    """Be it, armed as the environment says; the exit code."""
    crash_points.arm(os.environ.get(crash_points.VARIABLE, ""))
    if role == "newsletter":
        return run_guarded(arguments)
    if role in DESIGNS:
        return DESIGNS[role](*arguments)
    roles: dict[str, Callable[..., int]] = {
        "plan": _plan,
        "story": story,
        "record": record,
        "sleeper": sleeper,
        "elsewhere": elsewhere,
        "stubbed": stubbed,
    }
    return roles[role](*arguments)


def _plan(root: str, *keys: str) -> int:
    for key in keys:
        plan(opened(Path(root)), key)
    return 0


def sleeper(root: str, point: str = "") -> int:
    """A worker by the workspace's own clock, that falls asleep (SIGSTOP) at a point, once."""
    seen: set[str] = set()

    def passed(label: str) -> None:
        if label == point and label not in seen:
            seen.add(label)
            os.kill(os.getpid(), signal.SIGSTOP)

    crash_points.watch(passed)
    workspace.open_workspace = partial(workspace.open_workspace, clock=lambda: _time(Path(root)))
    return run_guarded(["-w", root, "worker", "--once"])


def _time(root: Path) -> datetime:
    """The present, or long after every lease once the workspace holds a file that says so."""
    return datetime.now(UTC) + (timedelta(hours=2) if (root / LATER).exists() else timedelta(0))


def elsewhere(root: str, host: str) -> int:
    """A worker on a machine of this name."""
    socket.gethostname = lambda: host
    return run_guarded(["-w", root, "worker", "--once"])


def stubbed(root: str, lanes: str) -> int:
    """A worker whose road is a stub that writes down whom it took."""
    dispatching.open_provider = lambda *_: Stub(Path(root))
    return run_guarded(["-w", root, "worker", "--lanes", lanes])


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
    kinds: dict[str, NoticeKind] = {BOUNCES: "bounced", DELIVERED: "delivered"}
    found = (
        sa.select(delivery.c.id, subscriber.c.address)
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .where(mailing.c.key == KEY, delivery.c.state == "accepted", subscriber.c.address.in_(kinds))
    )
    with ws.store.read() as connection:
        return [Notice(row.id, kinds[row.address], REPORTED_AT) for row in connection.execute(found)]
