"""Numbers without tracking: what is counted, what is not, and that nobody and nothing of a request is kept."""

import json
import mailbox
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from support_api import KEY, READERS, Api, api_of, sent_lab
from support_public_pages import dump

from newsletter.app.archiving.calendars import PURPOSE
from newsletter.app.mail_in import read_mailbox
from newsletter.app.numbers.counting import NumberDesk, count_leavings
from newsletter.app.numbers.telling import Told, tell
from newsletter.app.owning.erasing import erase
from newsletter.app.owning.leaving import leave
from newsletter.app.sending.addressing import LEAVE
from newsletter.app.subscribing import add, show
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace, utc_now, with_settings
from newsletter.cli.failures import run_guarded
from newsletter.compose.calendar_names import event_slug
from newsletter.delivery.planning import delivery_id
from newsletter.model.numbers import NumbersSettings
from newsletter.model.requests import MailboxSettings
from newsletter.people.tokens import make_token
from newsletter.store import numbers

DAY = date(2026, 12, 4)
EVENT = event_slug("data-lab", "missing-data-autumn")


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return api_of(sent_lab(tmp_path / "lab"))


def counted(ws: Workspace) -> dict[tuple[str, str], int]:
    with ws.store.read() as connection:
        found = numbers.between(connection, "data-lab", DAY - timedelta(days=99), DAY + timedelta(days=99))
    return {(one.kind, one.about): one.count for one in found}


def personal(ws: Workspace) -> str:
    return make_token(ws.secret, PURPOSE, show(ws, READERS[0]).subscriber.id, "community")


def leaves(ws: Workspace, address: str) -> None:
    assert leave(ws, make_token(ws.secret, LEAVE, show(ws, address).subscriber.id, "community"), "page")


def test_requests_are_counted_by_name_and_written_by_the_loop_alone(api: Api) -> None:
    get = api.client.get
    before = dump(api.ws)
    token = personal(api.ws)
    for path in (
        f"/archive/{KEY}.html", f"/archive/{KEY}.html", "/archive/", "/archive/weekly.html", f"/archive/{KEY}.md",
        "/archive/weekly.atom", "/calendar/datathons.ics", "/calendar/everything.ics", f"/calendar/event/{EVENT}.ics",
        f"/calendar/s/{token}.ics", "/healthz",
    ):  # fmt: skip
        assert get(path, headers={"User-Agent": "Spy/1.0", "Cookie": "who=me"}).status_code == 200, path
    tag = get(f"/archive/{KEY}.html").headers["etag"]
    assert get(f"/archive/{KEY}.html", headers={"If-None-Match": tag}).status_code == 304
    assert dump(api.ws) == before, "a scanner that follows every link changes nothing"

    api.numbers.beat()
    api.numbers.beat()
    assert counted(api.ws) == {
        ("web copy", KEY): 4, ("feed", "weekly"): 1, ("topic calendar", "datathons"): 1,
        ("topic calendar", "everything"): 1, ("event calendar", EVENT): 1, ("personal calendar", ""): 1,
    }  # fmt: skip
    written = set(dump(api.ws)) - set(before)
    assert {line.split('"')[1] for line in written} <= {"number", "number_mark"}
    for word in ("Spy", "who=me", token, "testclient", READERS[0]):
        assert word not in "".join(written)


def test_what_nobody_asked_to_see_is_not_counted(api: Api) -> None:
    page = f"/archive/{KEY}.html"
    api.client.head(page)
    api.client.get(page, headers={"Sec-Purpose": "prefetch;prerender"})
    api.client.get(page, headers={"Purpose": "prefetch"})
    api.client.post(page)
    api.client.get("/archive/weekly-2020-01-01.html")
    api.client.get("/calendar/event/none.ics")
    api.client.get("/calendar/s/forged.ics")
    api.numbers.beat()
    assert counted(api.ws) == {}


def test_counts_add_up_over_days_by_the_communitys_calendar(api: Api) -> None:
    api.numbers.count("web copy", KEY)
    api.numbers.beat()
    api.ws.clock.now += timedelta(hours=16)  # type: ignore[attr-defined]  # past midnight in Seattle
    api.numbers.count("web copy", KEY)
    api.numbers.count("web copy", KEY)
    api.numbers.close()
    with api.ws.store.read() as connection:
        found = numbers.between(connection, "data-lab", DAY, DAY + timedelta(days=1))
    assert [(one.day, one.count) for one in found] == [(DAY, 1), (DAY + timedelta(days=1), 2)]


