from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_workspace import KEY, NOW, Clock, open_at, render, settings_at, with_issue, with_readers

from newsletter.app.sending.pump import (
    SendRefused,
    apply_notices,
    cancel,
    pause,
    plan_issue,
    pump,
    recover,
    resume,
    status,
    this_worker,
)
from newsletter.app.sending.workers import is_dead
from newsletter.app.subscribing import add, leave, remove, show, suppress
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import STATES, Batch, Notice, Outcome, Receipt, receipts_for_all
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline, Rendered
from newsletter.model.mail import Row
from newsletter.store.tables import delivery, issue

LATER = "weekly-2026-12-11"


class Provider:
    """A road that answers as it is told, and keeps every row it was handed."""

    def __init__(self, *answers: Outcome, retry_after: float | None = None) -> None:
        self.answers = list(answers)
        self.retry_after = retry_after
        self.batches: list[Batch] = []

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.batches.append(batch)
        outcome = self.answers.pop(0) if self.answers else "accepted"
        return [Receipt(row.delivery_id, outcome, "told so", retry_after=self.retry_after) for row in batch.rows]

    def close(self) -> None: ...

    @property
    def rows(self) -> list[Row]:
        return [row for batch in self.batches for row in batch.rows]

    @property
    def addresses(self) -> list[str]:
        return sorted(row.address for row in self.rows)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ws(tmp_path: Path, clock: Clock) -> Workspace:
    return open_at(tmp_path, clock)


def planned(ws: Workspace, readers: int = 5, key: str = KEY) -> tuple[str, ...]:
    audience = with_readers(ws, readers)
    with_issue(ws, key)
    plan_issue(ws, key, render, NOW)
    return audience


def send(ws: Workspace, provider: Provider, key: str = KEY, batch: int = 2, **more: object):
    return pump(ws, provider, key, ws.clock, batch=batch, worker_id=this_worker(), **more)


def states(ws: Workspace, key: str = KEY) -> dict[str, int]:
    return {state: count for state, count in status(ws, key)["states"].items() if count}


def test_each_reader_gets_the_issue_once_and_sending_again_sends_nothing(ws: Workspace) -> None:
    audience = planned(ws)
    provider = Provider()
    first, second = send(ws, provider), send(ws, provider)
    assert provider.addresses == sorted(audience)
    assert (first.batches, dict(first.outcomes), first.finished) == (3, {"accepted": 5}, True)
    assert (second.batches, second.finished) == (0, True)
    report = status(ws, KEY)
    assert (report["key"], report["state"], report["planned"]) == (KEY, "sent", 5)
    assert tuple(report["states"]) == STATES


def test_planning_again_changes_nothing_and_takes_nobody_new(ws: Workspace) -> None:
    planned(ws)
    add(ws, "newcomer@example.org", "community")
    again = plan_issue(ws, KEY, render, NOW + timedelta(hours=1))
    assert (again.planned, again.again) == (5, True)


def test_one_edition_is_rendered_for_each_kind_of_reader_and_sent_to_them(ws: Workspace) -> None:
    add(ws, "mira@example.org", "community", timezone="Europe/Berlin")
    add(ws, "jan@example.org", "community", timezone="berlin")
    add(ws, "noor@example.org", "community")
    with_issue(ws)
    asked: list[tuple[Choices, Baseline | None]] = []

    def counting(choices: Choices, baseline: Baseline | None) -> Rendered | None:
        asked.append((choices, baseline))
        return render(choices, baseline)

    assert plan_issue(ws, KEY, counting, NOW).editions == 2
    assert sorted(choices.timezone for choices, _ in asked) == ["America/Los_Angeles", "Europe/Berlin"]
    provider = Provider()
    send(ws, provider)
    subjects = {row.address: batch.edition.subject for batch in provider.batches for row in batch.rows}
    assert subjects["jan@example.org"] == subjects["mira@example.org"] == "For Europe/Berlin since None"
    assert subjects["noor@example.org"] == "For America/Los_Angeles since None"


def test_a_reader_for_whom_there_is_nothing_is_skipped(ws: Workspace) -> None:
    add(ws, "mira@example.org", "community", timezone="Europe/Berlin")
    add(ws, "noor@example.org", "community")
    with_issue(ws)
    result = plan_issue(
        ws, KEY, lambda choices, baseline: render(choices, baseline) if "Berlin" in choices.timezone else None, NOW
    )
    assert (result.planned, result.pending, result.skipped) == (2, 1, 1)
    provider = Provider()
    send(ws, provider)
    assert provider.addresses == ["mira@example.org"]
    assert states(ws) == {"accepted": 1, "skipped": 1}
    assert status(ws, KEY)["reasons"] == {"skipped": {"nothing in this issue is for this reader": 1}}


