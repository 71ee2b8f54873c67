"""What the operator's pages say: numbers that add up and lead to rows, what needs a look, and acts with a name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from support_operator import BATCH, Filler, named
from support_workspace import KEY, NOW, Clock, open_at, with_issue, with_readers

from newsletter.app.accounting.actors import with_token
from newsletter.app.operator.charts import handing_over
from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.operator.progress import progress
from newsletter.app.operator.rows import ON_A_PAGE
from newsletter.app.operator.words import ago_text, share_text, span_text, states_of
from newsletter.app.owning.changing_address import change_address
from newsletter.app.sending.control import status
from newsletter.app.workspace import Workspace
from newsletter.model.alerting import Trouble, TroubleKind
from newsletter.model.delivery import STATES, DeliveryState
from newsletter.model.guarding import Hold, Standing
from newsletter.model.operator import HandedOver, IssueCounts
from newsletter.store import consents, deeds, episodes, growth, guards, operator
from newsletter.store.tables import delivery, issue

ME = with_token("tests")
PEOPLE, LEFT = 105, 60
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ws(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    found = open_at(tmp_path, clock)
    yield found
    found.store.close()


@pytest.fixture
def desk(ws: Workspace) -> OperatorDesk:
    return OperatorDesk(ws, free=lambda _folder: 2**40)


def filled(ws: Workspace) -> str:
    """Two issues that went out and one on its way; the key of that."""
    return Filler(ws, NOW, PEOPLE).fill(2, left=LEFT)


def set_state(ws: Workspace, key: str, state: DeliveryState, number: int) -> None:
    """Put so many deliveries of an issue that left into a state."""
    with ws.store.begin() as connection:
        ids = [named(f"{key} to {one}", 64) for one in range(number)]
        connection.execute(sa.update(delivery).where(delivery.c.id.in_(ids)).values(state=state, reason="so it is"))


def test_the_numbers_of_an_issue_add_up_to_what_was_planned_as_the_command_line_says(
    ws: Workspace, desk: OperatorDesk
) -> None:
    key = filled(ws)
    view = desk.issue(key)
    assert view is not None
    assert sum(cell.number for cell in view.states) == view.planned == PEOPLE
    told = status(ws, key)["states"]
    assert {cell.show: cell.number for cell in view.states} == {name: n for name, n in told.items() if n}


def test_every_number_leads_to_as_many_rows(ws: Workspace, desk: OperatorDesk) -> None:
    key = filled(ws)
    for one in desk.issues(1).lines:
        for cell in one.cells:
            found = desk.deliveries(one.key, cell.show, 1)
            assert found is not None
            assert (cell.show, found[1].total, found[1].base) == (cell.show, cell.number, PEOPLE)
            assert len(found[1].rows) == min(cell.number, ON_A_PAGE)
    everything = desk.deliveries(key, "no such state", 1)
    assert everything is not None
    assert everything[1].total == PEOPLE


def test_rows_come_page_by_page_each_once(ws: Workspace, desk: OperatorDesk) -> None:
    key = filled(ws)
    pages = [desk.deliveries(key, "all", number) for number in (1, 2, 3)]
    ids = [row.id for page in pages if page for row in page[1].rows]
    assert len(ids) == len(set(ids)) == PEOPLE
    beyond = desk.deliveries(key, "all", 99)
    assert beyond is not None
    assert (beyond[1].number, beyond[1].pages) == (3, 3)


def test_how_far_a_sending_is_how_fast_and_how_long_it_takes_on() -> None:
    counts: dict[DeliveryState, int] = {"pending": 100, "accepted": 290, "unknown": 10, "skipped": 12}
    one = IssueCounts(KEY, "issue", "weekly", "", "sending", NOW, mailing_id=1, states=counts)
    batches = [HandedOver(NOW - timedelta(minutes=minutes), 50) for minutes in (9, 2, 1)]
    found = progress(one, batches, NOW)
    assert (found.done, found.base, found.waiting) == (300, 400, 100)
    assert found.per_minute == 50, "100 in the last two minutes; what left before is not asked any more"
    assert found.left == timedelta(minutes=2)
    assert progress(one, batches[:1], NOW).left is None


def test_what_is_paused_or_put_off_or_held_promises_no_end(ws: Workspace, desk: OperatorDesk) -> None:
    key = filled(ws)
    (sending,) = desk.now().sending
    assert sending.rate == "55 a minute"
    assert sending.left == "about 49 s left"
    with ws.store.begin() as connection:
        guards.keep(connection, "data-lab", Standing(Hold("breaker", "no answer", None), NOW))
    held = desk.now()
    assert held.sending[0].left == "held for now"
    assert held.sending[0].holds == ("breaker: no answer",)
    with ws.store.begin() as connection:
        later = sa.update(delivery).where(delivery.c.state == "pending")
        connection.execute(later.values(not_before=NOW + timedelta(hours=3)))
    assert desk.now().sending[0].left == "the next leave at Fri 4 Dec, 12:00 (in 3 hours)"
    desk.act("pause", key, "olga@example.org", ME)
    assert desk.now().sending[0].left.startswith("paused")


def test_what_is_done_is_done_as_on_the_command_line_and_has_a_name(
    ws: Workspace, desk: OperatorDesk, clock: Clock
) -> None:
    key = filled(ws)
    assert desk.act("pause", key, "olga@example.org", ME).well
    assert status(ws, key)["state"] == "paused"
    assert desk.act("resume", key, "olga@example.org", ME).well
    assert status(ws, key)["state"] == "sending"
    said = desk.act("stop", key, "olga@example.org", ME)
    assert said.text.endswith(f"{PEOPLE - LEFT} deliveries will not be made.")
    assert status(ws, key)["states"]["cancelled"] == PEOPLE - LEFT
    assert [event["by"] for event in status(ws, key)["history"][-3:]] == ["olga@example.org"] * 3
    assert [(one.who, one.subject) for one in desk.log()[1]] == [("token tests", key)] * 3

    again = desk.act("resume", key, "olga@example.org", ME)
    assert not again.well
    assert "cancelled" in again.text
    assert not desk.act("delete", key, "olga@example.org", ME).well
    assert not desk.act("pause", "weekly-1999-01-01", "olga@example.org", ME).well


def test_addresses_are_masked_until_somebody_opens_them_which_is_written_down(
    ws: Workspace, desk: OperatorDesk
) -> None:
    key = filled(ws)
    closed, opened = desk.deliveries(key, "all", 1), desk.deliveries(key, "all", 1, ME)
    assert closed is not None
    assert opened is not None
    assert {row.reader for row in closed[1].rows} == {"r…@example.org"}
    assert all(row.reader.startswith("reader0") for row in opened[1].rows)
    view = desk.delivery(closed[1].rows[0].id)
    assert view is not None
    assert "reader0" not in repr(view)
    with ws.store.read() as connection:
        (line,) = deeds.lines(connection, "data-lab")
    assert (line.deed, line.subject, line.actor) == ("revealed", key, ME)
    desk.delivery(closed[1].rows[0].id, ME)
    with ws.store.read() as connection:
        assert sum(1 for _ in deeds.lines(connection, "data-lab")) == 2


def test_what_a_server_said_of_an_address_is_shown_without_it(ws: Workspace, desk: OperatorDesk) -> None:
    key = filled(ws)
    set_state(ws, key, "bounced", 1)
    with ws.store.begin() as connection:
        words = "550 <reader000000@example.org>: no such user"
        connection.execute(sa.update(delivery).where(delivery.c.state == "bounced").values(reason=words))
    found = desk.deliveries(key, "bounced", 1)
    assert found is not None
    assert {row.why for row in found[1].rows} == {"550 <[address]>: no such user"}


def test_a_reader_is_looked_up_by_the_address_that_was_typed(ws: Workspace, desk: OperatorDesk) -> None:
    filled(ws)
    found = desk.deliveries_to("Reader000007@EXAMPLE.org")
    assert [row.key for row in found] == ["weekly-2026-12-04", "weekly-2026-11-27", "weekly-2026-11-20"]
    assert desk.deliveries_to("nobody@example.org") == desk.deliveries_to("no address") == ()


def test_the_unknown_and_the_held_need_a_look_and_the_calm_does_not(ws: Workspace, desk: OperatorDesk) -> None:
    key = filled(ws)
    assert [one for one in desk.now().attention if one.level != "info"] == []
    set_state(ws, key, "unknown", 3)
    with ws.store.begin() as connection:
        guards.keep(connection, "data-lab", Standing(Hold("complaints", "too many", None, key), NOW))
        over = Hold("pace", "enough for now", NOW - timedelta(minutes=1))
        guards.keep(connection, "data-lab", Standing(over, NOW - timedelta(hours=1)))
    texts = {one.text: one.path for one in desk.now().attention}
    assert texts == {
        f"{key}: held by the complaints guard: too many.": f"issues/{key}",
        f"3 of {PEOPLE} of {key} are unknown.": f"issues/{key}/deliveries?show=unknown",
    }
    set_state(ws, "weekly-2026-11-27", "unknown", 2)
    (unknown,) = (one for one in desk.now().attention if "unknown" in one.text)
    assert unknown.text == f"5 of {2 * PEOPLE} deliveries of 2 issues are unknown."
    assert [path for _, path in unknown.more] == [
        f"issues/{key}/deliveries?show=unknown",
        "issues/weekly-2026-11-27/deliveries?show=unknown",
    ]


def test_an_alert_that_is_open_stands_there_unless_the_page_says_it_already(
    ws: Workspace, desk: OperatorDesk
) -> None:
    key = filled(ws)
    set_state(ws, key, "unknown", 3)
    with ws.store.begin() as connection:
        some: tuple[tuple[TroubleKind, str], ...] = (("unknown", key), ("events-silent", ""))
        for kind, subject in some:
            trouble = Trouble(kind, subject, "warning", f"{kind} of {subject or 'all'}", "look")
            episodes.begin(connection, "data-lab", trouble, NOW - timedelta(hours=1), ())
    assert [one.text for one in desk.now().attention] == [
        f"3 of {PEOPLE} of {key} are unknown.",
        "events-silent of all.",
    ]
    assert [one.text for one in desk.now().told] == [f"unknown of {key}; it lasts", "events-silent of all; it lasts"]


def test_an_issue_that_is_due_and_not_approved_is_told_before_and_louder_after(
    ws: Workspace, desk: OperatorDesk, clock: Clock
) -> None:
    with_issue(ws, approved=False)
    clock.now = NOW - timedelta(hours=5)
    (before,) = desk.now().attention
    assert (before.level, before.text) == (
        "info",
        f"{KEY} leaves in 5 hours, at Fri 4 Dec, 09:00, and is not approved.",
    )
    clock.now = NOW + timedelta(hours=2)
    (after,) = desk.now().attention
    assert (after.level, after.text) == ("bad", f"{KEY} was due at Fri 4 Dec, 09:00 and is not approved.")
    clock.now = NOW - timedelta(days=9)
    assert desk.now().attention == (), "its draft time has not come"
    clock.now = NOW
    with ws.store.begin() as connection:
        connection.execute(sa.update(issue).values(state="approved", held="the calendar moved"))
    (held,) = desk.now().attention
    assert held.text == f"{KEY} is approved and waits: the calendar moved."


def test_growth_counts_a_person_once_who_changed_their_address_or_complained_when_they_had_left(
    ws: Workspace, clock: Clock
) -> None:
    first, second, *_ = with_readers(ws, 3)
    clock.sleep(60)
    change_address(ws, first, "new@example.org")
    with ws.store.begin() as connection:
        (line,) = consents.of(connection, "data-lab", who_of(connection, second))
        ended = (replace(line, action="left", at=clock()), replace(line, action="complained", at=clock()))
        consents.append(connection, "data-lab", ended)
    with ws.store.read() as connection:
        bounds = (NOW - timedelta(days=7), NOW - timedelta(seconds=1), NOW + timedelta(days=7))
        before, now = growth.grown(connection, "data-lab", bounds)
    assert (before.joined, before.net) == (0, 0)
    assert (now.joined, now.left, now.bounced, now.net) == (3, 1, 0, 2)


def who_of(connection: sa.Connection, address: str) -> str:
    found = sa.text("SELECT who FROM subscriber WHERE address = :address")
    return str(connection.execute(found, {"address": address}).scalar_one())


def test_people_are_counted_by_state_and_topic_each_with_its_base(ws: Workspace, desk: OperatorDesk) -> None:
    filled(ws)
    view = desk.people(26)
    (community,) = (one for one in view.lists if one.name == "community")
    assert sum(part.number for part in community.states) == community.total == PEOPLE
    assert {part.base for part in community.topics} == {community.active}
    topics = {part.name: part.number for part in community.topics}
    with ws.store.read() as connection:
        chosen = growth.choices(connection, "data-lab", NOW)
    everything = sum(one.people for one in chosen if one.topics is None)
    dives = sum(one.people for one in chosen if one.topics and "deep-dives" in one.topics)
    assert topics["all topics, later ones too"] == everything
    assert topics["deep-dives"] == dives + everything, "who takes all topics gets this one"
    (staff,) = (one for one in view.lists if one.name == "staff")
    assert (staff.total, staff.topics) == (0, ())


def test_weeks_begin_on_local_mondays_whatever_the_clocks_do(ws: Workspace, desk: OperatorDesk) -> None:
    from newsletter.app.operator.people import week_starts

    starts = week_starts(ws, 12, NOW)
    assert len(starts) == 13
    assert {(one.weekday(), one.hour) for one in starts} == {(0, 0)}
    assert starts[-1] > NOW >= starts[-2]
    assert {str(one.utcoffset()) for one in starts} == {"-1 day, 17:00:00", "-1 day, 16:00:00"}, "across a change"


def test_what_was_handed_over_is_drawn_minute_by_minute_and_none_is_lost(ws: Workspace, desk: OperatorDesk) -> None:
    key = filled(ws)
    view = desk.issue(key)
    assert view is not None
    assert view.minutes.plot is not None
    assert sum(int(row[1]) + int(row[2]) for row in view.minutes.rows) == LEFT
    assert view.minutes.summary.startswith(f"{LEFT} mails handed over")
    with ws.store.read() as connection:
        mailing_id = next(iter(operator.issues(connection, "data-lab", key=key))).mailing_id
        batches = operator.handed_over(connection, mailing_id)
    assert [one.mails for one in batches] == [BATCH] * (LEFT // BATCH)
    refused = sum(cell.number for cell in view.states if cell.show in ("failed", "unknown"))
    assert sum(one.refused for one in batches) == refused


def test_what_was_not_accepted_is_drawn_apart_and_a_pause_leaves_a_gap() -> None:
    batches = [HandedOver(NOW, 20, 3), HandedOver(NOW + timedelta(seconds=30), 20), HandedOver(NOW + 4 * MINUTE, 5)]
    chart = handing_over(batches, ZoneInfo("America/Los_Angeles"))
    assert chart.rows == (
        ("09:00", "37", "3"),
        ("09:01", "0", "0"),
        ("09:02", "0", "0"),
        ("09:03", "0", "0"),
        ("09:04", "5", "0"),
    )
    assert chart.summary == ("45 mails handed over in 4 min, 3 of 45 not accepted; at most 40 in a minute, at 09:00.")
    days = handing_over([HandedOver(NOW, 1), HandedOver(NOW + timedelta(days=3), 1)], ZoneInfo("UTC"))
    assert len(days.rows) <= 80
    assert days.title == "Handed over per 60 min"


def test_pages_of_an_empty_store_say_what_would_stand_there(ws: Workspace, desk: OperatorDesk) -> None:
    now, issues, people = desk.now(), desk.issues(7), desk.people(26)
    assert (now.sending, now.recent, now.attention) == ((), (), ())
    assert (issues.lines, issues.pages, issues.returned.plot) == ((), 1, None)
    assert people.growth.plot is None
    assert [one.total for one in people.lists] == [0, 0]
    assert desk.issue("weekly-2026-12-04") is None
    assert desk.deliveries("weekly-2026-12-04", "all", 1) is None
    assert desk.delivery("nothing") is None


def test_the_fingerprint_moves_with_the_sending_and_with_nothing_else(
    ws: Workspace, desk: OperatorDesk, clock: Clock
) -> None:
    key = filled(ws)
    before = desk.fingerprint()
    clock.sleep(60)
    assert desk.fingerprint() == before
    set_state(ws, key, "deferred", 1)
    moved = desk.fingerprint()
    assert moved != before
    desk.act("pause", key, "", ME)
    assert desk.fingerprint() != moved


def test_health_names_what_is_not_well_and_what_to_do(ws: Workspace, clock: Clock) -> None:
    filled(ws)
    lines = {one.name: one for one in OperatorDesk(ws, free=lambda _folder: 0).now().health}
    assert (lines["Disk"].level, lines["Backup"].level, lines["Cadence"].level) == ("bad", "warn", "quiet")
    assert lines["Queue"].level == "good"
    assert lines["Reports"].text.startswith("The provider reported on ")
    with ws.store.begin() as connection:
        connection.execute(sa.update(delivery).where(delivery.c.state != "pending").values(state="accepted"))
    silent = {one.name: one for one in OperatorDesk(ws, free=lambda _folder: 2**40).now().health}
    assert silent["Reports"].text.startswith(f"The provider reported on 0 of {LEFT} mails of {KEY}:")
    clock.sleep(3600)
    late = {one.name: one for one in OperatorDesk(ws, free=lambda _folder: 2**40).now().health}
    assert late["Queue"].level == "warn"
    assert late["Disk"].level == "good"


def plans(ws: Workspace) -> Iterator[str]:
    """How SQLite goes about each statement since then, one line for each table that it looks at."""
    statements: list[tuple[str, tuple[object, ...]]] = []

    @sa.event.listens_for(ws.store.engine, "before_cursor_execute")
    def keep(_connection: object, _cursor: object, text: str, values: tuple[object, ...], *_more: object) -> None:
        statements.append((text, values))

    yield ""
    sa.event.remove(ws.store.engine, "before_cursor_execute", keep)
    with ws.store.read() as connection:
        for text, values in statements:
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values):
                yield str(row.detail)


def test_no_page_reads_through_the_tables_that_grow(ws: Workspace, desk: OperatorDesk) -> None:
    key = filled(ws)
    if ws.store.engine.dialect.name != "sqlite":
        return  # with few rows PostgreSQL rightly reads them all
    found = plans(ws)
    next(found)
    desk.now(), desk.issues(1), desk.issue(key), desk.people(52), desk.fingerprint()
    desk.deliveries(key, "returned", 1), desk.delivery(named(f"{key} to 1", 64)), desk.deliveries_to("a@example.org")
    lines = [*found]
    grow = ("delivery", "delivery_event", "attempt", "attempt_item", "consent", "subscriber")
    assert len(lines) > 40
    assert [line for line in lines if line.startswith("SCAN") and line.split()[1] in grow] == []


@pytest.mark.parametrize(
    ("part", "base", "text"),
    [(2, 412, "0.5 %"), (412, 412, "100 %"), (4119, 4120, "almost 100 %"), (1, 90_000, "below 0.1 %"), (0, 0, "")],
)
def test_a_share_is_never_said_to_be_nothing_or_everything_when_it_is_not(part: int, base: int, text: str) -> None:
    assert share_text(part, base) == text


def test_spans_are_told_in_their_largest_unit() -> None:
    spans = [timedelta(seconds=40), timedelta(seconds=100), timedelta(minutes=6), timedelta(hours=47), timedelta(9)]
    assert [span_text(one) for one in spans] == ["40 s", "100 s", "6 min", "47 hours", "9 days"]
    now = datetime(2026, 12, 4, tzinfo=UTC)
    assert ago_text(now + timedelta(hours=3), now) == "in 3 hours"


def test_a_name_of_rows_is_a_state_or_a_group_of_them() -> None:
    assert states_of("unknown") == ("unknown",)
    assert states_of("anything else") == STATES
