"""What is unknown after a send is settled by the provider's log or its events, and by nothing less."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from pydantic import SecretStr
from support_dev_sink import DevSink
from support_workspace import KEY, open_at, render, with_issue, with_readers

from newsletter.app import dispatching
from newsletter.app.owning.changing_address import change_address
from newsletter.app.reporting.watching import ReportWatch
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.pump import cancel, plan_issue, pump, status, this_worker
from newsletter.app.sending.reconciling import Reconciled, all_unknown, reconcile, reconcile_all, settle_by_hand
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace, utc_now, with_settings
from newsletter.model.workspace import ProviderSettings, Secrets
from newsletter.store.tables import delivery

READERS = 6
BATCH = 2


def opened(root: Path, api_url: str) -> Workspace:
    """The workspace whose road out is the API at this address."""
    secrets = Secrets(signing=SecretStr("a key for tests"), sendgrid_key=SecretStr("SG.test"))
    road = ProviderSettings(kind="sendgrid", api_url=api_url, timeout=60, batch=BATCH, unknown_hours=0)
    return with_settings(open_at(root, utc_now), provider=road, secrets=secrets)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six readers and an issue that is planned for them; to be copied."""
    ws = opened(tmp_path_factory.mktemp("made"), "http://127.0.0.1:9")
    with_readers(ws, READERS)
    with_issue(ws)
    plan_issue(ws, KEY, render, ws.clock())
    ws.store.close()
    return ws.root


@pytest.fixture
def ws(tmp_path: Path, made: Path, dev_sink: DevSink) -> Iterator[Workspace]:
    """A copy of it; its road out is the sink."""
    shutil.copytree(made, tmp_path / "ws")
    ws = opened(tmp_path / "ws", dev_sink.api_url)
    yield ws
    ws.store.close()


def send(ws: Workspace, batches: int | None = None) -> None:
    with dispatching.provider_of(ws) as provider:
        pump(ws, provider, KEY, ws.clock, batch=BATCH, worker_id=this_worker(), max_batches=batches)


def settled(ws: Workspace, **how: bool) -> Reconciled:
    with dispatching.provider_of(ws) as provider:
        return reconcile(ws, provider, KEY, ws.clock(), **how)


def states(ws: Workspace) -> dict[str, int]:
    return {state: count for state, count in status(ws, KEY)["states"].items() if count}


def unknown(ws: Workspace) -> list[str]:
    with ws.store.read() as connection:
        rows = connection.execute(delivery.select().where(delivery.c.state == "unknown"))
        return [row.id for row in rows]


def with_policy(ws: Workspace, **changes: object) -> Workspace:
    return with_settings(ws, provider=ws.settings.provider.model_copy(update=changes))


def lose_one_batch(ws: Workspace, sink: DevSink, *, kept: bool) -> None:
    """Send all, of which the second batch has no answer; the sink has kept it or has not."""
    send(ws, batches=1)
    sink.misbehave(**{"drop_after" if kept else "drop_before": 1})
    send(ws, batches=1)
    assert states(ws)["unknown"] == BATCH
    send(ws)


def test_check_6_a_request_sent_whole_whose_answer_is_lost_is_unknown_and_found_in_the_log(
    ws: Workspace, dev_sink: DevSink
) -> None:
    lose_one_batch(ws, dev_sink, kept=True)
    assert states(ws) == {"accepted": READERS - BATCH, "unknown": BATCH}
    assert dev_sink.requests() == 3  # nothing was tried again by itself
    found = settled(ws)
    assert found.counts() == {"unknown": BATCH, "accepted": BATCH, "sent_again": 0, "held": 0}
    # The log tells more than that it was taken: the sink delivers what it takes.
    assert states(ws) == {"accepted": READERS - BATCH, "delivered": BATCH}
    assert settled(ws).standings == ()
    assert not audit_mailing(ws, KEY).violations