def test_only_who_is_active_and_chose_the_digest_is_planned(ws: Workspace) -> None:
    with_readers(ws, 4)
    add(ws, "monthly@example.org", "community", digests=["monthly"])
    remove(ws, "reader00000@example.org")
    suppress(ws, "reader00001@example.org")
    with_issue(ws)
    assert plan_issue(ws, KEY, render, NOW).planned == 2


def test_the_next_issue_is_told_against_the_last_one_that_reached_the_reader(ws: Workspace) -> None:
    planned(ws, 2)
    send(ws, Provider("accepted", "rejected"), batch=1)
    with_issue(ws, LATER)
    asked: list[Baseline | None] = []
    plan_issue(ws, LATER, lambda choices, baseline: asked.append(baseline) or render(choices, baseline), NOW)
    assert sorted(asked, key=str) == [Baseline(KEY), None]


@pytest.mark.parametrize("how", ["leave", "suppress", "remove", "digests"])
def test_who_leaves_between_plan_and_send_gets_nothing_and_is_accounted_for(ws: Workspace, how: str) -> None:
    audience = planned(ws)
    ends = {
        "leave": lambda: leave(ws, token_of(ws, audience[0]), "page"),
        "suppress": lambda: suppress(ws, audience[0]),
        "remove": lambda: remove(ws, audience[0]),
        "digests": lambda: choose_monthly(ws, audience[0]),
    }
    ends[how]()
    provider = Provider()
    summary = send(ws, provider)
    assert provider.addresses == sorted(audience[1:])
    assert summary.set_aside == 1
    assert states(ws) == {"accepted": 4, "skipped" if how == "digests" else "suppressed": 1}


def token_of(ws: Workspace, address: str) -> str:
    from newsletter.people.tokens import make_token

    return make_token(ws.secret, "leave", show(ws, address).subscriber.id, "community")


def choose_monthly(ws: Workspace, address: str) -> None:
    from dataclasses import replace

    from newsletter.store import subscribers

    (mine,) = show(ws, address).subscriptions
    with ws.store.begin() as connection:
        subscribers.put_subscription(connection, ws.settings.community.id, replace(mine, digests=("monthly",)), NOW)


def test_links_and_ids_are_the_readers_own_and_stay_over_retries(ws: Workspace, clock: Clock) -> None:
    planned(ws, 2)
    provider = Provider("not_submitted")
    send(ws, provider, sleep=clock.sleep, patience=timedelta(hours=1))
    first, second = provider.batches
    assert first.rows == second.rows
    assert first.attempt_id != second.attempt_id
    row = first.rows[0]
    assert row.message_id == f"<{row.delivery_id}@news.example.org>"
    assert row.unsubscribe_url == row.values["unsubscribe_url"]
    assert leave(ws, row.unsubscribe_url.rsplit("/", 1)[1], "one-click")
    assert show(ws, row.address).subscriptions[0].state == "left"
    assert "@" not in row.delivery_id


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("accepted", {"accepted": 5}),
        ("rejected", {"failed": 2, "accepted": 3}),
        ("unknown", {"unknown": 2, "accepted": 3}),
        ("refused_for_now", {"pending": 2, "accepted": 3}),
        ("not_submitted", {"pending": 2, "accepted": 3}),
    ],
)
def test_each_outcome_of_a_batch_stands_in_the_ledger(
    ws: Workspace, outcome: Outcome, expected: dict[str, int]
) -> None:
    planned(ws)
    summary = send(ws, Provider(outcome))
    assert states(ws) == expected
    assert summary.finished == ("pending" not in expected)
    assert status(ws, KEY)["state"] == ("sending" if "pending" in expected else "sent")


def test_what_was_put_off_is_tried_again_when_its_time_comes_and_not_before(ws: Workspace, clock: Clock) -> None:
    planned(ws, 2)
    provider = Provider("refused_for_now", retry_after=7.0)
    assert send(ws, provider).next_due == NOW + timedelta(seconds=7)
    assert send(ws, provider).batches == 0
    clock.sleep(7)
    assert send(ws, provider).finished
    assert Counter(provider.addresses).most_common(1)[0][1] == 2


def test_waiting_is_bounded_by_patience(ws: Workspace, clock: Clock) -> None:
    planned(ws, 2)
    hasty = Provider("refused_for_now", retry_after=700.0)
    assert not send(ws, hasty, sleep=clock.sleep, patience=timedelta(minutes=1)).finished
    assert clock() == NOW
    assert send(ws, hasty, sleep=clock.sleep, patience=timedelta(minutes=20)).finished


