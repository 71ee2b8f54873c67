"""Choosing for real: the sample's preferences page, a real store, and the links as a mail carries them."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from support_loopback import Served, ask
from support_public_pages import ADDRESS, FORM, dump, read

from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.subscribing import add, remove, show
from newsletter.app.workspace import Workspace
from newsletter.people.tokens import make_token

pytestmark = pytest.mark.no_cover  # other tests cover its lines

GOOD = (
    ("save", "yes"),
    ("digest", "weekly"),
    ("digest", "quarterly"),
    ("topic", "datathons"),
    ("timezone", "Europe/Berlin"),
    ("clock", "24"),
    ("density", "compact"),
    ("format", "text"),
)


@pytest.fixture
def token(ws: Workspace) -> str:
    return make_token(ws.secret, PREFERENCES, add(ws, ADDRESS, "community").subscriber.id, "community")


def post(server: Served, path: str, fields: object) -> tuple[int, str]:
    answer, text = ask(server, "POST", path, urlencode(fields), FORM)
    return answer.status, unescape(text)


def ticked(page: str) -> list[str]:
    return re.findall(r'value="([^"]+)" checked', page)


def without(*names: str) -> list[tuple[str, str]]:
    return [pair for pair in GOOD if pair[0] not in names]


def test_a_scanner_that_follows_the_link_changes_nothing(ws, server, token):
    before = dump(ws)
    for path in (f"/p/{token}", f"/p/{token}?save=yes&clock=24&digest=monthly", f"/p/{token[:-1]}"):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND"):
            ask(server, method, path)
        for body in (b"", b"List-Unsubscribe=One-Click", b"leave=yes"):
            assert ask(server, "POST", path, body, FORM)[0].status == 400
    assert dump(ws) == before


def test_the_page_shows_what_is_chosen_and_not_the_whole_address(server, token):
    page = read(server, f"/p/{token}")
    assert "Your choices" in page
    assert "Common Hours" in page
    assert "a…@m….org" in page
    assert "lovelace" not in page
    assert ticked(page) == [
        "deep-dives",
        "learning-communities",
        "datathons",
        "community",
        "weekly",
        "12",
        "full",
        "designed",
        "all",
    ]
    assert 'value="America/Los_Angeles"' in page


def test_what_is_saved_is_shown_and_stays(ws, server, token):
    status, page = post(server, f"/p/{token}", GOOD)
    assert status == 200
    assert "Saved." in page
    for shown in (page, read(server, f"/p/{token}")):
        assert ticked(shown) == ["datathons", "weekly", "quarterly", "24", "compact", "text", "all"]
        assert 'value="Europe/Berlin"' in shown
    person = show(ws, ADDRESS)
    assert (person.subscriber.timezone, person.subscriber.clock) == ("Europe/Berlin", 24)
    assert (person.subscriber.density, person.subscriber.text_only) == ("compact", True)
    (mine,) = person.subscriptions
    assert (mine.digests, mine.topics, mine.state) == (("weekly", "quarterly"), ("datathons",), "active")
    assert [line.action for line in person.consents] == ["added"]


@pytest.mark.parametrize(("left_out", "word"), [("digest", "no mail at all"), ("topic", "nearly every event")])
def test_choosing_nothing_is_explained_and_not_saved(ws, server, token, left_out, word):
    before = dump(ws)
    status, page = post(server, f"/p/{token}", without(left_out))
    assert status == 422
    assert "Nothing was saved yet." in page
    assert word in page
    assert "Want no more mail?" in page
    assert dump(ws) == before


def test_the_way_out_works_and_says_so_afterwards(ws, server, token):
    leave = re.search(r'href="\.\.(/u/[^"]+)"', read(server, f"/p/{token}"))
    assert leave
    assert "Leave Common Hours?" in read(server, leave[1])
    assert show(ws, ADDRESS).subscriptions[0].state == "active"
    assert post(server, leave[1], [("leave", "yes")])[0] == 200
    assert "You have left." in read(server, f"/p/{token}")


def test_who_left_sees_that_they_left_and_changes_nothing(ws, server, token):
    remove(ws, ADDRESS)
    before = dump(ws)
    status, page = post(server, f"/p/{token}", GOOD)
    assert (status, "You have left." in page, "Saved." in page) == (200, True, False)
    assert dump(ws) == before


#: Its own, from its own address, and without it the page does all the same.
OUR_SCRIPT = '<script src="../assets/zone.js" defer></script>'
HOSTILE = [
    "'; DROP TABLE subscriber; --",
    '"><script>alert(1)</script>',
    "{{ 4321*1234 }}{% raw %}",
    "../../etc/passwd",
    "Europe/Berlin\r\nBcc: eve@example.org",
    "\0",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "Е" * 700,
    "Europe/Berlin\u202e",
    "-1",
    "1e9",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["digest", "topic", "timezone", "clock"])
def test_hostile_values_are_refused_on_the_page_and_shown_as_text(ws, server, token, name, value):
    before = dump(ws)
    answer, raw = ask(server, "POST", f"/p/{token}", urlencode([*without(name), (name, value)]), FORM)
    assert answer.status == 422
    assert "<script" not in raw.replace(OUR_SCRIPT, "")
    assert "5332114" not in raw
    assert "Nothing was saved yet." in raw
    assert dump(ws) == before


def test_names_that_are_not_the_forms_change_nothing_else(ws, server, token):
    extra = [
        ("state", "left"),
        ("list", "staff"),
        ("address", "eve@example.org"),
        ("subscriber_id", "x"),
        ("who", "x"),
    ]
    assert post(server, f"/p/{token}", [*GOOD, *extra])[0] == 200
    person = show(ws, ADDRESS)
    assert person.subscriber.address == ADDRESS
    assert [(one.list, one.state) for one in person.subscriptions] == [("community", "active")]


def test_a_link_made_for_one_thing_opens_no_other(ws, server, token):
    before, person = dump(ws), show(ws, ADDRESS).subscriber.id
    leave = make_token(ws.secret, LEAVE, person, "community")
    others = (leave, make_token(b"another key", PREFERENCES, person, "community"), token + "A", token.swapcase())
    for other in others:
        assert ask(server, "GET", f"/p/{other}")[0].status == 404
        assert post(server, f"/p/{other}", GOOD)[0] == 404
    assert ask(server, "GET", f"/u/{token}")[0].status == 404
    assert ask(server, "POST", f"/u/{token}", b"List-Unsubscribe=One-Click", FORM)[0].status == 404
    assert dump(ws) == before


def test_the_link_of_somebody_erased_still_opens(ws, server):
    token = make_token(ws.secret, PREFERENCES, "nobody-any-more", "community")
    assert "You have left." in read(server, f"/p/{token}")
    assert post(server, f"/p/{token}", GOOD)[0] == 200


def test_the_page_loads_nothing_from_elsewhere(server, token):
    page = read(server, f"/p/{token}").replace(OUR_SCRIPT, "")
    for mark in ("<script", "<img", "<link", "@import", "url("):
        assert mark not in page
