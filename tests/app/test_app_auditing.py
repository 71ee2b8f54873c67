"""The audit of a real ledger: nothing to say after honest work, and every hand that changed it is named."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_mailings import KEY, Clock, opened, sample, send_weekly

from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.subscribing import remove, suppress
from newsletter.app.workspace import Workspace

pytestmark = pytest.mark.no_cover  # other tests cover its lines

WHO = "(SELECT who FROM subscriber WHERE address = 'ada@example.org')"
SUPPRESSED = (
    f"INSERT INTO suppression (community, who, reason, at) VALUES ('data-lab', {WHO}, 'bounced', '2026-12-01')"
)
LEFT = """UPDATE subscription SET state = 'left', since = '2026-12-01'
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
    ],
)  # fmt: skip
def test_a_ledger_that_was_changed_by_hand_is_told(ws: Workspace, expected: list[str], statement: str) -> None:
    tamper(ws, statement)
    assert sorted(set(broken(ws))) == expected


@pytest.mark.parametrize("statement", [SUPPRESSED, LEFT], ids=("suppressed", "left"))
def test_whoever_is_mailed_after_their_end_is_told_by_the_order_of_rows(
    sent: Path, tmp_path: Path, statement: str
) -> None:
    """The clock of the sending is far ahead of the leaving's, or behind it; neither is asked."""
    for moment, name in (("2026-12-11 09:00", "ahead"), ("2020-01-03 09:00", "behind")):
        ws = opened(Path(shutil.copytree(sent, tmp_path / name)), Clock(moment))
        tamper(ws, statement)
        assert broken(ws) == [], "they were mailed before"
        tamper(ws, "UPDATE attempt SET turn = turn + 1")  # as if their claim had come after it
        assert set(broken(ws)) == {"I5"}


def test_a_rehearsal_in_the_future_breaks_no_promise(tmp_path: Path) -> None:
    clock = Clock("2026-12-04 09:00")
    ws = sample(tmp_path / "ws", clock)
    key = send_weekly(ws, clock)
    clock.move("2026-11-20 09:00")  # the sending was asked for with --at; they leave today
    remove(ws, "ada@example.org", "community")
    suppress(ws, "berta@example.org")

    assert audit_mailing(ws, key).violations == ()
    with ws.store.read() as connection:
        turns = connection.execute(sa.text("SELECT (SELECT max(turn) FROM attempt), turn FROM suppression")).one()
    assert turns[0] == turns[1] > 0


def test_a_graver_reason_does_not_make_a_suppression_younger(ws: Workspace) -> None:
    tamper(ws, SUPPRESSED)
    tamper(ws, "UPDATE attempt SET turn = turn + 1")
    suppress(ws, "ada@example.org", reason="complained")

    assert set(broken(ws)) == {"I5"}
