"""The audit of a real ledger: nothing to say after honest work, and every hand that changed it is named."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_mailings import KEY, Clock, opened, sample, send_weekly

from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.subscribing import remove
from newsletter.app.workspace import Workspace

SUPPRESSED_BEFORE = """INSERT INTO suppression (community, who, reason, at)
    SELECT community, who, 'bounced', '2026-12-01' FROM subscriber WHERE address = 'ada@example.org'"""
LEFT_BEFORE = """UPDATE subscription SET state = 'left', since = '2026-12-01'
    WHERE subscriber_id = (SELECT id FROM subscriber WHERE address = 'ada@example.org')"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clock = Clock("2026-12-04 09:00")
    ws = sample(tmp_path_factory.mktemp("audited") / "ws", clock)
    send_weekly(ws, clock)
    ws.store.close()
    return ws.root


@pytest.fixture
def ws(sent: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(sent, tmp_path / "ws")
    return opened(tmp_path / "ws", Clock("2026-12-05 09:00"))


def tamper(ws: Workspace, statement: str) -> None:
    with ws.store.begin() as connection:
        connection.execute(sa.text(statement))


def broken(ws: Workspace) -> list[str]:
    return [one.invariant for one in audit_mailing(ws, KEY).violations]


def test_an_issue_that_went_out_keeps_every_promise(ws: Workspace) -> None:
    remove(ws, "ada@example.org", "community")
    found = audit_mailing(ws, KEY)

    assert (found.deliveries, found.states, found.violations, found.unknown) == (3, {"accepted": 3}, (), ())
    assert found.attempts >= 1


@pytest.mark.parametrize(
    ("expected", "statement"),
    [
        (["I1", "I2", "I3"], "UPDATE delivery SET state = 'pending' WHERE id = (SELECT min(id) FROM delivery)"),
        (["I1", "I3"], "UPDATE delivery SET state = 'failed' WHERE id = (SELECT min(id) FROM delivery)"),
        (["I1"], "DELETE FROM edition WHERE key = (SELECT edition_key FROM delivery ORDER BY id LIMIT 1)"),
        (["I5"], SUPPRESSED_BEFORE),
        (["I5"], LEFT_BEFORE),
    ],
)  # fmt: skip
def test_a_ledger_that_was_changed_by_hand_is_told(ws: Workspace, expected: list[str], statement: str) -> None:
    tamper(ws, statement)
    assert sorted(set(broken(ws))) == expected
