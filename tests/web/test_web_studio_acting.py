"""What is done from the studio: once for each form, from its own pages alone, and told on a page to be reloaded."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urljoin

import pytest
import support_studio
from preview_desk import FAULT
from support_loopback import Served, ask
from support_studio import cookie, look, post

from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio

server, desk = support_studio.server, support_studio.desk


def pane(server: Served, query: str = "") -> str:
    return look(server, f"/?tab=send{query}")


def hidden(page: str, name: str) -> list[str]:
    return re.findall(f'name="{name}" value="([^"]*)"', page)


def form(server: Served, number: int = 0, **fields: str) -> dict[str, str]:
    page = pane(server)
    return {"token": hidden(page, "token")[0], "form": hidden(page, "form")[number], "act": "test", **fields}


def test_the_pane_says_whom_it_goes_to_and_when(server):
    page = pane(server)
    assert "goes to 117 people in 3 mails, on Fri 4 Dec 2026, 09:00 PST (17:00 UTC)" in page
    assert hidden(page, "hash") == ["ab" * 32] * 2, "to approve it, and to decide about what moved"
    assert hidden(page, "drift") == ["ef" * 16]
    assert "no <place> given" in unescape(page), "warnings are shown"
    assert "<li>Tea: place: here -> there</li>" in unescape(page)


def test_a_form_is_answered_by_a_page_that_tells_how_it_went(server, desk):
    status, place = post(server, form(server, digest="quarterly", persona="berlin", address="me@example.org"))

    assert (status, desk.done) == (303, [("test", "quarterly berlin 0", "me@example.org")])
    told = look(server, urljoin("/act", place))
    assert "Done: test." in told
    assert len(desk.done) == 1, "looking again does it not again"


def test_a_second_click_does_nothing_more_and_is_told_the_same(server, desk):
    twice = form(server, address="me@example.org")
    first, second = post(server, twice), post(server, twice)

    assert first == second
    assert len(desk.done) == 1


def test_a_second_click_while_the_first_is_under_way_waits_for_it(server, desk):
    desk.may_end.clear()
    twice = form(server, address="me@example.org")
    with ThreadPoolExecutor() as clicks:
        first, second = (clicks.submit(post, server, twice) for _ in range(2))
        done, _ = wait([first, second], timeout=0.2)
        desk.may_end.set()

    assert not done
    assert first.result() == second.result()
    assert len(desk.done) == 1
    assert "Done: test." in look(server, urljoin("/act", second.result()[1]))


def test_what_broke_off_may_be_sent_again(server, desk):
    fields = form(server, address="me@example.org")
    desk.fault = OSError("the disk went away")
    assert post(server, fields)[0] == 500
    desk.fault = None
    status, place = post(server, fields)

    assert status == 303
    assert "Done: test." in look(server, urljoin("/act", place))
    assert len(desk.done) == 2


def test_a_name_in_any_script_is_remembered_for_the_next_time(server):
    fields = form(server, 2, act="approve", by="Ifẹ́ & Søren; x=1")
    sent = {**cookie(server), "Origin": server.url, "Content-Type": "application/x-www-form-urlencoded"}
    answer, _ = ask(server, "POST", "/act", urlencode(fields), sent)
    kept = next(value for name, value in answer.getheaders() if name.lower() == "set-cookie")
    both = {"Cookie": f"{cookie(server)['Cookie']}; {kept.split(';')[0]}"}
    page = ask(server, "GET", "/?tab=send", headers=both)[1]

    assert 'value="Ifẹ́ & Søren; x=1"' in unescape(page)
    assert "HttpOnly" in kept


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example.org"}, {"Origin": "null"}, {"Origin": ""}, {"Cookie": ""},
    {"Host": "evil.example.org"},
])  # fmt: skip
def test_another_sites_page_does_nothing(server, desk, headers):
    assert post(server, form(server), **headers)[0] in (400, 403)
    assert desk.done == []


@pytest.mark.parametrize(("changed", "status"), [
    ({"token": ""}, 403), ({"token": "0" * 64}, 403), ({"form": ""}, 303),
])  # fmt: skip
def test_a_form_that_we_did_not_make_does_nothing(server, desk, changed, status):
    assert post(server, {**form(server), **changed})[0] == status
    assert desk.done == []


def test_a_body_of_any_size_or_kind_is_no_fault(server, desk):
    assert post(server, form(server, address="a" * 600_000))[0] == 413
    assert post(server, form(server), **{"Content-Type": "text/plain"})[0] == 403
    assert ask(server, "POST", "/act", b"\xff\xfe=", {**cookie(server), "Origin": server.url})[0].status in (400, 403)
    assert desk.done == []


def test_an_error_leaves_no_button_to_approve(server, desk):
    assert "Approve exactly this draft" in pane(server)
    desk.errors = 1
    assert "Approve exactly this draft" not in pane(server)
    assert "An error keeps it from being approved." in pane(server)


def test_nothing_can_be_done_for_an_issue_that_cannot_be_built(server, desk):
    desk.faults = (FAULT,)
    assert "cannot be built" in pane(server)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    init_workspace(tmp_path / "lab")
    studio = Studio(tmp_path / "lab", "2026-12-01T09:00", environ={})
    yield studio
    studio.close()


def test_a_draft_is_frozen_and_exactly_that_is_approved(studio: Studio) -> None:
    before = studio.standing("weekly", "seattle", 0)
    assert (before.state, before.hash, before.may_approve, before.may_draft) == (None, "", False, True)

    assert studio.act("draft", "weekly", "seattle", 0, {}).well
    drafted = studio.standing("weekly", "seattle", 0)
    assert (drafted.state, drafted.may_approve, drafted.moved) == ("drafted", True, ())

    other = studio.act("approve", "weekly", "seattle", 0, {"hash": "0" * 64, "by": "Sunita"})
    assert (other.well, studio.standing("weekly", "seattle", 0).state) == (False, "drafted")
    assert "drafted again meanwhile" in other.text
    assert not studio.act("approve", "weekly", "seattle", 0, {"hash": drafted.hash, "by": "  "}).well

    said = studio.act("approve", "weekly", "seattle", 0, {"hash": drafted.hash, "by": "Sunita"})
    assert said.text == "weekly-2026-12-04 is approved by Sunita. It leaves at its time."
    after = studio.standing("weekly", "seattle", 0)
    assert (after.state, after.approvers, after.may_approve) == ("approved", ("Sunita",), False)


def test_what_moved_is_taken_in_or_sent_regardless_by_who_saw_exactly_that(studio: Studio) -> None:
    studio.act("draft", "weekly", "seattle", 0, {})
    first = studio.standing("weekly", "seattle", 0)
    studio.act("approve", "weekly", "seattle", 0, {"hash": first.hash, "by": "Sunita"})
    move(studio, "Floor 2", "Floor 3")
    moved = studio.standing("weekly", "seattle", 0)
    assert (moved.state, moved.may_decide, bool(moved.moved)) == ("approved", True, True)

    shown = {"hash": moved.hash, "drift": moved.drift, "by": "Noor"}
    move(studio, "Floor 3", "Floor 4")
    for what in ("keep", "refresh"):
        assert "moved again" in studio.act(what, "weekly", "seattle", 0, shown).text
        assert "drafted again" in studio.act(what, "weekly", "seattle", 0, shown | {"hash": "0" * 64}).text
    assert studio.standing("weekly", "seattle", 0).approvers == ("Sunita",)

    shown["drift"] = studio.standing("weekly", "seattle", 0).drift
    assert studio.act("keep", "weekly", "seattle", 0, shown).well
    kept = studio.standing("weekly", "seattle", 0)
    assert (kept.hash, kept.approvers) == (first.hash, ("Sunita", "Noor"))
    assert studio.act("refresh", "weekly", "seattle", 0, shown).well
    taken = studio.standing("weekly", "seattle", 0)
    assert (taken.state, taken.approvers, taken.may_decide) == ("approved", ("Noor",), False)
    assert taken.hash != first.hash


def move(studio: Studio, old: str, new: str) -> None:
    file = studio.root / "content" / "datathons" / "2026-12.md"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    studio.refresh()


def test_a_test_goes_out_as_the_mail_on_the_stage(studio: Studio) -> None:
    assert "no address" in studio.act("test", "weekly", "berlin", 0, {"address": "me"}).text
    assert studio.act("test", "weekly", "berlin", 0, {"address": "me@example.org"}).well

    (file,) = (studio.root / "outbox" / "test-weekly-2026-12-04").glob("*.eml")
    stage, sent = studio.show("weekly", "berlin").view.message, file.read_bytes()
    assert sent.partition(b"\r\n\r\n")[2] == stage.partition(b"\r\n\r\n")[2].replace(b"reader@", b"me@")
    assert b"\r\nSubject: [Test] " in sent


def test_what_nobody_knows_is_said_so(studio: Studio) -> None:
    assert not studio.act("erase", "weekly", "seattle", 0, {}).well
    (studio.root / "config.toml").write_text("[community")
    studio.refresh()
    assert studio.standing("weekly", "seattle", 0) is None
    assert not studio.act("test", "weekly", "seattle", 0, {"address": "me@example.org"}).well
