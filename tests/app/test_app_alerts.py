"""Alerts over a real store: seen by any number of schedulers, told once by each road, and told when they are over."""

import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pydantic import SecretStr
from support_guards import Road, guarded, send
from support_http import canned, response
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app import operating
from newsletter.app.alerts.facts import gather
from newsletter.app.alerts.sources import note_sources
from newsletter.app.alerts.telling import LEASE, Teller, tellers
from newsletter.app.alerts.watch import AlertWatch, look, open_episodes, past_episodes
from newsletter.app.sending.control import pause
from newsletter.app.sending.planning import plan_issue
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.alert_settings import AlertSettings
from newsletter.model.delivery import Notice
from newsletter.model.item import Item, Reading
from newsletter.model.problem import Origin, Problem
from newsletter.model.workspace import ProviderSettings, SourceSettings
from newsletter.store import episodes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPERATOR = "ops@example.org"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW + HOUR)


@pytest.fixture
def ws(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """With one issue, which is an hour late, since nobody approved it."""
    opened = with_settings(open_at(tmp_path, clock), alerts=AlertSettings(mail=(f"Operator <{OPERATOR}>",)))
    with_issue(opened, approved=False)
    yield opened
    opened.store.close()


def with_alerts(ws: Workspace, **alerts: object) -> Workspace:
    """The workspace with these settings of [alerts]; loopback may be posted to."""
    allowed = replace(ws, environ={"NEWSLETTER_FETCH_ALLOW": "127.0.0.1", **ws.environ})
    return with_settings(allowed, alerts=ws.settings.alerts.model_copy(update=alerts))


def mails(ws: Workspace) -> list[str]:
    """Subject and text of every mail in the outbox."""
    files = sorted((ws.root / "outbox").rglob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert all(one["To"] == OPERATOR for one in found)
    return [f"{one['Subject']}\n{one.get_content()}" for one in found]


def tell(ws: Workspace) -> None:
    for one in tellers(ws):
        one.beat()


def kinds(ws: Workspace) -> list[tuple[str, str]]:
    return [(one.trouble.kind, one.trouble.subject) for one in open_episodes(ws)]


def test_an_issue_that_is_late_is_mailed_once_and_once_more_when_it_is_over(ws: Workspace, clock: Clock) -> None:
    for _ in range(5):
        look(ws, clock.now, {KEY: "nobody has approved it yet"})
        tell(ws)
        clock.now += HOUR
    [mail] = mails(ws)
    assert mail.startswith(f"Data Lab: Alert: an issue has not been sent ({KEY})\n")
    assert f"{KEY} was due Fri 4 Dec 09:00 PST and has not been sent: nobody has approved it yet" in mail
    assert f"newsletter approve {KEY}" in mail

    with ws.store.begin() as connection:
        connection.exec_driver_sql("UPDATE issue SET state = 'sent'")
    for _ in range(3):
        look(ws, clock.now, {})
        tell(ws)
        clock.now += HOUR
    first, over = mails(ws)
    assert first == mail
    assert over.startswith(f"Data Lab: Over: an issue has not been sent ({KEY})\n")
    assert f"It is over after 5 hours: {KEY} is sent." in over
    assert kinds(ws) == []
    assert [one.ending for one in past_episodes(ws, NOW)] == [f"{KEY} is sent"]


def test_the_log_tells_without_anybody_being_named(
    ws: Workspace, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    look(ws, clock.now, {})
    tell(ws)
    tell(ws)
    lines = [one.message for one in caplog.records if one.message.startswith("alert ")]
    assert [line.split(":")[0] for line in lines] == [f"alert issue-late {KEY}"]
    assert OPERATOR not in caplog.text


def test_any_number_of_schedulers_tell_once(ws: Workspace, clock: Clock) -> None:
    """Each with a connection of its own, at the same moment, again and again."""
    rooms = [replace(ws) for _ in range(4)]
    barrier = threading.Barrier(len(rooms))
    failures: list[BaseException] = []

    def wake(room: Workspace) -> None:
        try:
            for _ in range(3):
                barrier.wait()
                look(room, clock.now, {})
                tell(room)
        except BaseException as error:
            failures.append(error)
            barrier.abort()

    with ExitStack() as stack:
        for room in rooms:
            stack.callback(room.store.close)
        threads = [threading.Thread(target=wake, args=(room,)) for room in rooms]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    assert len(mails(ws)) == 1
    assert kinds(ws) == [("issue-late", KEY)]


def test_a_post_is_signed_and_says_everything(ws: Workspace, clock: Clock) -> None:
    with canned(response(204)) as server:
        secrets = ws.settings.secrets.model_copy(update={"alerts": SecretStr("shared")})
        posting = with_settings(with_alerts(ws, webhook=f"{server.url}/alerts?room=1"), secrets=secrets)
        look(posting, clock.now, {})
        tell(posting)
        tell(posting)
        [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    at, _, digest = lines["Newsletter-Signature"].partition(",v1=")
    expected = hmac.new(b"shared", at.removeprefix("t=").encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (at, digest) == (f"t={int(clock.now.timestamp())}", expected)
    document = json.loads(body)
    assert (document["version"], document["turn"]) == (1, "began")
    assert document["community"] == {"id": "data-lab", "name": "Data Lab"}
    alert = document["alert"]
    assert (alert["kind"], alert["subject"], alert["severity"]) == ("issue-late", KEY, "error")
    assert (alert["first_seen"], alert["ended_at"]) == ("2026-12-04T18:00:00+00:00", None)


def test_no_post_names_a_reader_whatever_an_issue_waits_for(ws: Workspace, clock: Clock) -> None:
    def broken() -> operating.Step:
        raise ValueError("Key (address)=(ada@mail.example.org) already exists")

    step = operating._guarded(KEY, broken)
    assert step.why == "ValueError: Key (address)=([address]) already exists"
    with canned(response(204)) as server:
        posting = with_alerts(ws, webhook=server.url)
        look(posting, clock.now, {KEY: "550 no such user <ada@mail.example.org>"})
        tell(posting)
        [request] = server.requests
    assert json.loads(request.partition(b"\r\n\r\n")[2])["alert"]["text"].endswith("550 no such user <[address]>")


def test_without_a_secret_a_post_is_not_signed(ws: Workspace, clock: Clock) -> None:
    with canned(response(200)) as server:
        posting = with_alerts(ws, webhook_env="ALERTS_URL")
        posting = replace(posting, environ={"ALERTS_URL": f"{server.url}/x", **posting.environ})
        look(posting, clock.now, {})
        tell(posting)
        assert b"Newsletter-Signature" not in server.requests[0]


def test_a_road_that_fails_is_tried_again_and_holds_up_no_other(ws: Workspace, clock: Clock) -> None:
    answers = iter([response(500), response(503), response(200)])
    with canned(lambda _: next(answers)) as server:
        posting = with_alerts(ws, webhook=server.url)
        look(posting, clock.now, {})
        tell(posting)
        assert len(mails(posting)) == 1
        tell(posting)
        assert len(server.requests) == 1, "not at every beat"
        for _ in range(4):
            clock.now += timedelta(minutes=5)
            tell(posting)
        documents = [json.loads(one.partition(b"\r\n\r\n")[2]) for one in server.requests]
    assert len(documents) == 3
    assert len({one["id"] for one in documents}) == 1, "a receiver sees that it is the same"
    assert len(mails(posting)) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://10.0.0.1/", "http://user:word@example.org/"])
def test_a_post_goes_nowhere_that_a_source_may_not_be_read_from(ws: Workspace, clock: Clock, address: str) -> None:
    posting = with_settings(replace(ws, environ={}), alerts=AlertSettings(webhook=address))
    look(posting, clock.now, {})
    tell(posting)
    with ws.store.read() as connection:
        [(_, log), (_, post)] = episodes.tellings_of(connection, [one.id for one in open_episodes(ws)])
    assert (log["state"], post["state"], post["tries"]) == ("told", "pending", 1)


def test_where_the_provider_is_what_is_broken_the_mail_waits_and_the_log_goes(ws: Workspace, clock: Clock) -> None:
    closed = ProviderSettings(kind="smtp", host="127.0.0.1", port=1, security="none")
    broken = with_settings(ws, provider=closed)
    look(broken, clock.now, {})
    tell(broken)
    with ws.store.read() as connection:
        lines = episodes.tellings_of(connection, [one.id for one in open_episodes(ws)])
    told = {line["channel"]: line["state"] for _, line in lines}
    assert told == {"log": "told", "mail": "pending"}
    clock.now += timedelta(minutes=5)
    tell(ws)
    assert len(mails(ws)) == 1


def test_a_mail_whose_teller_died_is_not_sent_again_and_a_post_is(ws: Workspace, clock: Clock) -> None:
    with canned(response(200)) as server:
        posting = with_alerts(ws, webhook=server.url)
        look(posting, clock.now, {})
        for channel in ("mail", "webhook"):
            with posting.store.begin() as connection:
                [one] = episodes.due(connection, "data-lab", channel, clock.now)
                assert episodes.take(connection, one, clock.now + LEASE)
        tell(posting)
        assert (server.requests, mails(posting)) == ([], [])
        clock.now += LEASE
        tell(posting)
        assert (len(server.requests), mails(posting)) == (1, [])


def test_a_look_that_fails_is_logged_and_harms_nothing(
    ws: Workspace, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with ws.store.begin() as connection:
        connection.exec_driver_sql("DROP TABLE source_reading")
    watch = AlertWatch(ws)
    watch.look(clock.now, {})
    assert "it could not be looked for what is wrong" in caplog.text
    Teller(ws, "mail").beat()


def test_it_is_looked_once_a_minute_and_again_when_the_clock_went_back(ws: Workspace, clock: Clock) -> None:
    watch = AlertWatch(ws)
    watch.look(NOW, {})
    watch.look(NOW + timedelta(seconds=59), {})
    assert kinds(ws) == []
    watch.look(NOW + HOUR, {})
    assert kinds(ws) == [("issue-late", KEY)]


def test_an_issue_that_was_skipped_while_nothing_ran_is_told_once(ws: Workspace, clock: Clock) -> None:
    with ws.store.begin() as connection:
        connection.exec_driver_sql("UPDATE issue SET state = 'skipped'")
        connection.exec_driver_sql(
            "INSERT INTO issue_event (community, key, at, state, detail) VALUES "
            f"('data-lab', '{KEY}', '2026-12-04 18:00:00.000000', 'skipped', 'missed by 3 days, more than the 12')"
        )
    for _ in range(3):
        look(ws, clock.now, {})
        tell(ws)
        clock.now += timedelta(minutes=30)
    [mail] = mails(ws)
    assert "was skipped: missed by 3 days" in mail
    assert kinds(ws) == []


def test_complaints_that_stop_an_issue_alert_at_once(tmp_path: Path) -> None:
    """The rates themselves are shown by test_app_guards_rates (check 56); here, that the operator hears of them."""
    clock = Clock()
    ws = guarded(tmp_path, clock, rates_from=10, complaints_alert=5, complaints_pause=15, breaker=0)
    planned(ws, 30)
    send(ws, Road(), batch=10, max_batches=2)
    complain(ws, 2)
    look(ws, clock.now, {})
    assert kinds(ws) == [("rate", f"complaints {KEY}")]
    complain(ws, 4)
    assert send(ws, Road(), batch=10).held is not None
    look(ws, clock.now, {})
    assert ("held", f"complaints {KEY}") in kinds(ws)
    ws.store.close()


def planned(ws: Workspace, readers: int) -> None:
    """An approved issue with so many readers."""
    with_readers(ws, readers)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)


def complain(ws: Workspace, count: int) -> None:
    """So many of the mails that left are complained of."""
    from newsletter.app.sending.reports import apply_notices

    with ws.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT id FROM delivery WHERE state = 'accepted' ORDER BY id").scalars()
        ids = list(rows)[:count]
    apply_notices(ws, [Notice(one, "complained", ws.clock(), f"event {one}") for one in ids])


def test_a_queue_that_does_not_move_is_told_and_a_pause_of_a_person_as_an_issue(tmp_path: Path) -> None:
    clock = Clock()
    ws = guarded(tmp_path, clock, breaker=0)
    planned(ws, 6)
    send(ws, Road(), batch=2, max_batches=1)
    send(ws, Road(lambda _: "refused_for_now"), batch=2, max_batches=1)
    clock.now += timedelta(minutes=31)
    look(ws, clock.now, {})
    [episode] = open_episodes(ws)
    assert episode.trouble.text == f"{KEY}: 4 of 6 mails wait, and none got anywhere for 31 minutes"
    pause(ws, KEY, clock.now)
    for _ in range(3):
        look(ws, clock.now, {})
        clock.now += timedelta(minutes=15)
    [episode] = open_episodes(ws)
    assert episode.trouble.text.endswith("it is paused; 2 of 6 mails have left")
    ws.store.close()


def test_unknowns_are_told_after_an_hour_with_their_base(tmp_path: Path) -> None:
    clock = Clock()
    ws = guarded(tmp_path, clock, breaker=0)
    planned(ws, 6)
    send(ws, Road(lambda batch: "unknown"), batch=2, max_batches=1)
    send(ws, Road(), batch=2)
    look(ws, clock.now + timedelta(minutes=59), {})
    assert kinds(ws) == []
    look(ws, clock.now + HOUR, {})
    [episode] = open_episodes(ws)
    assert episode.trouble.text.startswith(f"{KEY}: of 2 of 6 mails nobody knows whether they left")
    ws.store.close()


def test_mails_without_any_report_are_told_where_reports_are_configured(tmp_path: Path) -> None:
    clock = Clock()
    ws = guarded(tmp_path, clock, breaker=0)
    planned(ws, 6)
    send(ws, Road(), batch=2)
    hooked = with_settings(ws, provider=ProviderSettings(kind="sendgrid", webhook_key="anything"))
    clock.now += timedelta(hours=5, minutes=59)
    assert gather(hooked, clock.now, {}).events is None
    clock.now += timedelta(minutes=1)
    look(ws, clock.now, {})
    assert kinds(ws) == [], "a provider that posts nothing is not waited for"
    look(hooked, clock.now, {})
    assert kinds(ws) == [("events-silent", "")]
    complain(ws, 1)
    fact = gather(hooked, clock.now, {}).events
    assert fact is not None
    assert (fact.count, fact.reported) == (6, 1)
    ws.store.close()


def reading(*items: str, code: str = "") -> Reading:
    """What a source named "pages" gave."""
    origin = Origin("pages", "content/x.md")
    problems = (Problem("warning", code, "its server answered 500", origin),) if code else ()
    return Reading(tuple(Item(one, "event", one, (origin,)) for one in items), problems)


def test_how_a_source_is_read_is_remembered(ws: Workspace, clock: Clock) -> None:
    ws = with_settings(ws, sources=(SourceSettings(name="pages", format="markdown", path="content/*.md"),))

    def read(hours: int, *items: str, code: str = "") -> None:
        clock.now += hours * HOUR
        note_sources(ws, reading(*items, code=code), clock.now)

    def source() -> str:
        [one] = gather(ws, clock.now, {}).sources
        return f"{(clock.now - one.read_at) // HOUR} {(clock.now - one.changed_at) // HOUR} {one.items} {one.fault}"

    read(0, "talk")
    assert source() == "0 0 1 "
    read(5, "talk")
    assert source() == "0 5 1 "
    read(1, "talk", "party")
    assert source() == "0 0 2 "
    read(2, "talk", "party", code="source.cached")
    assert source() == "2 2 2 its server answered 500"
    read(4, "talk", "party", code="source.cached")
    look(ws, clock.now, {})
    assert ("source", "pages") in kinds(ws)
    read(1, "talk", "party")
    for _ in range(2):
        look(ws, clock.now, {})
        clock.now += timedelta(minutes=15)
    assert ("source", "pages") not in kinds(ws)


def test_a_claim_of_a_telling_holds_against_another(ws: Workspace, clock: Clock) -> None:
    look(ws, clock.now, {})
    with ws.store.begin() as connection:
        [one] = episodes.due(connection, "data-lab", "mail", clock.now)
        assert episodes.take(connection, one, clock.now)
        assert not episodes.take(connection, one, clock.now)


def test_what_is_gone_is_over_when_it_was_gone_as_long_as_is_set(ws: Workspace, clock: Clock) -> None:
    """By the room on the disk, of which a machine never has that much."""
    ws = with_alerts(ws, disk_mb=10**9, settle="2 hours", late="")
    look(ws, clock.now, {})
    assert [kind for kind, _ in kinds(ws)] == ["disk"]
    assert f"of {10**9} MB that should be" in open_episodes(ws)[0].trouble.text
    roomy = with_alerts(ws, disk_mb=0)
    for minutes, still in ((0, 1), (119, 1), (120, 0)):
        look(roomy, clock.now + timedelta(minutes=minutes), {})
        assert len(kinds(ws)) == still
