import re
import shutil
from pathlib import Path

import pytest
from support_mailings import STAFF, Clock, at, mails, opened, recipients, send, send_issue, send_weekly, words

from newsletter.app.drafting import draft_issue
from newsletter.app.list_addresses import lists_with_address, shared_choices
from newsletter.app.reviewing.approving import approve
from newsletter.app.sending.control import status
from newsletter.app.sending.reports import apply_notices
from newsletter.app.subscribing import suppress
from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import delivery_id
from newsletter.model.delivery import Notice
from newsletter.model.workspace import ListSettings
from newsletter.store import mailings

# Whole issues of the sample again and again; what is covered, the lighter tests of each step tell.
pytestmark = pytest.mark.no_cover

KEY = "weekly-2026-12-04"


@pytest.fixture
def ws(made: Path, tmp_path: Path, clock: Clock) -> Workspace:
    """The sample with a mailing list that is kept elsewhere."""
    shutil.copytree(made, tmp_path / "ws")
    return opened(tmp_path / "ws", clock, staff=STAFF)


def test_the_list_gets_one_mail_beside_the_readers(ws: Workspace, clock: Clock) -> None:
    send_weekly(ws, clock)
    assert recipients(ws, KEY) == ["ada@example.org", "berta@example.org", "cleo@example.org", STAFF.address]
    report = status(ws, KEY)
    assert (report["planned"], report["states"]["accepted"]) == (4, 4)


def test_nothing_in_it_is_anybodys_own_and_it_is_left_where_it_is_kept(ws: Workspace, clock: Clock) -> None:
    send_weekly(ws, clock)
    mail = mails(ws, KEY)[-1]
    assert mail["List-Unsubscribe"] == "<https://lists.example.org/staff>"
    assert mail["List-Unsubscribe-Post"] is None
    assert mail["List-Id"].startswith("Staff of the lab <staff.")
    raw = mail.as_bytes()
    assert b"/u/" not in raw
    assert b"/p/" not in raw
    assert "Leave the list: https://lists.example.org/staff" in words(mail)


@pytest.mark.parametrize(
    ("digest", "send_at"),
    [("weekly", "2026-12-04 09:00"), ("monthly", "2026-11-30 09:00"), ("quarterly", "2026-12-28 09:00")],
)
def test_it_stays_below_forty_kilobytes_and_counts_what_does_not_fit(
    ws: Workspace, clock: Clock, digest: str, send_at: str
) -> None:
    staff = STAFF.model_copy(update={"digests": (digest,)})
    ws = opened(ws.root, clock, staff=staff)
    key = send_issue(ws, clock, digest, send_at)
    (mail,) = (one for one in mails(ws, key) if one["To"] == STAFF.address)
    file = next(
        path for path in (ws.root / "outbox" / key).glob("*.eml") if STAFF.address.encode() in path.read_bytes()
    )
    assert 10_000 < file.stat().st_size < 40_000
    assert mail.get_body(("html",)) is not None
    assert re.search(rf"and \d+ more\s+https://news\.example\.org/archive/{key}\.html", words(mail))


def test_it_remembers_what_it_was_told(ws: Workspace, clock: Clock) -> None:
    send_weekly(ws, clock)
    with ws.store.read() as connection:
        known = mailings.baselines(connection, ws.settings.community.id, "staff")
    assert [(one, baseline.issue) for one, baseline in known.items()] == [("list:staff", KEY)]
    later = send_weekly(ws, clock, "2026-12-11 09:00")
    assert len(recipients(ws, later)) == 4


def test_a_workspace_may_have_such_a_list_alone(made: Path, tmp_path: Path, clock: Clock) -> None:
    shutil.copytree(made, tmp_path / "ws")
    bare = opened(tmp_path / "ws", clock)
    weekly = bare.settings.digests["weekly"].model_copy(update={"list": "staff"})
    changes = {"lists": {"staff": STAFF}, "digests": {"weekly": weekly}}
    ws = Workspace(bare.settings.model_copy(update=changes), clock, {})
    send_weekly(ws, clock)
    assert recipients(ws, KEY) == [STAFF.address]


def test_a_list_without_an_address_is_no_reader(ws: Workspace, clock: Clock) -> None:
    ws = opened(ws.root, clock, staff=ListSettings(title="Staff", digests=("weekly",)))
    send_weekly(ws, clock)
    assert STAFF.address not in recipients(ws, KEY)


def test_an_address_that_is_not_to_be_written_to_gets_nothing(ws: Workspace, clock: Clock) -> None:
    draft_issue(ws, "weekly", clock())
    approve(ws, KEY, "editor", clock())
    suppress(ws, STAFF.address)
    send(ws, KEY)
    assert STAFF.address not in recipients(ws, KEY)


def test_a_bounce_of_the_list_stands_in_the_ledger_and_bars_nobody(ws: Workspace, clock: Clock) -> None:
    send_weekly(ws, clock)
    one = delivery_id(ws.settings.community.id, "issue", KEY, "list:staff")
    apply_notices(ws, [Notice(one, "bounced", at("2026-12-04 09:05"))])
    assert status(ws, KEY)["states"]["bounced"] == 1
    later = send_weekly(ws, clock, "2026-12-11 09:00")
    assert STAFF.address in recipients(ws, later)


def test_all_lists_that_offer_the_digest_and_have_an_address_get_it(ws: Workspace) -> None:
    assert lists_with_address(ws.settings, "weekly") == ("staff",)
    assert lists_with_address(ws.settings, "monthly") == ()
    assert shared_choices(ws.settings, "staff").topics is None
    assert shared_choices(ws.settings, "staff").timezone == "America/Los_Angeles"


def test_personal_mails_of_a_list_that_is_left_elsewhere_lead_there(ws: Workspace, clock: Clock) -> None:
    own = ws.settings.lists["community"].model_copy(update={"leave_url": "https://lists.example.org/community"})
    ws = opened(ws.root, clock, community=own)
    send_weekly(ws, clock)
    ada = mails(ws, KEY)[0]
    assert ada["List-Unsubscribe"] == "<https://lists.example.org/community>"
    assert ada["List-Unsubscribe-Post"] is None
