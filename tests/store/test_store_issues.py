from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from support_mail import edition
from support_workspace import KEY, NOW, open_at, slot, with_issue

from newsletter.app.workspace import Workspace
from newsletter.model.issue import ISSUE_TRANSITIONS, IssueState
from newsletter.model.ledger import IssueEvent
from newsletter.model.mail import Edition, SlotRef
from newsletter.store import issues
from newsletter.store import slots as slot_rows
from newsletter.store.editions import dump_edition, load_edition
from newsletter.store.tables import issue, issue_event

pytestmark = pytest.mark.no_cover  # other tests cover its lines

LAB = "data-lab"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path)


def test_a_slot_has_one_row_whoever_wakes_and_however_often(ws: Workspace) -> None:
    with ws.store.begin() as connection:
        assert [issues.insert_slot(connection, LAB, slot()) for _ in range(3)] == [True, False, False]
        assert issues.insert_slot(connection, "another-community", slot())
        found = issues.find_issue(connection, LAB, KEY)
    assert found is not None
    assert (found.state, found.send_at, found.digest) == ("due", NOW, "weekly")


@pytest.mark.parametrize("before", get_args(IssueState))
@pytest.mark.parametrize("after", get_args(IssueState))
def test_an_issue_moves_by_the_state_table_and_no_other_way(
    ws: Workspace, before: IssueState, after: IssueState
) -> None:
    with ws.store.begin() as connection:
        issues.insert_slot(connection, LAB, slot())
        connection.execute(sa.update(issue).values(state=before))
        if after in ISSUE_TRANSITIONS[before]:
            issues.move(connection, LAB, KEY, after, NOW)
        else:
            with pytest.raises(issues.IssueMoveError, match=f"{KEY} is {before}"):
                issues.move(connection, LAB, KEY, after, NOW)


def test_an_approval_is_of_one_hash_and_can_be_taken_back(ws: Workspace) -> None:
    with_issue(ws, approved=False)
    with ws.store.begin() as connection:
        with pytest.raises(issues.IssueMoveError, match="another by now"):
            issues.approve(connection, LAB, KEY, "an older hash", "mira", NOW)
        issues.approve(connection, LAB, KEY, "abc", "mira", NOW)
        issues.approve(connection, LAB, KEY, "abc", "mira", NOW)
        approved = issues.find_issue(connection, LAB, KEY)
        issues.revoke(connection, LAB, KEY, "mira", NOW)
        revoked = issues.find_issue(connection, LAB, KEY)
        log = connection.execute(sa.select(issue_event.c.state, issue_event.c.by).order_by(issue_event.c.id)).all()
    assert approved is not None
    assert revoked is not None
    assert (approved.state, approved.approved_by, approved.approved_hash) == ("approved", "mira", "abc")
    assert (revoked.state, revoked.approved_by, revoked.approved_hash, revoked.approved_at) == (
        "drafted",
        "",
        "",
        None,
    )
    assert [tuple(row) for row in log] == [("approved", "mira"), ("drafted", "mira")]


def test_only_issues_that_went_out_are_counted_for_the_number(ws: Workspace) -> None:
    later = NOW + timedelta(days=7)
    with ws.store.begin() as connection:
        for key, state in (
            ("weekly-1", "sent"),
            ("weekly-2", "sending"),
            ("weekly-3", "skipped"),
            ("monthly-1", "sent"),
        ):
            issues.insert_slot(connection, LAB, slot(key))
            connection.execute(sa.update(issue).where(issue.c.key == key).values(state=state))
        assert issues.sent_before(connection, LAB, "weekly", later) == 2
        assert issues.sent_before(connection, LAB, "weekly", NOW) == 0
        assert [row.key for row in issues.in_states(connection, LAB, "sent")] == ["monthly-1", "weekly-1"]


slots = st.builds(SlotRef, st.sampled_from(["name", "address"]), st.sampled_from(["html", "text", "header"]))
texts = st.lists(st.text() | slots).map(tuple)


@given(texts, texts, st.lists(st.binary() | slots).map(tuple), st.lists(st.tuples(st.text(), st.text())).map(tuple))
def test_an_edition_comes_back_byte_for_byte(html: object, text: object, mime: object, headers: object) -> None:
    one = Edition("key", "subject", "", "sender", "", headers, html, text, mime)  # type: ignore[arg-type]  # drawn
    assert load_edition(dump_edition(one)) == one


def test_a_real_edition_comes_back_as_it_was() -> None:
    assert load_edition(dump_edition(edition())) == edition()


def test_times_of_an_issue_are_aware(ws: Workspace) -> None:
    with_issue(ws)
    with ws.store.read() as connection:
        found = issues.find_issue(connection, LAB, KEY)
    assert found is not None
    assert found.approved_at == datetime(2026, 12, 4, 17, 0, tzinfo=UTC)


def test_the_history_says_why(ws: Workspace) -> None:
    with ws.store.begin() as connection:
        issues.insert_slot(connection, LAB, slot())
        issues.move(connection, LAB, KEY, "skipped", NOW, by=issues.SCHEDULE, detail="missed by 3 days")
        found = issues.history(connection, LAB, KEY)
        assert issues.history(connection, "elsewhere", KEY) == ()
    assert found == (IssueEvent(NOW, "skipped", "schedule", "missed by 3 days"),)


def test_an_issue_covers_from_the_earliest_that_was_merged_into_it(ws: Workspace) -> None:
    weeks = [NOW - timedelta(weeks=count) for count in (1, 2, 1)]
    with ws.store.begin() as connection:
        issues.insert_slot(connection, LAB, slot())
        assert slot_rows.covers_from(connection, LAB, KEY) is None
        for start in weeks:
            issues.cover_from(connection, LAB, KEY, start, NOW, "a week was merged into it")
        assert slot_rows.covers_from(connection, LAB, KEY) == NOW - timedelta(weeks=2)
        assert [event.state for event in issues.history(connection, LAB, KEY)] == ["due"] * 3


def test_what_is_known_and_what_went_out_are_told_by_digest(ws: Workspace) -> None:
    rows = [slot(key=f"weekly-{week}", send_at=NOW + timedelta(weeks=week)) for week in range(3)]
    with ws.store.begin() as connection:
        for row in rows:
            issues.insert_slot(connection, LAB, row)
        connection.execute(sa.update(issue).where(issue.c.key == "weekly-0").values(state="sent"))
        asked = [slot_rows.last_known(connection, LAB, "weekly", NOW + timedelta(days=days)) for days in (-1, 0, 8)]
        assert asked == [None, NOW, NOW + timedelta(weeks=1)]
        assert slot_rows.last_known(connection, LAB, "monthly", NOW) is None
        assert slot_rows.last_sent(connection, LAB, "weekly", NOW + timedelta(weeks=2)) == NOW
        assert slot_rows.last_sent(connection, LAB, "weekly", NOW) is None
