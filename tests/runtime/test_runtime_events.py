"""`newsletter run` is posted events, and killed between acknowledging and applying them: nothing is lost."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_events import PATH, SIGNER, Sent, body_of, now_seconds, signed, what_left
from support_loopback import Served, ask

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.reporting.receiving import spool_of
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import Workspace, open_workspace, utc_now
from newsletter.store.tables import attempt, attempt_item, delivery, mailing

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample, whose road out is SendGrid; three mails left."""
    init_workspace(tmp_path / "lab")
    config = tmp_path / "lab" / "config.toml"
    road = f'[provider]\nkind = "sendgrid"\nwebhook_key = "{SIGNER.public}"\n'
    text = config.read_text().replace('[provider]\nkind = "outbox"\n', road).replace("[web]\n", "[web]\nport = 0\n")
    config.write_text(text)
    ws = open_workspace(config.parent, environ={})
    import_bytes(ws, b"email\n" + b"\n".join(b"r%d@mail.example.org" % n for n in range(3)), "r.csv", "community")
    leave(ws)
    ws.store.close()
    return config.parent


def leave(ws: Workspace) -> None:
    """Write down that a mail to everybody was accepted."""
    community, now = ws.settings.community.id, utc_now()
    with ws.store.begin() as connection:
        row = {"community": community, "kind": "issue", "key": "weekly-2026-12-04", "list": "community"}
        made = sa.insert(mailing).values(row | {"state": "sent", "planned_at": now}).returning(mailing.c.id)
        mailing_id = connection.execute(made).scalar_one()
        times = {"lease_until": now, "claimed_at": now, "submitted_at": now, "finished_at": now}
        held = {"id": "a-1", "community": community, "mailing_id": mailing_id, "edition_key": "e", "worker": "w"}
        connection.execute(sa.insert(attempt).values(held | times | {"phase": "done"}))
        people = connection.exec_driver_sql("SELECT id FROM subscriber").scalars().all()
        for number, person in enumerate(people):
            base = {"id": f"d-{number}", "community": community, "mailing_id": mailing_id, "list": "community"}
            times = {"not_before": now, "updated_at": now}
            state = {"subscriber_id": person, "state": "accepted", "tries": 1, "attempt_id": "a-1"}
            connection.execute(sa.insert(delivery).values(base | times | state))
            item = {"community": community, "attempt_id": "a-1", "delivery_id": f"d-{number}", "outcome": "accepted"}
            connection.execute(sa.insert(attempt_item).values(item))


@contextmanager
def running(root: Path, **more: str) -> Iterator[tuple["subprocess.Popen[str]", Served]]:
    environ: Mapping[str, str] = {n: v for n, v in os.environ.items() if not n.startswith("NEWSLETTER_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "--workspace", str(root), "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**environ, "NEWSLETTER_SENDGRID_KEY": "SG.test", **more},
    )
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "public pages on" in line)
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found is not None
        yield process, Served(int(found[1]))
    finally:
        process.kill()
        process.communicate()


def states(root: Path) -> dict[str, str]:
    ws = open_workspace(root, environ={})
    with ws.store.read() as connection:
        rows = connection.execute(sa.select(delivery.c.id, delivery.c.state)).all()
    ws.store.close()
    return {row[0]: row[1] for row in rows}


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)


@pytest.mark.parametrize("moment", ["before events", "after events"])
def test_check_30_events_that_were_acknowledged_survive_a_kill_before_they_are_applied(
    moment: str, root: Path
) -> None:
    ws = open_workspace(root, environ={})
    mails: list[Sent] = what_left(ws)
    spool = spool_of(ws)
    ws.store.close()
    body = body_of(*(mail.event("delivered") for mail in mails))
    with running(root, NEWSLETTER_CRASH_AT=moment) as (process, server):
        assert ask(server, "POST", PATH, body, signed(body, now_seconds()))[0].status == 204
        assert process.wait(60) == -signal.SIGKILL
    assert len(spool.waiting()) == 1
    assert set(states(root).values()) == {"accepted" if moment.startswith("before") else "delivered"}
    with running(root):
        wait_for(lambda: not spool.waiting())
    assert set(states(root).values()) == {"delivered"}
