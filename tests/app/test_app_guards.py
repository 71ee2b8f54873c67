"""What guards do to an issue that is being sent: what is held, until when, and how it goes on."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_guards import LATER, Road, alerts, guarded, held, history, planned, send, states
from support_workspace import KEY, NOW, Clock, render, with_issue, with_readers

from newsletter.app.sending.pump import SendRefused, cancel, pause, plan_issue, resume, status
from newsletter.app.subscribing import add
from newsletter.app.workspace import with_settings
from newsletter.model.delivery import Batch
from newsletter.model.guarding import PaceSettings
from newsletter.store import guards
from newsletter.store.tables import delivery


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_no_more_leave_in_a_second_than_the_pace_says_and_send_waits_for_it(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, PaceSettings(second=3))
    planned(ws, 7)
    moments: list[object] = []
    road = Road(lambda batch: moments.extend([clock.now] * len(batch.rows)) or "accepted")

    summary = send(ws, road, sleep=clock.sleep, keeps_pace=timedelta(seconds=5))

    assert summary.finished
    assert sorted(map(moments.count, set(moments))) == [1, 3, 3]


def test_the_pace_of_an_hour_holds_across_workers_and_restarts_and_says_until_when(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock, PaceSettings(hour=3))
    planned(ws, 6)
    send(ws, Road(), max_batches=1)
    clock.sleep(600)
    again = guarded(tmp_path, clock, PaceSettings(hour=3))  # another process, which opens the store anew
    send(again, road := Road())

    assert len(road.took) == 1
    assert status(again, KEY)["guards"][0]["until"] == "2026-12-04T10:00:00-08:00"
    clock.sleep(3000)
    send(again, road)
    assert (len(road.took), held(again)) == (3, ["pace"])
    clock.sleep(600)
    assert send(again, road).finished


def test_the_pace_of_a_minute_holds(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, PaceSettings(minute=2))
    planned(ws, 3)
    send(ws, road := Road())
    clock.sleep(59)
    send(ws, road)
    assert len(road.took) == 2
    clock.sleep(1)
    assert send(ws, road).finished


@pytest.mark.parametrize("pace", [PaceSettings(domain_hour=1), PaceSettings(domains={"example.org": 1})])
def test_a_mail_domain_that_had_enough_waits_and_the_others_get_theirs(
    tmp_path: Path, clock: Clock, pace: PaceSettings
) -> None:
    ws = guarded(tmp_path, clock, pace)
    with_readers(ws, 3)
    add(ws, "ada@example.net", "community")
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)

    send(ws, road := Road())

    assert sorted(road.took)[0] == "ada@example.net"
    assert (len(road.took), states(ws)) == (2, {"pending": 2, "accepted": 2})
    with ws.store.read() as connection:
        assert set(connection.execute(sa.select(delivery.c.tries)).scalars()) == {0, 1}
    clock.sleep(3600)
    send(ws, road)
    assert len(road.took) == 3


def test_a_road_that_gives_no_answer_is_left_alone_longer_each_time_and_uses_up_no_tries(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock, breaker=2)
    planned(ws, 9)
    road = Road(lambda _: "not_submitted")

    send(ws, road)
    assert (road.asked, held(ws)) == ([2, 2], ["breaker"])
    for minutes, asked in ((0.9, 2), (0.2, 3), (1.9, 3), (0.2, 4), (3.9, 4), (0.2, 5)):
        clock.sleep(60 * minutes)
        send(ws, road)
        assert len(road.asked) == asked

    assert road.asked[2:] == [1, 1, 1], "one mail tries it"
    assert states(ws) == {"pending": 9}
    with ws.store.read() as connection:
        assert set(connection.execute(sa.select(delivery.c.tries)).scalars()) == {0}
    assert [text for text in alerts(ws) if "left alone" in text] == alerts(ws)[:1]

    road.says = lambda _: "accepted"
    clock.sleep(3600)
    assert send(ws, road).finished
    assert (len(road.took), held(ws), alerts(ws)[-1]) == (9, [], "breaker: it goes on again")


def test_a_road_that_is_left_alone_is_so_for_all_workers_and_one_of_them_tries_it(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock, breaker=1)
    planned(ws, 4)
    send(ws, Road(lambda _: "unknown"))
    other = guarded(tmp_path, clock, breaker=1)
    send(other, elsewhere := Road())
    assert elsewhere.asked == []

    clock.sleep(61)
    tried: list[int] = []

    def slow(_: Batch) -> str:
        send(other, elsewhere)  # while the one mail is under way
        tried.append(len(elsewhere.asked))
        return "accepted"

    send(ws, Road(slow), max_batches=1)
    assert tried == [0]


def test_a_person_who_mended_the_road_has_it_tried_at_once(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, breaker=1)
    planned(ws, 2)
    send(ws, Road(lambda _: "not_submitted"))
    resume(ws, KEY, clock.now)
    clock.sleep(30)  # what the deliveries themselves wait
    assert send(ws, Road()).finished


def test_of_what_is_cancelled_nothing_is_held(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, canary=1)
    planned(ws, 3)
    send(ws, Road())
    cancel(ws, KEY, clock.now)
    with ws.store.read() as connection:
        assert (held(ws), guards.active(connection, "data-lab")) == ([], ())


def test_without_a_breaker_every_batch_is_tried(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, breaker=0)
    planned(ws, 8)
    send(ws, road := Road(lambda _: "not_submitted"))
    assert road.asked == [2, 2, 2, 2]


def test_a_warm_up_lets_a_little_more_leave_each_day_and_everybody_when_it_is_over(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock, warm_up_from=date(2026, 12, 4), warm_up=(1, 3))
    planned(ws, 9)
    road, counts = Road(), []
    for _ in range(3):
        send(ws, road)
        counts.append(len(road.took))
        clock.sleep(86_400)

    assert counts == [1, 4, 9]
    assert "warm-up: 1 mails left today, which is all that day 1 of the warm-up allows" in history(ws)


def test_a_few_get_it_first_and_the_others_after_the_hold(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, canary=2, canary_hold="2 hours")
    planned(ws, 6)
    send(ws, road := Road())
    assert (len(road.took), held(ws), status(ws, KEY)["state"]) == (2, ["canary"], "sending")
    assert "canary: 2 of 6 readers get it first" in history(ws)

    clock.sleep(7199)
    send(ws, road)
    assert len(road.took) == 2
    clock.sleep(1)
    assert send(ws, road).finished
    assert len(set(road.took)) == 6


def test_a_digest_names_editors_who_get_it_first_and_a_person_lets_the_others_have_it(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock, canary=1)
    own = {"canary": ("Reader00003@example.org",), "canary_hold": "resume"}
    ws = with_settings(ws, digests={"weekly": ws.settings.digests["weekly"].model_copy(update=own)})
    planned(ws, 5)
    send(ws, road := Road())
    clock.sleep(86_400)
    send(ws, road)

    assert (road.took, status(ws, KEY)["state"]) == (["reader00003@example.org"], "paused")
    assert held(ws) == ["canary"]
    resume(ws, KEY, clock.now)
    assert send(ws, road).finished
    assert len(road.took) == 5


def test_a_person_may_end_the_hold_before_its_time(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, canary=1)
    planned(ws, 3)
    send(ws, road := Road())
    resume(ws, KEY, clock.now)
    assert send(ws, road).finished


def test_a_pause_by_hand_does_not_end_the_hold(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, canary=1)
    planned(ws, 3)
    send(ws, road := Road())
    pause(ws, KEY, clock.now)
    resume(ws, KEY, clock.now)
    send(ws, road)
    assert (len(road.took), held(ws)) == (1, ["canary"])


def test_where_none_of_the_first_is_a_reader_all_wait_and_where_there_are_no_others_nobody_does(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock, canary=("nobody@example.org",))
    planned(ws, 2)
    send(ws, road := Road())
    assert (road.took, "none of those who were to get it first" in history(ws)) == ([], True)

    with_issue(few := with_settings(ws, guards=ws.settings.guards.model_copy(update={"canary": 2})), LATER)
    plan_issue(few, LATER, render, NOW)
    assert send(few, road, LATER).finished


def test_an_audience_unlike_the_last_one_waits_for_a_person_who_names_its_count(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, audience_change=30, audience_least=3)
    planned(ws, 10)
    send(ws, Road(), batch=20)
    with_readers(ws, 14)
    with_issue(ws, LATER)

    with pytest.raises(
        SendRefused, match=r"14 readers, 40 % more than the 10 of weekly-2026-12-04.*--accept-audience 14"
    ):
        plan_issue(ws, LATER, render, NOW)
    with pytest.raises(SendRefused, match="14 readers, not to 13"):
        plan_issue(ws, LATER, render, NOW, accept_audience=13)
    assert (held(ws, LATER), len(alerts(ws))) == (["audience"], 1)

    assert plan_issue(ws, LATER, render, NOW, accept_audience=14).planned == 14
    assert (held(ws, LATER), "audience: 14 readers accepted" in history(ws, LATER)) == ([], True)


@pytest.mark.parametrize("guards", [{"audience_change": 50}, {"audience_least": 5}, {"audience_change": 0}])
def test_an_audience_may_change_as_much_as_the_workspace_says(
    tmp_path: Path, clock: Clock, guards: dict[str, int]
) -> None:
    ws = guarded(tmp_path, clock, **{"audience_change": 30, "audience_least": 1} | guards)
    planned(ws, 10)
    send(ws, Road(), batch=20)
    with_readers(ws, 14)
    with_issue(ws, LATER)
    assert plan_issue(ws, LATER, render, NOW).planned == 14


def test_what_is_not_begun_by_the_deadline_is_not_sent_and_is_written_down(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, deadline="1 day")
    planned(ws, 5)
    send(ws, road := Road(), max_batches=1)
    clock.sleep(86_400)

    assert send(ws, road).finished
    assert (len(road.took), states(ws)) == (2, {"accepted": 2, "skipped": 3})
    assert status(ws, KEY)["reasons"]["skipped"] == {"not begun before its deadline, 2026-12-05 09:00 PST": 3}
    assert "3 deliveries are not begun before its deadline" in alerts(ws)[0]


def test_a_digest_has_a_deadline_of_its_own(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, deadline="1 day")
    own = {"deadline": "2 days"}
    ws = with_settings(ws, digests={"weekly": ws.settings.digests["weekly"].model_copy(update=own)})
    planned(ws, 2)
    clock.sleep(86_400 * 2 - 1)
    assert send(ws, road := Road()).finished
    assert len(road.took) == 2


def test_what_a_clock_counted_that_ran_ahead_holds_nothing_once_it_is_put_back(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, PaceSettings(hour=2))
    planned(ws, 4)
    clock.now += timedelta(days=3)
    send(ws, Road())
    clock.now -= timedelta(days=3)
    assert send(ws, road := Road()).finished
    assert len(road.took) == 2


def test_a_clock_that_stands_is_not_waited_for(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock, PaceSettings(second=1))
    planned(ws, 4)
    slept: list[float] = []
    summary = send(ws, Road(), batch=1, sleep=slept.append, keeps_pace=timedelta(minutes=1))
    assert (summary.batches, slept) == (1, [1.0])
