"""Owning one's subscription over HTTP: what a digest's link may do, and what takes a link that was just mailed."""

import json
import re
from collections.abc import Iterator
from html import unescape
from http.client import HTTPResponse
from urllib.parse import urlencode

import pytest
from support_loopback import Served, ask, served
from support_public_pages import FORM, dump
from support_workspace import Clock

from newsletter.app.dispatching import provider_of, send_issue
from newsletter.app.drafting import draft_issue
from newsletter.app.owning.pages import OwnPages
from newsletter.app.public_pages import PublicPages
from newsletter.app.sample import init_workspace
from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.service_mails import post_service_mails
from newsletter.app.subscribing import add, listing, show
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.people.fresh import ADDRESS, MINE, fresh_scope
from newsletter.people.tokens import make_token
from newsletter.web.public import public_app

ADA, NEW = "ada.lovelace@mail.example.org", "countess@home.example.org"
GO = ("go", "yes")


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("owning") / "lab"
    init_workspace(root)
    found = open_workspace(root, environ={}, clock=Clock())
    weekly = found.settings.digests["weekly"].model_copy(update={"review": "automatic"})
    ws = with_settings(found, digests={**found.settings.digests, "weekly": weekly})
    yield ws
    ws.store.close()


@pytest.fixture(scope="module")
def server(ws: Workspace) -> Iterator[Served]:
    pages = PublicPages(ws)
    with served(public_app(pages, own=OwnPages(ws))) as running:
        yield running
    pages.close()


@pytest.fixture
def ada(ws: Workspace, request: pytest.FixtureRequest) -> str:
    """Somebody of this test alone."""
    address = f"ada.{abs(hash(request.node.nodeid)) % 10**9}@mail.example.org"
    return add(ws, address, "community", name="Ada").subscriber.id


def address_of(ws: Workspace, person: str) -> str:
    return next(one.address for one, _ in listing(ws) if one.id == person)


def link(ws: Workspace, person: str, purpose: str = PREFERENCES) -> str:
    return make_token(ws.secret, purpose, person, "community")


def fresh(ws: Workspace, person: str) -> str:
    return make_token(ws.secret, MINE, person, fresh_scope("community", ws.clock()))


def post(server: Served, path: str, *fields: tuple[str, str]) -> tuple[HTTPResponse, str]:
    answer, text = ask(server, "POST", path, urlencode([GO, *fields]), FORM)
    return answer, unescape(text)


def links_in(text: str) -> set[str]:
    """The paths of every link to the public pages, fragments left out."""
    found = re.findall(r"https://news\.example\.org(/[^\s\"'<>)]*)", text)
    return {unescape(path).split("#")[0] for path in found}