def test_a_store_that_cannot_be_written_loses_no_count(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.numbers.count("web copy", KEY)
    with monkeypatch.context() as patch:
        patch.setattr(numbers, "add", lambda *_: 1 / 0)
        api.numbers.beat()
    api.numbers.count("web copy", KEY)
    api.numbers.beat()
    assert counted(api.ws) == {("web copy", KEY): 2}


def test_nothing_is_counted_where_the_settings_say_so(tmp_path: Path) -> None:
    ws = with_settings(sent_lab(tmp_path / "lab"), numbers=NumbersSettings(count=False))
    desk = NumberDesk(ws)
    desk.count("web copy", KEY)
    leaves(ws, READERS[0])
    desk.beat()
    assert counted(ws) == {}
    again = NumberDesk(with_settings(ws, numbers=NumbersSettings(count=True)))
    again.beat()
    assert counted(ws) == {}, "what came while nothing was counted is never counted"
    assert not tell(ws).counting


def test_who_leaves_is_counted_for_the_list_the_issue_and_the_topics(api: Api) -> None:
    ws = api.ws
    add(ws, "few@mail.example.org", "community", topics=["datathons", "deep-dives"])
    leaves(ws, READERS[0])
    leaves(ws, READERS[0])
    leaves(ws, "few@mail.example.org")
    assert count_leavings(ws) == 2
    assert count_leavings(ws) == 0
    assert counted(ws) == {
        ("left list", "community"): 2, ("left issue", KEY): 1, ("left topic", "datathons"): 1,
        ("left topic", "deep-dives"): 1,
    }  # fmt: skip
    erase(ws, READERS[1])
    count_leavings(ws)
    assert counted(ws)["left list", "community"] == 3, "of who was erased the list alone is known"
    assert counted(ws)["left issue", KEY] == 1


def test_a_topic_that_is_given_up_is_counted_and_one_that_is_kept_is_not(api: Api) -> None:
    path = f"/subscribers/{api.person()}/lists/community"
    api.ask("PATCH", path, {"topics": ["datathons", "deep-dives"]})
    first = counted(api.ws)
    assert set(first) == {("left topic", "learning-communities"), ("left topic", "community")}
    api.ask("PATCH", path, {"clock": 24})
    api.ask("PATCH", path, {"topics": ["datathons", "cats"]})
    assert counted(api.ws) == first
    api.ask("PATCH", path, {"topics": ["datathons"]})
    assert counted(api.ws) == first | {("left topic", "deep-dives"): 1}


def test_replies_are_counted_for_the_issue_they_answer(api: Api) -> None:
    ws = with_settings(api.ws, mailbox=MailboxSettings(kind="maildir", path="box", address="hours@news.example.org"))
    box = mailbox.Maildir(ws.root / "box")
    mine = delivery_id("data-lab", "issue", KEY, api.person())
    for subject, answers, automatic in (
        ("Re: One more Monday", f"<{mine}@news.example.org>", False),
        ("Away", f"<{mine}@news.example.org>", True),
        ("Re: what?", "<another@mail.example.org>", False),
        ("Re: forged", "<ffff@news.example.org>", False),
    ):
        message = EmailMessage()
        message["From"], message["Subject"], message["In-Reply-To"] = "Ada <ada@mail.example.org>", subject, answers
        if automatic:
            message["Auto-Submitted"] = "auto-replied"
        message.set_content("Thank you!")
        box.add(message)
    box.close()
    read_mailbox(ws)
    assert counted(ws) == {("reply", KEY): 1, ("automatic reply", KEY): 1, ("mail in", "passed over"): 4}
    assert not [line for line in dump(ws) if '"number"' in line and "ada" in line.lower()]


def test_numbers_are_told_beside_what_they_are_a_part_of(api: Api) -> None:
    for _ in range(7):
        api.client.get(f"/archive/{KEY}.html")
    api.client.get("/calendar/datathons.ics")
    leaves(api.ws, READERS[0])
    api.numbers.beat()
    [issue] = tell(api.ws).issues
    assert (issue.key, issue.reached, issue.requests, issue.left, issue.replies) == (KEY, 2, 7, 1, 0)
    topics = {one.name: one for one in tell(api.ws).topics}
    assert (topics["datathons"].readers, topics["datathons"].requests, topics["deep-dives"].requests) == (1, 1, 0)
    assert tell(api.ws, 3).by_day == {DAY - timedelta(days=2): 0, DAY - timedelta(days=1): 0, DAY: 8}
    public: Told = tell(api.ws, 1, public=True)
    assert (public.issues[0].requests, public.issues[0].left, public.issues[0].replies) == (7, "<5", 0)
    assert tell(api.ws, 1, KEY).topics == ()
    with pytest.raises(UsageError, match="no issue 'weekly-2020-01-01' went out"):
        tell(api.ws, 1, "weekly-2020-01-01")
    shown = api.ask("GET", "/numbers?days=2").json()
    assert {"day": "2026-12-04", "kind": "web copy", "about": KEY, "count": 7} in shown["numbers"]


def test_the_command_shows_a_table_and_a_bar_for_each_day(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    today = NumberDesk(replace(api.ws, clock=utc_now))  # as the command's own clock has it
    for _ in range(6):
        today.count("web copy", KEY)
    today.beat()
    run = ["--workspace", str(api.ws.root), "numbers"]
    assert run_guarded([*run, "--days", "2"]) == 0
    shown = capsys.readouterr().out
    assert KEY in shown
    assert "█" * 40 + " 6" in shown
    assert "Requests, not people" in shown
    assert run_guarded([*run, KEY, "--json", "--public"]) == 0
    [issue] = json.loads(capsys.readouterr().out)["issues"]
    assert (issue["requests"], issue["reached"]) == (6, 2)
    assert run_guarded([*run, "weekly-2020-01-01"]) == 2