def test_unknown_is_never_sent_again(ws: Workspace, clock: Clock) -> None:
    planned(ws, 2)
    provider = Provider("unknown")
    send(ws, provider)
    clock.sleep(10**7)
    assert send(ws, provider).batches == 0
    assert states(ws) == {"unknown": 2}


def test_a_recipient_the_provider_is_silent_about_is_unknown(ws: Workspace) -> None:
    planned(ws, 2)

    class Forgetful(Provider):
        def submit(self, batch: Batch) -> Sequence[Receipt]:
            return super().submit(batch)[1:]

    send(ws, Forgetful())
    assert states(ws) == {"accepted": 1, "unknown": 1}


def test_a_provider_that_falls_over_leaves_its_batch_unknown_and_is_heard(ws: Workspace) -> None:
    planned(ws)

    class Broken(Provider):
        def submit(self, batch: Batch) -> Sequence[Receipt]:
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        send(ws, Broken())
    assert states(ws) == {"unknown": 2, "pending": 3}
    assert send(ws, Provider()).finished
    assert states(ws) == {"unknown": 2, "accepted": 3}


def test_a_batch_limit_leaves_the_rest_for_later(ws: Workspace) -> None:
    planned(ws)
    seen: list[int] = []
    summary = send(ws, Provider(), max_batches=1, on_progress=lambda so_far: seen.append(so_far.batches))
    assert (summary.batches, summary.finished, seen) == (1, False, [1])
    assert states(ws) == {"accepted": 2, "pending": 3}


def test_a_paused_issue_rests_and_resuming_sends_exactly_the_rest(ws: Workspace) -> None:
    audience = planned(ws)
    provider = Provider()

    def pause_it(_: object) -> None:
        if status(ws, KEY)["state"] == "sending":
            pause(ws, KEY, NOW)

    send(ws, provider, on_progress=pause_it)
    assert status(ws, KEY)["state"] == "paused"
    assert send(ws, provider).batches == 0
    assert len(provider.rows) == 2
    resume(ws, KEY, NOW)
    assert send(ws, provider).finished
    assert provider.addresses == sorted(audience)


def test_cancelling_stops_the_rest_and_what_left_stays_told(ws: Workspace) -> None:
    planned(ws)
    send(ws, Provider(), max_batches=1)
    assert cancel(ws, KEY, NOW, "mira") == 3
    assert states(ws) == {"accepted": 2, "cancelled": 3}
    assert send(ws, Provider()).batches == 0
    with pytest.raises(SendRefused, match="cancelled"):
        resume(ws, KEY, NOW)


def test_an_issue_can_be_cancelled_before_it_is_planned(ws: Workspace) -> None:
    with_issue(ws)
    assert cancel(ws, KEY, NOW) == 0
    with pytest.raises(SendRefused, match="cancelled"):
        plan_issue(ws, KEY, render, NOW)


def test_without_approval_nothing_is_planned(ws: Workspace) -> None:
    with_readers(ws, 2)
    with_issue(ws, approved=False)
    with pytest.raises(SendRefused, match="not approved"):
        plan_issue(ws, KEY, render, NOW)
    with pytest.raises(SendRefused, match="not planned"):
        send(ws, Provider())
    assert status(ws, KEY)["planned"] == 0


def test_an_approval_of_another_draft_does_not_count(ws: Workspace) -> None:
    with_issue(ws)
    with ws.store.begin() as connection:
        connection.execute(sa.update(issue).values(draft_hash="edited behind our back"))
    with pytest.raises(SendRefused, match="not the one that was approved"):
        plan_issue(ws, KEY, render, NOW)


