"""What a monitor is told of a running program."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from support_loopback import ask, served
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.observing.observer import ASLEEP, Observer
from newsletter.app.sending.pump import plan_issue
from newsletter.app.subscribing import suppress
from newsletter.app.workspace import Workspace
from newsletter.web.monitor import monitor_app


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW - timedelta(hours=1))


@pytest.fixture
def ws(tmp_path: Path, clock: Clock) -> Workspace:
    made = open_at(tmp_path / "lab", clock)
    with_readers(made, 3)
    with_issue(made)
    return made


def read(observer: Observer) -> dict[tuple[str, ...], float]:
    """Every sample, by its name and its labels in order of their names, the community's apart."""
    families = text_string_to_metric_families(observer.metrics().decode())
    samples = [sample for family in families for sample in family.samples]
    assert {sample.labels.get("community", "data-lab") for sample in samples} == {"data-lab"}
    return {(one.name.removeprefix("newsletter_"), *_labels(one.labels)): one.value for one in samples}


def _labels(labels: dict[str, str]) -> list[str]:
    return [labels[name] for name in sorted(labels) if name != "community"]


def test_every_figure_is_the_stores_own(ws: Workspace, clock: Clock) -> None:
    observer = Observer(ws)
    before = read(observer)
    assert before["members", "community", "active"] == 3
    assert before["issues", "weekly", "approved"] == 1
    assert not [name for name in before if name[0] in ("deliveries", "overdue_seconds", "suppressed", "holds")]

    clock.now = NOW + timedelta(minutes=2)
    assert read(observer)["overdue_seconds", KEY] == 120

    suppress(ws, "reader00000@example.org", reason="bounce")
    plan_issue(ws, KEY, render, clock())
    clock.now += timedelta(minutes=1)
    after = read(observer)
    assert after["deliveries", "issue", "weekly", "pending"] == 2
    assert after["suppressed", "bounce"] == 1
    assert after["oldest_waiting_seconds",] == 60
    assert ("overdue_seconds", KEY) not in after
    assert after["last_wake_timestamp_seconds",] == (NOW - timedelta(hours=1)).timestamp()


def test_nothing_of_a_person_and_no_key_stands_in_it(ws: Workspace) -> None:
    plan_issue(ws, KEY, render, NOW)
    text = Observer(ws).metrics()
    assert b"@" not in text
    assert b"reader" not in text
    assert ws.secret not in text


@pytest.mark.sqlite_only  # breaks the file
def test_it_is_ready_while_it_wakes_and_its_store_answers(ws: Workspace, clock: Clock, tmp_path: Path) -> None:
    observer = Observer(ws)
    with served(monitor_app(observer)) as server:
        assert ask(server, "GET", "/readyz")[0].status == 200
        clock.now += ASLEEP + timedelta(seconds=1)
        answer, text = ask(server, "GET", "/readyz")
        assert (answer.status, text) == (503, "no wake-up has come to its end since 2026-12-04 16:00 UTC\n")
        assert ask(server, "GET", "/healthz")[0].status == 200, "it lives, and would be no better for a restart"
        observer.woke()
        assert ask(server, "GET", "/readyz")[0].status == 200
        answer, text = ask(server, "GET", "/metrics")
        assert answer.getheader("content-type") == "text/plain; version=0.0.4; charset=utf-8"
        assert re.search(r'newsletter_members\{community="data-lab",list="community",state="active"\} 3', text)
        assert ask(server, "POST", "/metrics")[0].status == 405
        ws.store.close()
        (ws.root / "subscribers/newsletter.db").write_bytes(b"none" * 5000)
        assert ask(server, "GET", "/readyz")[1] == "the store does not answer\n"
