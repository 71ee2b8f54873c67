"""Leaving a list over real HTTP: a scanner changes nothing, one POST is enough, whatever client sends it."""

from collections.abc import Iterator
from http.client import HTTPResponse
from urllib.parse import urlencode

import pytest
from support_loopback import Served, ask, served

from newsletter.web.public import LARGEST_BODY, LONGEST_TOKEN, public_app

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ONE_CLICK = b"List-Unsubscribe=One-Click"


class Desk:
    """A desk with one good token that writes down who left and how."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.well = True

    def leave_page(self, token: str) -> str | None:
        return "<h1>Leave?</h1>" if token == "good" else None

    def leave(self, token: str, how: str) -> bool:
        if token == "good":
            self.left.append(how)
        return token == "good"

    def left_page(self, token: str) -> str:
        return "<h1>You have left.</h1>"

    def invalid_page(self) -> str:
        return "<h1>This link does not work.</h1>"

    def healthy(self) -> bool:
        return self.well


THE_DESK = Desk()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(public_app(THE_DESK)) as running:
        yield running


@pytest.fixture
def desk() -> Desk:
    THE_DESK.left.clear()
    THE_DESK.well = True
    return THE_DESK


def multipart(name: str, value: str, extra: str = "") -> tuple[bytes, dict[str, str]]:
    body = f'--edge\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n--edge--\r\n'
    return body.encode(), {"Content-Type": "multipart/form-data; boundary=edge"}


def test_following_the_link_shows_a_page_and_changes_nothing(server, desk):
    answer, text = ask(server, "GET", "/u/good")
    assert (answer.status, text) == (200, "<h1>Leave?</h1>")
    assert ask(server, "HEAD", "/u/good")[0].status == 200
    assert ask(server, "OPTIONS", "/u/good")[0].status == 405
    assert desk.left == []


def test_the_same_page_stands_behind_the_preferences_link(server, desk):
    assert ask(server, "GET", "/p/good")[1] == "<h1>Leave?</h1>"
    assert desk.left == []


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (ONE_CLICK, FORM),
        (ONE_CLICK, {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}),
        multipart("List-Unsubscribe", "One-Click"),
    ],
    ids=["urlencoded", "with a charset", "multipart"],
)
def test_one_click_leaves_with_a_short_text(server, desk, body, headers):
    answer, text = ask(server, "POST", "/u/good", body, headers)
    assert (answer.status, text) == (200, "Unsubscribed.\n")
    assert answer.getheader("Set-Cookie") is None
    assert answer.getheader("Location") is None
    assert desk.left == ["one-click"]


def test_the_button_leaves_with_a_page(server, desk):
    answer, text = ask(server, "POST", "/u/good", urlencode({"leave": "yes"}), FORM)
    assert (answer.status, text) == (200, "<h1>You have left.</h1>")
    assert desk.left == ["page"]


def test_leaving_twice_is_the_same_as_once(server):
    answers = [ask(server, "POST", "/u/good", ONE_CLICK, FORM)[0].status for _ in range(2)]
    assert answers == [200, 200]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", FORM),
        (b"", {}),
        (b"List-Unsubscribe=one-click", FORM),
        (b"List-Unsubscribe=", FORM),
        (b"leave=no", FORM),
        (ONE_CLICK, {"Content-Type": "text/plain"}),
        (ONE_CLICK, {"Content-Type": "application/json"}),
        (b"x=1&" * 9 + ONE_CLICK, FORM),
        (b"not multipart at all", {"Content-Type": "multipart/form-data; boundary=edge"}),
        (b"", {"Content-Type": "multipart/form-data"}),
        multipart("List-Unsubscribe", "One-Click", '; filename="a"'),
    ],
)
def test_a_body_that_does_not_say_to_leave_is_refused(server, desk, body, headers):
    answer, _ = ask(server, "POST", "/u/good", body, headers)
    assert answer.status == 400
    assert desk.left == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["bad", "g%00od", "x" * (LONGEST_TOKEN + 1), "%F0%28", "..%2F..%2Fetc"])
def test_a_link_that_is_not_ours_says_what_to_do(server, desk, method, token):
    answer, text = ask(server, method, f"/u/{token}", ONE_CLICK if method == "POST" else None, FORM)
    assert (answer.status, text) == (404, "<h1>This link does not work.</h1>")
    assert desk.left == []


def test_other_addresses_get_the_same_page(server):
    for path in ("/", "/u/", "/u/good/more", "/admin"):
        assert ask(server, "GET", path)[0].status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(server, desk, method):
    assert ask(server, method, "/u/good", ONE_CLICK, FORM)[0].status == 405
    assert desk.left == []


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 1024):
        yield b"a" * 1024


@pytest.mark.parametrize("announced", [True, False])
def test_a_large_body_is_refused(server, desk, announced):
    size = LARGEST_BODY + 4096
    body = b"a" * size if announced else chunks(size)
    answer, _ = ask(server, "POST", "/u/good", body, FORM)
    assert answer.status == 413
    assert desk.left == []


def check_private(answer: HTTPResponse) -> None:
    assert answer.getheader("Referrer-Policy") == "no-referrer"
    assert answer.getheader("Cache-Control") == "no-store"
    assert "default-src 'none'" in answer.getheader("Content-Security-Policy", "")
    assert "frame-ancestors 'none'" in answer.getheader("Content-Security-Policy", "")
    assert answer.getheader("X-Robots-Tag") == "noindex, nofollow"
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Set-Cookie") is None


def test_no_answer_gives_the_token_away(server):
    for answer, _ in (
        ask(server, "GET", "/u/good"),
        ask(server, "GET", "/u/bad"),
        ask(server, "POST", "/u/good", ONE_CLICK, FORM),
        ask(server, "POST", "/u/good", b"", FORM),
        ask(server, "POST", "/u/good", b"a" * (LARGEST_BODY + 1), FORM),
        ask(server, "PUT", "/u/good"),
    ):
        check_private(answer)


def test_health_follows_the_store(server, desk):
    assert ask(server, "GET", "/healthz")[0].status == 200
    desk.well = False
    assert ask(server, "GET", "/healthz")[0].status == 503