def test_an_automatic_digest_needs_no_approval(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    weekly = settings.digests["weekly"].model_copy(update={"review": "automatic"})
    ws = Workspace(settings.model_copy(update={"digests": {"weekly": weekly}}), Clock())
    with_readers(ws, 1)
    with_issue(ws, approved=False)
    assert plan_issue(ws, KEY, render, NOW).planned == 1
    assert send(ws, Provider()).finished


def test_an_issue_that_is_not_there_is_named(ws: Workspace) -> None:
    for ask in (lambda: status(ws, "weekly-1"), lambda: plan_issue(ws, "weekly-1", render, NOW)):
        with pytest.raises(UsageError, match="weekly-1"):
            ask()


def test_a_template_that_fails_plans_nobody(ws: Workspace) -> None:
    with_readers(ws, 2)
    with_issue(ws)
    with pytest.raises(ZeroDivisionError):
        plan_issue(ws, KEY, lambda choices, baseline: 1 // 0, NOW)  # type: ignore[arg-type,return-value]  # raises
    assert (status(ws, KEY)["state"], status(ws, KEY)["planned"]) == ("approved", 0)


def test_a_reader_who_joins_while_editions_are_rendered_is_taken_along(ws: Workspace) -> None:
    with_readers(ws, 1)
    with_issue(ws)

    def slowly(choices: Choices, baseline: Baseline | None) -> Rendered | None:
        add(ws, "late@example.org", "community", timezone="Asia/Tokyo")
        return render(choices, baseline)

    assert plan_issue(ws, KEY, slowly, NOW).planned == 2


def test_reports_settle_what_was_unknown_and_bar_dead_addresses(ws: Workspace) -> None:
    audience = planned(ws, 3)
    provider = Provider("unknown")
    send(ws, provider, batch=3)
    one, two, three = (row.delivery_id for row in sorted(provider.rows, key=lambda row: row.address))
    notices = [Notice(one, "delivered", NOW), Notice(two, "bounced", NOW), Notice(three, "complained", NOW)]
    for _ in range(3):
        apply_notices(ws, notices)
    assert states(ws) == {"delivered": 1, "bounced": 1, "complained": 1}
    assert [show(ws, address).suppressed for address in audience] == ["", "bounced", "complained"]
    assert [show(ws, address).subscriptions[0].state for address in audience] == ["active", "bounced", "complained"]
    assert [len(show(ws, address).consents) for address in audience] == [1, 2, 2]


def test_reports_are_counted_as_new_repeated_or_foreign(ws: Workspace) -> None:
    planned(ws, 1)
    provider = Provider()
    send(ws, provider)
    told = Notice(provider.rows[0].delivery_id, "delivered", NOW, event_id="first")
    again = Notice(provider.rows[0].delivery_id, "delivered", NOW, event_id="another id, same report")
    result = apply_notices(ws, [told, again, Notice("never sent", "complained", NOW)])
    assert (result.new, result.repeated, result.foreign) == (1, 1, 1)


def test_a_report_that_is_faster_than_the_reply_is_not_overwritten(ws: Workspace) -> None:
    planned(ws, 1)

    class Fast(Provider):
        def submit(self, batch: Batch) -> Sequence[Receipt]:
            apply_notices(ws, [Notice(row.delivery_id, "delivered", NOW) for row in batch.rows])
            return receipts_for_all(batch, "accepted", "")

    assert send(ws, Fast()).finished
    assert states(ws) == {"delivered": 1}


def test_workers_that_ended_are_known_on_this_machine_only() -> None:
    mine = this_worker("-1")
    host, pid, _ = mine.rsplit(":", 2)
    assert not is_dead(mine)
    assert is_dead(f"{host}:{pid}:an earlier process with this id")
    assert is_dead(f"{host}:{2**22 + 1}:x")
    assert not is_dead(f"{host}:1:x")
    assert not is_dead(f"elsewhere.example:{2**22 + 1}:x")
    assert not is_dead("not a worker of ours")
    init = Path("/proc/1/stat")
    if init.exists():
        started = init.read_text().rpartition(")")[2].split()[19]
        assert not is_dead(f"{host}:1:t{started}-abcd")
        assert is_dead(f"{host}:1:t{int(started) + 1}-abcd"), "its id was given to another process"


def test_nothing_is_recovered_from_workers_that_still_work(ws: Workspace) -> None:
    planned(ws)

    class Curious(Provider):
        def submit(self, batch: Batch) -> Sequence[Receipt]:
            found = recover(ws, NOW)
            assert (found.released, found.unknown) == (0, 0)
            return super().submit(batch)

    assert send(ws, Curious()).finished


def test_a_second_workspace_in_the_same_store_sees_nothing_of_the_first(ws: Workspace, tmp_path: Path) -> None:
    planned(ws)
    community = ws.settings.community.model_copy(update={"id": "another-lab"})
    other = Workspace(settings_at(tmp_path).model_copy(update={"community": community}), ws.clock)
    with pytest.raises(UsageError):
        status(other, KEY)
    with_issue(other)
    with pytest.raises(SendRefused, match="nobody would get"):
        plan_issue(other, KEY, render, NOW)


def test_the_ledger_keeps_no_address(ws: Workspace) -> None:
    planned(ws)
    send(ws, Provider())
    with ws.store.read() as connection:
        for table in ("delivery", "attempt", "attempt_item", "delivery_event", "consent", "suppression"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "example.org" not in str(rows).replace("readers.csv", "")
        assert connection.execute(sa.select(sa.func.count()).select_from(delivery)).scalar() == 5
