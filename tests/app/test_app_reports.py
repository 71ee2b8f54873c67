"""What providers report of mails: kept once, in whatever order, believed only about what left, and heeded."""

import itertools
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.owning.changing_address import change_address
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.pump import plan_issue, pump, status, this_worker
from newsletter.app.sending.reports import NoticeResult, take_notices
from newsletter.app.subscribing import show
from newsletter.app.workspace import Workspace
from newsletter.delivery.evidence import is_worn_out
from newsletter.delivery.planning import delivery_id
from newsletter.model.delivery import Batch, Notice, Outcome, Receipt
from newsletter.store import reconciling, suppressions
from newsletter.store.tables import attempt, delivery, delivery_event, subscription

LATER = NOW + timedelta(minutes=5)
ADA = "reader00000@example.org"


class Road:
    """Takes every batch, or answers as told."""

    def __init__(self, outcome: Outcome = "accepted") -> None:
        self.outcome = outcome

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        return [Receipt(row.delivery_id, self.outcome, "told so") for row in batch.rows]

    def close(self) -> None: ...


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three readers, to whom the issue was handed over; to be copied."""
    ws = open_at(tmp_path_factory.mktemp("made"), Clock())
    with_readers(ws, 3)
    sent(ws, KEY)
    ws.store.close()
    return ws.root


@pytest.fixture
def ws(tmp_path: Path, made: Path) -> Iterator[Workspace]:
    """Three readers, to whom the issue was handed over."""
    shutil.copytree(made, tmp_path / "ws")
    ws = open_at(tmp_path / "ws", Clock())
    yield ws
    ws.store.close()


def sent(ws: Workspace, key: str, outcome: Outcome = "accepted") -> None:
    with_issue(ws, key)
    plan_issue(ws, key, render, NOW)
    pump(ws, Road(outcome), key, ws.clock, batch=3, worker_id=this_worker())


def deliveries(ws: Workspace, key: str = KEY) -> list[str]:
    """The ids of an issue's deliveries, in the order of their readers' addresses."""
    people = [show(ws, f"reader0000{n}@example.org").subscriber.id for n in range(3)]
    return [delivery_id("data-lab", "issue", key, one) for one in people]


def tell(ws: Workspace, one: str, kind: str, at: datetime = LATER, **more: object) -> NoticeResult:
    return take_notices(ws, [Notice(one, kind, at, **more)])  # type: ignore[arg-type]  # words of the table


def state_of(ws: Workspace, one: str) -> str:
    with ws.store.read() as connection:
        return connection.execute(sa.select(delivery.c.state).where(delivery.c.id == one)).scalar_one()


def attempt_of(ws: Workspace) -> str:
    with ws.store.read() as connection:
        return connection.execute(sa.select(attempt.c.id)).scalar_one()


def standing(ws: Workspace, address: str = ADA) -> tuple[str, str]:
    """Of a reader: the state of the membership, and why nothing may be sent to the address."""
    found = show(ws, address)
    return found.subscriptions[0].state, found.suppressed


@pytest.mark.parametrize(
    ("notice", "state", "membership", "suppressed"),
    [
        ({"kind": "accepted"}, "accepted", "active", ""),
        ({"kind": "delivered"}, "delivered", "active", ""),
        ({"kind": "deferred"}, "deferred", "active", ""),
        ({"kind": "bounced"}, "bounced", "bounced", "bounced"),
        ({"kind": "bounced", "permanent": False}, "bounced", "active", ""),
        ({"kind": "complained"}, "complained", "complained", "complained"),
        ({"kind": "unsubscribed"}, "accepted", "left", ""),
        ({"kind": "dropped"}, "dropped", "active", ""),
        ({"kind": "dropped", "because": "bounced"}, "dropped", "bounced", "bounced"),
        ({"kind": "dropped", "because": "complained"}, "dropped", "complained", "complained"),
        ({"kind": "dropped", "because": "unsubscribed"}, "dropped", "left", ""),
    ],
)
def test_check_32_each_report_has_its_own_consequence(
    notice: dict[str, object], state: str, membership: str, suppressed: str, ws: Workspace
) -> None:
    one = deliveries(ws)[0]
    tell(ws, one, at=LATER, **notice)  # type: ignore[arg-type]  # one of them is the kind
    assert state_of(ws, one) == state
    assert standing(ws) == (membership, suppressed)


def test_check_31_a_report_about_what_never_left_suppresses_nobody(ws: Workspace) -> None:
    never = delivery_id("data-lab", "issue", "weekly-2027-01-01", show(ws, ADA).subscriber.id)
    assert tell(ws, never, "complained").foreign == 1
    assert tell(ws, "", "bounced").foreign == 1
    assert tell(ws, deliveries(ws)[0], "bounced", attempt_id="of somebody else").foreign == 1
    assert standing(ws) == ("active", "")


def test_a_report_about_what_is_planned_and_did_not_leave_yet_is_none_of_ours(ws: Workspace) -> None:
    with_issue(ws, "weekly-2026-12-11")
    plan_issue(ws, "weekly-2026-12-11", render, NOW)
    one = deliveries(ws, "weekly-2026-12-11")[0]
    assert tell(ws, one, "complained").foreign == 1
    assert (state_of(ws, one), standing(ws)) == ("pending", ("active", ""))


def test_a_report_of_the_attempt_that_left_is_believed(ws: Workspace) -> None:
    assert tell(ws, deliveries(ws)[0], "bounced", attempt_id=attempt_of(ws)).new == 1
    assert standing(ws) == ("bounced", "bounced")


def test_a_bounce_of_an_address_that_its_reader_left_behind_ends_nothing(ws: Workspace) -> None:
    one = deliveries(ws)[0]
    change_address(ws, ADA, "ada@new.example.org")
    tell(ws, one, "bounced", address=ADA)
    assert state_of(ws, one) == "bounced"
    assert standing(ws, "ada@new.example.org") == ("active", "")


def test_what_somebody_confirmed_after_it_happened_is_not_ended_by_its_report(ws: Workspace) -> None:
    one = deliveries(ws)[0]
    for kind in ("unsubscribed", "bounced", "complained"):
        tell(ws, one, kind, at=NOW - timedelta(hours=1))
    assert standing(ws) == ("active", "")
    assert state_of(ws, one) == "complained"


def test_a_report_after_all_of_what_was_taken_not_to_have_left_keeps_it_from_being_sent_again(
    ws: Workspace,
) -> None:
    key = "weekly-2026-12-11"
    sent(ws, key, "unknown")
    one = deliveries(ws, key)[0]
    with ws.store.begin() as connection:
        reconciling.settle_not_accepted(connection, "data-lab", [one], NOW, "proven not to have left")
        left = connection.execute(sa.select(delivery.c.attempt_id).where(delivery.c.id == one)).scalar_one()
    assert state_of(ws, one) == "pending"
    tell(ws, one, "delivered", attempt_id=left)
    assert state_of(ws, one) == "delivered"
    assert not audit_mailing(ws, key).violations


def test_a_repeated_report_under_another_id_is_told_once(ws: Workspace) -> None:
    one = deliveries(ws)[0]
    assert tell(ws, one, "deferred", event_id="first").new == 1
    assert tell(ws, one, "deferred", event_id="second").repeated == 1
    assert tell(ws, one, "deferred", at=LATER + timedelta(seconds=9), event_id="first").repeated == 1


def test_mails_that_keep_coming_back_for_now_end_it_after_two_weeks(ws: Workspace) -> None:
    keys = [KEY] + [f"weekly-2026-12-{day}" for day in (11, 18, 25)] + ["weekly-2027-01-01"]
    for key in keys[1:]:
        sent(ws, key)
    for week, key in enumerate(keys):
        assert standing(ws) == ("active", "")
        tell(ws, deliveries(ws, key)[0], "bounced", at=LATER + timedelta(weeks=week), permanent=False)
    assert standing(ws) == ("bounced", "bounced")


def test_a_mail_that_arrives_in_between_begins_the_count_anew(ws: Workspace) -> None:
    keys = [KEY] + [f"weekly-2026-12-{day}" for day in (11, 18, 25)] + ["weekly-2027-01-01"]
    for key in keys[1:]:
        sent(ws, key)
    for week, key in enumerate(keys):
        one = deliveries(ws, key)[0]
        if week == 2:
            tell(ws, one, "delivered", at=LATER + timedelta(weeks=week))
        else:
            tell(ws, one, "bounced", at=LATER + timedelta(weeks=week), permanent=False)
    assert standing(ws) == ("active", "")


@pytest.mark.parametrize(
    ("days", "worn"),
    [((0, 3, 6, 9, 14), True), ((0, 3, 6, 9, 13), False), ((0, 7, 14, 21), False), ((), False)],
)
def test_five_in_a_row_over_two_weeks_are_enough(days: tuple[int, ...], worn: bool) -> None:
    assert is_worn_out([NOW + timedelta(days=day) for day in days]) is worn


NO_SHRINKING = (Phase.explicit, Phase.generate)
KINDS = ("accepted", "delivered", "deferred", "bounced", "dropped", "complained", "unsubscribed")
TOLD = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(KINDS), st.integers(1, 4), st.booleans()), max_size=12)


def outcome(ws: Workspace) -> tuple[object, ...]:
    """Everything that reports may change, but for words and moments."""
    with ws.store.read() as connection:
        states = connection.execute(sa.select(delivery.c.id, delivery.c.state).order_by(delivery.c.id)).all()
        members = connection.execute(
            sa.select(subscription.c.subscriber_id, subscription.c.state).order_by(subscription.c.subscriber_id)
        ).all()
        lines = connection.execute(
            sa.select(delivery_event.c.delivery_id, delivery_event.c.notice_key)
            .where(delivery_event.c.notice_key.is_not(None))
            .order_by(delivery_event.c.delivery_id, delivery_event.c.notice_key)
        ).all()
        whose = [show(ws, f"reader0000{n}@example.org").suppressed for n in range(3)]
        return tuple(states), tuple(members), tuple(lines), tuple(whose), suppressions.count(connection, "data-lab")


def told_of(root: Path, made: Path, notices: Sequence[Notice], at_once: int) -> tuple[object, ...]:
    """How a copy of the workspace stands after these reports."""
    shutil.copytree(made, root)
    ws = open_at(root, Clock())
    for start in range(0, len(notices), at_once):
        take_notices(ws, notices[start : start + at_once])
    found = outcome(ws)
    ws.store.close()
    return found


def test_check_27_duplicates_other_ids_and_any_order_end_in_the_same_state(
    ws: Workspace, made: Path, tmp_path: Path
) -> None:
    ids, numbers = deliveries(ws), itertools.count()

    @settings(max_examples=10, phases=NO_SHRINKING)
    @given(TOLD, st.randoms(use_true_random=False))
    def holds(told: list[tuple[int, Any, int, bool]], chance: random.Random) -> None:
        once = [
            Notice(ids[who], kind, NOW + timedelta(minutes=at), "", hard, f"e{number}")
            for number, (who, kind, at, hard) in enumerate(told)
        ]
        often = [*once * 3, *(replace(one, event_id=f"{one.event_id}-again") for one in once)]
        chance.shuffle(often)
        ends = [
            told_of(tmp_path / str(next(numbers)), made, notices, at_once)
            for notices, at_once in ((once, 100), (often, 5))
        ]
        assert ends[0] == ends[1]

    holds()


def test_check_27_a_thousand_copies_change_nothing(ws: Workspace) -> None:
    one = deliveries(ws)[0]
    tell(ws, one, "delivered")
    before = outcome(ws)
    copies = [Notice(one, "delivered", LATER, event_id=f"copy-{n}") for n in range(1000)]
    assert take_notices(ws, copies) == NoticeResult(repeated=1000)
    assert outcome(ws) == before
    assert status(ws, KEY)["states"]["delivered"] == 1
