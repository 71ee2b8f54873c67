"""Pauses, and the small links of a mail: what they change, and what that does to the next issue."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.owning.choosing import choose, look_up_choices
from newsletter.app.owning.one_button import look_up_button, press_button
from newsletter.app.sending.planning import plan_issue
from newsletter.app.sending.pump import pump
from newsletter.app.subscribing import add, remove, show
from newsletter.app.workspace import Workspace
from newsletter.compose.remembering import dump_memory, memory_key
from newsletter.compose.stopping import series_code
from newsletter.model.delivery import Batch, Receipt, receipts_for_all
from newsletter.model.issue import Choices
from newsletter.model.item import Item
from newsletter.model.ledger import Baseline, Rendered
from newsletter.model.memory import Memory, Told
from newsletter.model.people import Subscription
from newsletter.model.problem import Origin
from newsletter.people.preferences import sent_form
from newsletter.people.tokens import make_token

MIRA = "mira@example.org"
GOOD = [("digest", "weekly"), ("topic", "talks"), ("topic", "dives"), ("timezone", "Europe/Berlin"), ("clock", "24")]
CLINIC = Item("events:clinic", "event", "Stats clinic", (Origin("events", "clinic.md", 1),))


class Road:
    """A provider that takes everything and keeps to whom."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def submit(self, batch: Batch) -> tuple[Receipt, ...]:
        self.sent += [row.address for row in batch.rows]
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None:
        pass


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ws(tmp_path: Path, clock: Clock) -> Workspace:
    return open_at(tmp_path, clock)


def link(ws: Workspace, purpose: str = "preferences") -> str:
    return make_token(ws.secret, purpose, show(ws, MIRA).subscriber.id, "community")


def mine(ws: Workspace) -> Subscription:
    return show(ws, MIRA).subscriptions[0]


def paused(ws: Workspace, day: str) -> None:
    done = choose(ws, link(ws), sent_form([*GOOD, ("pause", day)]))
    assert done is not None
    assert done.saved


def sent(ws: Workspace, clock: Clock, key: str = KEY) -> list[str]:
    """To whom an issue goes now."""
    road = Road()
    with_issue(ws, key)
    plan_issue(ws, key, told_of_the_clinic, clock())
    pump(ws, road, key, clock, batch=10, worker_id="w")
    return road.sent


def told_of_the_clinic(choices: Choices, baseline: Baseline | None) -> Rendered | None:
    rendered = render(choices, baseline)
    memory = Memory((Told(CLINIC, as_of=NOW),))
    return rendered and Rendered(rendered.edition, memory_key(memory), dump_memory(memory))