def mail_of(ws: Workspace, address: str) -> str:
    """The newest mail in the outbox to an address, decoded far enough to find its links."""
    files = sorted((ws.root / "outbox").rglob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    texts = (file.read_bytes().replace(b"=\r\n", b"").replace(b"=3D", b"=").decode() for file in files)
    return [text for text in texts if f"To: {address}" in text][-1]


def test_check_34_a_scanner_that_follows_every_link_of_a_mail_three_times_changes_nothing(ws, server, ada):
    with provider_of(ws) as provider:
        draft_issue(ws, "weekly", ws.clock())
        send_issue(ws, provider, "weekly", ws.clock())
    mail = mail_of(ws, address_of(ws, ada))
    paths = links_in(mail) | {f"/mine/{fresh(ws, ada)}", f"/address/{link(ws, ada, ADDRESS)}"}
    kinds = {path.split("/")[1] for path in paths} | {"/".join(path.split("/")[3:4]) for path in paths}
    assert {"u", "p", "mine", "address", "stop", "online", "pause"} <= kinds
    before = dump(ws)
    for _ in range(3):
        for path in sorted(paths):
            for method in ("GET", "HEAD", "OPTIONS"):
                assert ask(server, method, path)[0].status < 500
    assert dump(ws) == before


def test_check_33_one_click_takes_both_encodings_at_once_without_cookies_and_never_sends_elsewhere(ws, server, ada):
    multipart = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    bodies = [
        (b"List-Unsubscribe=One-Click", FORM, 200),
        (multipart, {"Content-Type": "multipart/form-data; boundary=x"}, 200),
        (b"", FORM, 400),
        (b"List-Unsubscribe=No", FORM, 400),
    ]
    for body, headers, status in bodies:
        answer, text = ask(server, "POST", f"/u/{link(ws, ada, LEAVE)}", body, headers)
        assert (answer.status, answer.getheader("Location"), answer.getheader("Set-Cookie")) == (status, None, None)
        assert "<" not in text
    assert show(ws, address_of(ws, ada)).subscriptions[0].state == "left"


def test_check_35_no_link_does_what_another_is_for(ws, server, ada):
    own, new = fresh(ws, ada), make_token(ws.secret, ADDRESS, ada, fresh_scope("community", ws.clock(), "0" * 32))
    tokens = {"u": link(ws, ada, LEAVE), "p": link(ws, ada), "mine": own, "address": new}
    before = dump(ws)
    for place in tokens:
        for kind, token in tokens.items():
            if kind != place:
                assert ask(server, "GET", f"/{place}/{token}")[0].status == 404
                assert post(server, f"/{place}/{token}", ("leave", "yes"), ("save", "yes"))[0].status in (404, 405)
    for act in ("data", "erase", "address"):
        assert post(server, f"/mine/{tokens['p']}/{act}", ("sure", "yes"), ("address", NEW))[0].status == 404
    other_list = make_token(ws.secret, LEAVE, ada, "no-such-list")
    assert ask(server, "POST", f"/u/{other_list}", b"List-Unsubscribe=One-Click", FORM)[0].status == 200
    assert dump(ws) == before, "a link of another list ends nothing here"


def test_nothing_leaves_with_a_referrer_or_comes_from_elsewhere(ws, server, ada):
    choices = f"/p/{link(ws, ada)}"
    for path in (choices, f"{choices}/pause", f"{choices}/online", f"/mine/{fresh(ws, ada)}"):
        answer, text = ask(server, "GET", path)
        assert (answer.status, answer.getheader("Referrer-Policy")) == (200, "no-referrer")
        assert answer.getheader("Cache-Control") == "no-store"
        assert "script-src 'self'" in (answer.getheader("Content-Security-Policy") or "")
        assert not re.search(r"(?:src|action)=\"(?:https?:)?//", text)
        assert "lovelace" not in text
    script = ask(server, "GET", "/assets/zone.js")[0]
    assert (script.status, script.getheader("Content-Type")) == (200, "text/javascript; charset=utf-8")


def test_small_buttons_do_one_thing_each_and_say_so(ws, server, ada):
    answer, page = post(server, f"/p/{link(ws, ada)}/online")
    assert (answer.status, "You get online events only." in page) == (200, True)
    answer, page = post(server, f"/p/{link(ws, ada)}/pause", ("pause", "2027-02-01"))
    assert (answer.status, "You have a rest until Mon 1 Feb 2027." in page) == (200, True)
    answer, page = post(server, f"/p/{link(ws, ada)}/pause", ("pause", "2026-01-01"))
    assert (answer.status, "not to come any more" in page) == (422, True)
    (mine,) = show(ws, address_of(ws, ada)).subscriptions
    assert (mine.online_only, str(mine.paused_until)) == (True, "2027-02-01 08:00:00+00:00")
    for path in (f"/p/{link(ws, ada)}/stop/000000000000", f"/p/{link(ws, ada)}/leap", f"/p/{link(ws, ada)}x/online"):
        assert post(server, path)[0].status == 404
    answer, _ = ask(server, "POST", f"/p/{link(ws, ada)}/online", b"", FORM)
    assert answer.status == 400, "a POST without the button's word is a scanner's"


def test_pausing_instead_of_leaving_takes_no_more_than_the_leave_link(ws, server, ada):
    answer, page = ask(server, "POST", f"/u/{link(ws, ada, LEAVE)}", b"rest=yes", FORM)
    assert (answer.status, "You have a rest until Fri 1 Jan 2027." in unescape(page)) == (200, True)
    (mine,) = show(ws, address_of(ws, ada)).subscriptions
    assert (mine.state, mine.paused_until is not None) == ("active", True)
    assert ask(server, "POST", "/u/forged", b"rest=yes", FORM)[0].status == 404


def test_a_link_of_a_digest_gets_a_fresh_one_mailed_and_that_gives_the_data_as_a_file(ws, server, ada):
    answer, page = post(server, f"/p/{link(ws, ada)}/link")
    assert (answer.status, "Look into your mail." in page) == (200, True)
    post_service_mails(ws)
    (path,) = (path for path in links_in(mail_of(ws, address_of(ws, ada))) if path.startswith("/mine/"))
    assert "Download my data" in unescape(ask(server, "GET", path)[1])
    answer, text = post(server, f"{path}/data")
    assert (answer.status, answer.getheader("Content-Type")) == (200, "application/json")
    assert answer.getheader("Content-Disposition") == 'attachment; filename="my-data.json"'
    assert json.loads(text)["subscriber"]["id"] == ada
    again, page = post(server, f"{path}/data")
    assert (again.status, "This link was used for it." in page) == (410, True)
    assert post(server, f"{path}/link")[0].status == 200, "another may be asked for from there"


def test_erasing_asks_whether_it_is_meant_and_is_over_then(ws, server, ada):
    path = f"/mine/{fresh(ws, ada)}"
    answer, page = post(server, f"{path}/erase")
    assert (answer.status, "tick the box" in page) == (422, True)
    assert 'action="erase"' in page, "from where it stands now"
    assert f'action="{path.rpartition("/")[2]}/erase"' in ask(server, "GET", path)[1]
    assert address_of(ws, ada)
    answer, page = post(server, f"{path}/erase", ("sure", "yes"))
    assert (answer.status, "Everything is erased." in page) == (200, True)
    assert ada not in {one.id for one, _ in listing(ws)}
    for left in (path, f"/p/{link(ws, ada)}", f"/u/{link(ws, ada, LEAVE)}"):
        assert ask(server, "GET", left)[0].status == 200
    assert "Nothing is kept about you here any more." in unescape(ask(server, "GET", path)[1])
    assert post(server, f"{path}/erase", ("sure", "yes"))[0].status == 422


def test_a_new_address_is_confirmed_from_its_own_mailbox(ws, server, ada):
    path, old = f"/mine/{fresh(ws, ada)}", address_of(ws, ada)
    answer, page = post(server, f"{path}/address", ("address", "<b>nobody</b>"))
    assert (answer.status, "no address we can write to" in page, "<b>nobody" in page) == (422, True, True)
    raw = ask(server, "POST", f"{path}/address", urlencode([GO, ("address", "<b>nobody")]), FORM)[1]
    assert "<b>nobody" not in raw
    assert post(server, f"{path}/address", ("address", NEW))[0].status == 200
    post_service_mails(ws)
    (confirm,) = (one for one in links_in(mail_of(ws, NEW)) if one.startswith("/address/"))
    before = dump(ws)
    assert "Yes, this is my address" in unescape(ask(server, "GET", confirm)[1])
    assert ask(server, "POST", confirm, b"", FORM)[0].status == 400
    assert dump(ws) == before
    answer, page = post(server, confirm)
    assert (answer.status, "Your address is changed." in page) == (200, True)
    assert address_of(ws, ada) == NEW
    post_service_mails(ws)
    told = mail_of(ws, old)
    assert "has changed" in told
    assert NEW not in told, "who may read the old mailbox need not learn the new address"


def test_check_60_no_secret_stands_in_a_page_a_log_or_the_store(ws, server, ada, caplog):
    canary = ws.secret.decode()
    seen = "".join(
        ask(server, method, path)[1]
        for path in (f"/p/{link(ws, ada)}", f"/mine/{fresh(ws, ada)}", "/u/x", "/mine/x", f"/p/{link(ws, ada)}/pause")
        for method in ("GET", "POST")
    )
    for place in (seen, caplog.text, "\n".join(dump(ws)), repr(ws), str(ws.settings)):
        assert canary not in place
