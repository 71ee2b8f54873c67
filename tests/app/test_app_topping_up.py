import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support_mailings import Clock, mails, opened, recipients, send_weekly, words

from newsletter.app import dispatching
from newsletter.app.joining.welcoming import welcome
from newsletter.app.operating import tick
from newsletter.app.sending.control import cancel, pause, status
from newsletter.app.sending.planning import SendRefused
from newsletter.app.sending.resuming import resume
from newsletter.app.sending.topping_up import top_up
from newsletter.app.subscribing import add, remove
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace

KEY = "weekly-2026-12-04"
FIRST = ["ada@example.org", "berta@example.org", "cleo@example.org"]


@pytest.fixture
def ws(sent: Path, tmp_path: Path, clock: Clock) -> Workspace:
    """The Wednesday of the week that the issue tells; its list welcomes whoever joins."""
    shutil.copytree(sent, tmp_path / "ws")
    clock.move("2026-12-09 09:00")
    return welcoming(opened(tmp_path / "ws", clock), "current-issue")


def welcoming(ws: Workspace, how: str) -> Workspace:
    lists = ws.settings.lists | {"community": ws.settings.lists["community"].model_copy(update={"welcome": how})}
    return replace(ws, settings=ws.settings.model_copy(update={"lists": lists}))


def join(ws: Workspace, address: str = "eva@example.org", **more: object) -> str:
    """Somebody joins and is welcomed: the key of the issue they get, and that it was sent."""
    added = add(ws, address, "community", **more)
    key = welcome(ws, added.subscriber.id, "community", ws.clock())
    if key:
        send_planned(ws, key)
    return key


def send_planned(ws: Workspace, key: str = KEY) -> None:
    with dispatching.provider_of(ws) as provider:
        dispatching.send_rest(ws, provider, key)


def send_new(ws: Workspace, key: str = KEY) -> int:
    with dispatching.provider_of(ws) as provider:
        sent = dispatching.send_to_new(ws, provider, key, ws.clock(), sleep=lambda _: None)
    return sent.summary.outcomes.get("accepted", 0)


def test_who_joins_gets_the_current_issue_once(ws: Workspace) -> None:
    assert join(ws) == KEY
    assert recipients(ws, KEY) == [*FIRST, "eva@example.org"]
    assert join(ws) == ""
    assert send_new(ws) == 0
    report = status(ws, KEY)
    assert (report["state"], report["planned"], report["states"]["accepted"]) == ("sent", 4, 4)


@pytest.mark.parametrize(("how", "expected"), [("none", ""), ("current-issue", KEY)])
def test_only_where_the_list_says_so(ws: Workspace, how: str, expected: str) -> None:
    assert join(welcoming(ws, how)) == expected


def test_a_welcome_marks_nothing_new_and_leaves_out_what_is_over(ws: Workspace) -> None:
    join(ws)
    (eva,) = (one for one in mails(ws, KEY) if one["To"] == "eva@example.org")
    assert "Missing data, around the table" in words(eva)
    assert "Tue 8 Dec" not in words(eva)
    assert "[NEW]" not in words(eva)


def test_the_next_issue_goes_on_from_the_welcome(ws: Workspace, clock: Clock) -> None:
    join(ws)
    later = send_weekly(ws, clock, "2026-12-11 09:00")
    assert recipients(ws, later).count("eva@example.org") == 1


def test_an_issue_whose_week_is_over_welcomes_nobody(ws: Workspace, clock: Clock) -> None:
    clock.move("2026-12-14 00:00")
    assert join(ws) == ""
    with pytest.raises(SendRefused, match="is over since 2026-12-14"):
        send_new(ws)


def test_a_reader_gets_the_issue_of_a_digest_they_chose(ws: Workspace) -> None:
    assert join(ws, digests=["quarterly"]) == ""
    assert recipients(ws, KEY) == FIRST


def test_those_who_joined_since_get_it_when_somebody_says_so(ws: Workspace) -> None:
    for address in ("eva@example.org", "fay@example.org"):
        add(ws, address, "community")
    remove(ws, "fay@example.org")
    assert (send_new(ws), send_new(ws)) == (1, 0)
    assert recipients(ws, KEY) == [*FIRST, "eva@example.org"]
    assert status(ws, KEY)["history"][-2]["detail"] == "1 joined since"


def test_who_was_planned_and_left_does_not_get_it_by_coming_back(ws: Workspace) -> None:
    remove(ws, "ada@example.org")
    add(ws, "ada@example.org", "community")
    assert send_new(ws) == 0


def test_what_did_not_go_out_cannot_be_missed(ws: Workspace) -> None:
    with pytest.raises(UsageError, match="there is no"):
        send_new(ws, "weekly-2026-12-11")


def planned(ws: Workspace) -> None:
    add(ws, "eva@example.org", "community")
    top_up(ws, KEY, dispatching.edition_renderer(ws, KEY, ws.clock(), late=True), ws.clock())


def test_a_topping_up_that_broke_off_is_ended_by_the_waker(ws: Workspace) -> None:
    planned(ws)
    assert status(ws, KEY)["state"] == "sending"
    for _ in range(2):
        tick(ws, ws.clock())
    assert recipients(ws, KEY) == [*FIRST, "eva@example.org"]
    assert status(ws, KEY)["state"] == "sent"


@pytest.mark.parametrize("pause_first", [True, False])
def test_stopping_it_leaves_the_issue_sent(ws: Workspace, pause_first: bool) -> None:
    planned(ws)
    if pause_first:
        pause(ws, KEY, ws.clock())
    assert cancel(ws, KEY, ws.clock()) == 1
    report = status(ws, KEY)
    assert (report["state"], report["states"]["accepted"], report["states"]["cancelled"]) == ("sent", 3, 1)
    assert sum(report["states"].values()) == report["planned"] == 4


def test_it_can_be_paused_and_resumed(ws: Workspace) -> None:
    planned(ws)
    pause(ws, KEY, ws.clock())
    send_planned(ws)
    assert recipients(ws, KEY) == FIRST
    resume(ws, KEY, ws.clock())
    send_planned(ws)
    assert recipients(ws, KEY) == [*FIRST, "eva@example.org"]


def test_who_leaves_before_their_welcome_leaves_gets_none(ws: Workspace) -> None:
    planned(ws)
    remove(ws, "eva@example.org")
    send_planned(ws)
    assert recipients(ws, KEY) == FIRST
    assert status(ws, KEY)["states"]["suppressed"] == 1