def test_a_pause_lasts_until_the_readers_own_midnight(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    paused(ws, "2027-01-04")
    assert mine(ws).paused_until == datetime(2027, 1, 3, 23, tzinfo=UTC)
    found = look_up_choices(ws, link(ws))
    assert found is not None
    assert found.form is not None
    assert found.form.pauses == ("2027-01-04",)


def test_who_rests_is_in_no_audience_until_the_day_comes_and_then_in_the_next(ws: Workspace, clock: Clock) -> None:
    add(ws, MIRA, "community")
    (other,) = with_readers(ws, 1)
    paused(ws, "2026-12-11")
    assert sent(ws, clock) == [other]
    clock.now = datetime(2026, 12, 10, 22, 59, tzinfo=UTC)
    assert sent(ws, clock, "weekly-2026-12-10") == [other]
    clock.now += timedelta(minutes=1)
    assert sorted(sent(ws, clock, "weekly-2026-12-11")) == [MIRA, other]


def test_a_pause_that_begins_after_the_planning_holds_at_the_claim(ws: Workspace, clock: Clock) -> None:
    add(ws, MIRA, "community")
    with_issue(ws)
    plan_issue(ws, KEY, render, clock())
    paused(ws, "2026-12-11")
    road = Road()
    summary = pump(ws, road, KEY, clock, batch=10, worker_id="w")
    assert (road.sent, summary.set_aside) == ([], 1)
    assert show(ws, MIRA).deliveries == ((KEY, "skipped"),)


def test_who_leaves_or_comes_back_is_in_no_pause_any_more(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    paused(ws, "2027-01-04")
    remove(ws, MIRA)
    assert mine(ws).paused_until is None


def test_a_look_at_a_button_changes_nothing_and_a_press_does_once(ws: Workspace, clock: Clock) -> None:
    add(ws, MIRA, "community")
    sent(ws, clock)
    before = show(ws, MIRA)
    for act, about in (("stop", series_code(CLINIC.id)), ("online", ""), ("pause", "")):
        page = look_up_button(ws, link(ws), act, about)
        assert page is not None
        assert (page.open, page.done) == (True, False)
    assert show(ws, MIRA) == before
    for _ in range(2):
        stopped = press_button(ws, link(ws), "stop", series_code(CLINIC.id))
        online = press_button(ws, link(ws), "online")
        assert stopped is not None
        assert online is not None
        assert (stopped.done, stopped.title, online.done) == (True, "Stats clinic", True)
    assert (mine(ws).stopped, mine(ws).online_only) == (((CLINIC.id, "Stats clinic"),), True)
    assert mine(ws).digests == before.subscriptions[0].digests
    assert show(ws, MIRA).subscriber == before.subscriber


def test_a_series_that_its_reader_was_never_told_of_cannot_be_stopped(ws: Workspace, clock: Clock) -> None:
    add(ws, MIRA, "community")
    assert look_up_button(ws, link(ws), "stop", series_code(CLINIC.id)) is None
    sent(ws, clock)
    assert press_button(ws, link(ws), "stop", series_code("events:nothing")) is None
    assert look_up_button(ws, link(ws), "steal", "") is None
    assert mine(ws).stopped == ()


def test_a_stopped_series_makes_an_edition_of_its_own_and_can_be_heard_of_again(ws: Workspace, clock: Clock) -> None:
    add(ws, MIRA, "community")
    sent(ws, clock)
    press_button(ws, link(ws), "stop", series_code(CLINIC.id))
    asked: list[Choices] = []

    def note(choices: Choices, baseline: Baseline | None) -> Rendered | None:
        asked.append(choices)
        return render(choices, baseline)

    with_issue(ws, "weekly-2026-12-11")
    plan_issue(ws, "weekly-2026-12-11", note, clock())
    assert [one.stopped for one in asked] == [(CLINIC.id,)]
    done = choose(ws, link(ws), sent_form([*GOOD, ("resume", CLINIC.id)]))
    assert done is not None
    assert (done.stopped, mine(ws).stopped) == ((), ())


@pytest.mark.parametrize(
    ("typed", "until"),
    [("", datetime(2027, 1, 1, 8, tzinfo=UTC)), ("2027-02-01", datetime(2027, 2, 1, 8, tzinfo=UTC))],
)
def test_a_rest_is_four_weeks_or_until_the_day_that_was_named(ws: Workspace, typed: str, until: datetime) -> None:
    add(ws, MIRA, "community")
    done = press_button(ws, link(ws), "pause", day=typed)
    assert done is not None
    assert (done.done, mine(ws).paused_until) == (True, until)


def test_a_rest_until_yesterday_is_refused_in_a_sentence(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    answer = press_button(ws, link(ws), "pause", day="2026-12-03")
    assert answer is not None
    assert (answer.done, "not to come any more" in answer.refusal, mine(ws).paused_until) == (False, True, None)


def test_no_button_is_for_who_left_and_no_other_link_opens_one(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    for wrong in (link(ws, "leave"), link(ws, "mine"), link(ws) + "A"):
        assert press_button(ws, wrong, "online") is None
    remove(ws, MIRA)
    page = press_button(ws, link(ws), "online")
    assert page is not None
    assert (page.open, page.done, mine(ws).online_only) == (False, False, False)
