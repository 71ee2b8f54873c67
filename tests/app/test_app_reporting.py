"""From posts to the ledger: kept before they are acknowledged, applied once, whatever happens in between."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from support_dev_sink import DevSink
from support_events import PATH, Sent, body_of, send, sendgrid_at, signed
from support_loopback import Served, served
from support_workspace import KEY, NOW, Clock, render, with_issue, with_readers

from newsletter.app import dispatching
from newsletter.app.alerting import alerts_since
from newsletter.app.public_pages import PublicPages
from newsletter.app.reporting import applying
from newsletter.app.reporting.applying import apply_spool
from newsletter.app.reporting.receiving import Receiver, spool_of
from newsletter.app.reporting.watching import ReportWatch
from newsletter.app.sending.pump import plan_issue, pump, status, this_worker
from newsletter.app.subscribing import show
from newsletter.app.workspace import Workspace, utc_now, with_settings
from newsletter.model.events import Posted
from newsletter.model.workspace import ProviderSettings
from newsletter.store import notices
from newsletter.web.public import public_app


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return sendgrid_at(tmp_path, Clock())


@pytest.fixture
def mails(ws: Workspace) -> list[Sent]:
    """Three mails that left."""
    return send(ws, 3)


def post(ws: Workspace, *events: object) -> None:
    """What the hook does with a good post."""
    receiver, statuses, body = Receiver(ws), list[int](), body_of(*events)
    receiver.take({name.lower(): value for name, value in signed(body, ws.clock()).items()}, body, statuses.append)
    receiver.close()
    assert statuses == [204]


def states(ws: Workspace) -> dict[str, int]:
    return {state: count for state, count in status(ws, KEY)["states"].items() if count}


def test_check_30_what_was_acknowledged_is_applied_after_a_restart(ws: Workspace, mails: list[Sent]) -> None:
    post(ws, *(mail.event("delivered") for mail in mails))
    ws.store.close()
    again = with_settings(sendgrid_at(ws.root, Clock()), provider=ws.settings.provider)
    assert states(again) == {"accepted": 3}
    assert apply_spool(again).fates == {"new": 3}
    assert states(again) == {"delivered": 3}
    assert spool_of(again).waiting() == ()


def test_check_30_an_end_between_applying_and_forgetting_changes_nothing(
    ws: Workspace, mails: list[Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    post(ws, *(mail.event("bounce", type="bounce") for mail in mails))
    with monkeypatch.context() as patch:
        patch.setattr("newsletter.store.spool.Spool.done", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            apply_spool(ws)
    assert states(ws) == {"bounced": 3}
    assert apply_spool(ws).fates == {"repeated": 3}
    assert spool_of(ws).waiting() == ()


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_store_that_cannot_be_written_leaves_the_posts_waiting(
    ws: Workspace, mails: list[Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    post(ws, mails[0].event("delivered"))

    def locked(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(notices, "keep", locked)
        with pytest.raises(OperationalError):
            apply_spool(ws)
    assert apply_spool(ws).fates == {"new": 1}


def test_a_post_that_cannot_be_applied_holds_up_no_other(
    ws: Workspace, mails: list[Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    for mail in mails:
        post(ws, mail.event("delivered"))
    real = applying.take

    def sometimes(connection: object, ws: object, told: list[object]) -> object:
        if any(getattr(one, "delivery_id", "") == mails[1].delivery_id for one in told):
            raise ZeroDivisionError
        return real(connection, ws, told)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(applying, "take", sometimes)
    assert apply_spool(ws).fates == {"new": 2}
    assert states(ws) == {"accepted": 1, "delivered": 2}
    assert len(list((spool_of(ws).folder / "bad").iterdir())) == 1
    [alert] = alerts_since(ws, NOW)
    assert (alert.kind, "cannot be applied" in alert.text) == ("events", True)


def test_a_damaged_file_is_set_aside_and_told(ws: Workspace, mails: list[Sent]) -> None:
    spool_of(ws).add([Posted("sendgrid", NOW, b"[")])
    post(ws, mails[0].event("delivered"))
    assert apply_spool(ws).fates == {"new": 1}
    assert len(alerts_since(ws, NOW)) == 1


def test_posts_that_come_at_once_are_all_kept(ws: Workspace, mails: list[Sent]) -> None:
    receiver, statuses = Receiver(ws), list[int]()
    bodies = [body_of(mails[0].event("deferred", at=NOW + timedelta(seconds=n))) for n in range(40)]
    threads = [
        threading.Thread(
            target=receiver.take,
            args=({k.lower(): v for k, v in signed(body).items()}, body, statuses.append),
        )
        for body in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receiver.close()
    assert statuses == [204] * 40
    assert apply_spool(ws).fates == {"new": 40}


def test_the_running_program_applies_settles_and_forgets(ws: Workspace, mails: list[Sent]) -> None:
    post(
        ws, mails[0].event("delivered"), mails[1].event("spamreport"), {"event": "later", "timestamp": 1_796_403_900}
    )
    clock = ws.clock
    assert isinstance(clock, Clock)
    watch = ReportWatch(ws)
    watch.beat()
    assert states(ws) == {"accepted": 1, "delivered": 1, "complained": 1}
    assert show(ws, mails[1].address).suppressed == "complained"
    assert kept(ws) == 1
    clock.sleep(91 * 24 * 3600)
    watch.beat()
    assert kept(ws) == 0


def kept(ws: Workspace) -> int:
    with ws.store.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM provider_event").scalar_one())


def test_nothing_of_a_reader_is_kept_of_what_changes_nothing(ws: Workspace, mails: list[Sent]) -> None:
    odd = mails[0].event("invented", note=f"about {mails[0].address}", ip="192.0.2.7", useragent="Mozilla")
    post(ws, odd, {**mails[0].event("delivered"), "delivery_id": "f" * 32})
    apply_spool(ws)
    with ws.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT payload, why, who FROM provider_event").all()
    told = json.dumps([tuple(row) for row in rows])
    assert len(rows) == 2
    assert not any(word in told for word in (mails[0].address, "192.0.2.7", "Mozilla", "@"))


@pytest.fixture
def site(tmp_path: Path, dev_sink: DevSink) -> Iterator[tuple[Workspace, Served]]:
    """A workspace that sends through the sink, whose hook the sink posts to."""
    ws = sendgrid_at(tmp_path, utc_now)
    road = ProviderSettings(
        kind="sendgrid", api_url=dev_sink.api_url, timeout=60, batch=3, webhook_key=dev_sink.events()["key"]
    )
    ws = with_settings(ws, provider=road)
    with_readers(ws, 6)
    with_issue(ws)
    receiver = Receiver(ws)
    with served(public_app(PublicPages(ws), hooks=receiver)) as running:
        yield ws, running
    receiver.close()


def test_what_the_sink_makes_of_mails_comes_back_by_itself(site: tuple[Workspace, Served], dev_sink: DevSink) -> None:
    ws, server = site
    dev_sink.tell_events(
        url=f"http://127.0.0.1:{server.port}{PATH}",
        duplicates=2,
        changed_ids=True,
        shuffle=True,
        per_post=4,
        bounce=["reader00000@*"],
        block=["reader00001@*"],
        defer=["reader00002@*"],
        complain=["reader00003@*"],
        unsubscribe=["reader00004@*"],
    )
    plan_issue(ws, KEY, render, ws.clock())
    with dispatching.provider_of(ws) as provider:
        pump(ws, provider, KEY, ws.clock, batch=3, worker_id=this_worker())
    wait_for(lambda: dev_sink.events()["waiting"] == 0)
    apply_spool(ws)
    assert states(ws) == {"bounced": 2, "deferred": 1, "complained": 1, "delivered": 2}
    assert [show(ws, f"reader0000{n}@example.org").subscriptions[0].state for n in range(6)] == [
        "bounced", "active", "active", "complained", "left", "active",
    ]  # fmt: skip


def wait_for(holds: Callable[[], bool]) -> None:
    """With patience for a busy machine."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)
