"""Leaving for real: the sample's pages, a real store, and the links as a mail carries them."""

from html import unescape

import pytest
from support_loopback import ask
from support_public_pages import ADDRESS, FORM, dump, read

from newsletter.app.public_pages import masked
from newsletter.app.sending.addressing import LEAVE
from newsletter.app.subscribing import add, show
from newsletter.app.workspace import Workspace
from newsletter.people.tokens import make_token

pytestmark = pytest.mark.no_cover  # other tests cover its lines


@pytest.fixture
def token(ws: Workspace) -> str:
    return make_token(ws.secret, LEAVE, add(ws, ADDRESS, "community").subscriber.id, "community")


def state(ws: Workspace) -> str:
    (mine,) = show(ws, ADDRESS).subscriptions
    return mine.state


def test_a_scanner_that_follows_every_link_changes_nothing(ws, server, token):
    before = dump(ws)
    for path in (f"/u/{token}", f"/p/{token}", f"/u/{token}?x=1", f"/u/{token[:-1]}", "/healthz", "/"):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND"):
            ask(server, method, path)
        ask(server, "POST", path, b"", FORM)
        ask(server, "POST", path, b"List-Unsubscribe=yes", FORM)
    assert dump(ws) == before
    assert state(ws) == "active"


def test_the_page_asks_without_showing_the_whole_address(ws, server, token):
    page = read(server, f"/u/{token}")
    assert "Leave Common Hours?" in page
    assert "a…@m….org" in page
    assert "lovelace" not in page
    assert '<form method="post"' in page


def test_one_click_leaves_once_and_for_all(ws, server, token):
    for _ in range(3):
        answer, _ = ask(server, "POST", f"/u/{token}", b"List-Unsubscribe=One-Click", FORM)
        assert answer.status == 200
    person = show(ws, ADDRESS)
    assert person.subscriptions[0].state == "left"
    assert [line.action for line in person.consents] == ["added", "left"]
    assert person.consents[-1].how == "one-click"
    assert "You have left." in read(server, f"/u/{token}")


def test_the_pages_button_leaves(ws, server, token):
    answer, page = ask(server, "POST", f"/u/{token}", b"leave=yes", FORM)
    assert answer.status == 200
    assert "You have left." in page
    assert state(ws) == "left"


def test_no_token_but_ours_opens_anything(ws, server, token):
    person = show(ws, ADDRESS).subscriber.id
    others = [
        make_token(b"another key", LEAVE, person, "community"),
        make_token(ws.secret, "confirm", person, "community"),
        *(token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))),
        token + "=",
        token + "A",
        token.swapcase(),
    ]
    for other in others:
        answer, _ = ask(server, "POST", f"/u/{other}", b"List-Unsubscribe=One-Click", FORM)
        assert answer.status == 404
    assert state(ws) == "active"


def test_a_link_of_somebody_erased_still_opens(ws, server):
    token = make_token(ws.secret, LEAVE, "nobody-any-more", "community")
    assert "You have left." in read(server, f"/u/{token}")
    assert ask(server, "POST", f"/u/{token}", b"List-Unsubscribe=One-Click", FORM)[0].status == 200


def test_a_broken_link_says_what_to_do(server):
    answer, page = ask(server, "GET", "/u/broken")
    assert answer.status == 404
    assert "open it again from the mail" in unescape(page)


def test_pages_load_nothing_from_elsewhere(server, token):
    page = read(server, f"/u/{token}")
    assert "<script" not in page
    assert "<img" not in page
    assert "<link" not in page


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada@example.org", "a…@e….org"), ("a@b", "a…@b…"), ("x@münchen.example.de", "x…@m….de"), ("", "…@…")],
)
def test_a_masked_address_is_known_to_its_owner_alone(address, shown):
    assert masked(address) == shown