def test_what_the_log_does_not_have_is_held_unless_told_otherwise(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    found = settled(ws)
    assert found.counts()["held"] == BATCH
    assert states(ws)["unknown"] == BATCH
    [why] = {one.judgement.why for one in found.standings}
    assert why == "the provider's log does not have it, and has 4 of 4 sent about then"
    assert all(one.advice() == f"send it again: newsletter reconcile {KEY} --resend" for one in found.standings)
    assert all(one.reader == "r…@example.org" for one in found.standings)


def test_what_is_proven_not_to_have_left_is_sent_again_and_everybody_has_it_once(
    ws: Workspace, dev_sink: DevSink
) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    assert settled(ws, resend=True).counts()["sent_again"] == BATCH
    assert status(ws, KEY)["state"] == "sending"
    send(ws)
    assert states(ws) == {"accepted": READERS}
    assert status(ws, KEY)["state"] == "sent"
    assert dev_sink.received() == sorted(f"reader{n:05d}@example.org" for n in range(READERS))
    assert not audit_mailing(ws, KEY).violations


def test_the_policy_of_the_settings_sends_again_by_itself(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    ws = with_policy(ws, unknown="resend")
    with dispatching.provider_of(ws) as provider:
        assert reconcile_all(ws, provider, all_unknown(ws, ws.clock()), ws.clock()).counts()["sent_again"] == BATCH
    assert states(ws)["pending"] == BATCH


def test_absence_before_its_time_proves_nothing(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    ws = with_policy(ws, unknown_hours=24)
    found = settled(ws, resend=True)
    assert found.counts()["held"] == BATCH
    assert all("too early to tell" in one.judgement.why for one in found.standings)
    later = replace(ws, clock=lambda: utc_now() + timedelta(hours=25))
    with dispatching.provider_of(later) as provider:
        assert reconcile(later, provider, KEY, later.clock(), resend=True).counts()["sent_again"] == BATCH


def test_a_log_that_misses_what_was_accepted_proves_nothing_by_missing_more(ws: Workspace, dev_sink: DevSink) -> None:
    dev_sink.tell_events(unlogged=["reader0000?@example.org"])
    lose_one_batch(ws, dev_sink, kept=True)
    found = settled(ws, resend=True)
    assert found.counts()["held"] == BATCH
    assert {one.judgement.why for one in found.standings} == {
        "the provider's log is not complete: it has 0 of 4 accepted about then"
    }


def test_absence_without_neighbours_proves_nothing(ws: Workspace, dev_sink: DevSink) -> None:
    dev_sink.misbehave(drop_before=3)
    send(ws)
    found = settled(ws, resend=True)
    assert found.counts()["held"] == READERS
    assert {one.judgement.why for one in found.standings} == {
        "nothing else was accepted about then, by which the provider's log could be tried"
    }


def test_a_log_that_cannot_be_reached_settles_nothing(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=True)
    found = settled(with_policy(ws, api_url="http://127.0.0.1:9"), resend=True)
    assert found.counts()["held"] == BATCH
    assert all("cannot be reached" in one.judgement.why for one in found.standings)


def test_somebody_who_changed_their_address_since_is_not_looked_up_by_the_new_one(
    ws: Workspace, dev_sink: DevSink
) -> None:
    lose_one_batch(ws, dev_sink, kept=True)
    with ws.store.read() as connection:
        row = connection.exec_driver_sql(
            "SELECT address FROM subscriber JOIN delivery ON delivery.subscriber_id = subscriber.id"
            " WHERE delivery.state = 'unknown'"
        ).first()
    assert row is not None
    change_address(ws, row[0], "moved@example.org")
    assert settled(ws, resend=True).counts() == {"unknown": 2, "accepted": 1, "sent_again": 0, "held": 1}


def test_looking_changes_nothing(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=True)
    assert settled(ws, changing=False).counts()["accepted"] == BATCH
    assert states(ws)["unknown"] == BATCH


def test_an_operators_word_settles_and_stays_in_the_history(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    one, other = unknown(ws)
    assert settle_by_hand(ws, KEY, [one], ws.clock(), accepted=True, because="ada has it") == 1
    assert settle_by_hand(ws, KEY, [other], ws.clock(), accepted=False, because="bo has it not") == 1
    assert states(ws) == {"accepted": READERS - 1, "pending": 1}
    with ws.store.read() as connection:
        told = connection.exec_driver_sql("SELECT detail FROM delivery_event WHERE kind = 'reconciled'").scalars()
        assert sorted(told) == ["an operator's word: ada has it", "an operator's word: bo has it not"]
    send(ws)
    assert not audit_mailing(ws, KEY).violations


def test_what_is_not_unknown_cannot_be_settled_by_hand(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    with pytest.raises(UsageError, match="no delivery of it"):
        settle_by_hand(ws, KEY, [*unknown(ws), "nothing"], ws.clock(), accepted=True, because="so")
    assert len(unknown(ws)) == BATCH


def test_what_was_cancelled_meanwhile_is_not_sent_again(ws: Workspace, dev_sink: DevSink) -> None:
    send(ws, batches=1)
    dev_sink.misbehave(drop_before=1)
    send(ws, batches=1)
    cancel(ws, KEY, ws.clock())
    assert settled(ws, resend=True).counts()["sent_again"] == BATCH
    assert states(ws) == {"accepted": BATCH, "cancelled": READERS - BATCH}


def test_what_a_worker_that_may_still_live_held_is_not_sent_again(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    with ws.store.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE attempt SET phase = 'unknown', worker = 'elsewhere:1:a' WHERE id IN"
            " (SELECT attempt_id FROM delivery WHERE state = 'unknown')"
        )
    found = settled(ws, resend=True)
    assert {one.judgement.why for one in found.standings} == {"whoever was handing it over may still be doing so"}


def test_another_mail_to_the_same_reader_is_not_taken_for_ours(ws: Workspace, dev_sink: DevSink) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    others = {
        "personalizations": [{"to": [{"email": f"reader{n:05d}@example.org"}]} for n in range(READERS)],
        "from": {"email": "shop@example.org"},
        "subject": "Something else",
        "content": [{"type": "text/plain", "value": "Hello"}],
    }
    key = {"Authorization": "Bearer SG.other", "Content-Type": "application/json"}
    with urlopen(Request(f"{dev_sink.api_url}/v3/mail/send", json.dumps(others).encode(), key), timeout=60) as answer:
        assert answer.status == 202
    assert settled(ws).counts()["accepted"] == 0


def test_the_running_program_settles_by_itself_and_tells_it_once(
    ws: Workspace, dev_sink: DevSink, caplog: pytest.LogCaptureFixture
) -> None:
    lose_one_batch(ws, dev_sink, kept=False)
    moment = [utc_now()]
    ws = replace(with_policy(ws, unknown_hours=24), clock=lambda: moment[0])
    watch = ReportWatch(ws)
    for hours in (0, 1, 2, 3):
        moment[0] += timedelta(hours=hours)
        watch.beat()
    assert [one.getMessage() for one in caplog.records if "unknown" in one.getMessage()] == [
        "of 2 unknown deliveries 0 are accepted, 0 are to be sent again, 2 are held: newsletter reconcile"
    ]
    watch.ws = with_policy(ws, unknown="resend")
    moment[0] += timedelta(hours=24)
    watch.beat()
    assert states(ws)["pending"] == BATCH
