"""Leaving and choosing over real HTTP: a scanner changes nothing, one POST is enough, whatever client sends it."""

from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPResponse
from urllib.parse import urlencode

import pytest
from support_loopback import Served, ask, served

from newsletter.web.public import LARGEST_BODY, LONGEST_TOKEN, public_app

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ONE_CLICK = b"List-Unsubscribe=One-Click"


class Desk:
    """A desk with one good token that writes down who left and how, and what was chosen."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.chosen: list[tuple[str, str]] = []
        self.well = True

    def leave_page(self, token: str) -> str | None:
        return "<h1>Leave?</h1>" if token == "good" else None

    def leave_soon(self, token: str, how: str, answer: Callable[[bool | None], None]) -> None:
        if token == "good":
            self.left.append(how)
        answer(None if token == "disk-full" else token == "good")

    def left_page(self, token: str) -> str:
        return "<h1>You have left.</h1>"

    def rest(self, token: str) -> str | None:
        self.left += ["rest"] if token == "good" else []
        return "<h1>Pause</h1>" if token == "good" else None

    def preferences_page(self, token: str) -> str | None:
        return "<h1>Your choices</h1>" if token == "good" else None

    def choose(self, token: str, fields: Sequence[tuple[str, str]]) -> tuple[bool, str] | None:
        self.chosen.extend(fields)
        good = ("digest", "daily") not in fields
        return (good, "<h1>Saved.</h1>" if good else "<h1>Not saved.</h1>") if token == "good" else None

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
    THE_DESK.chosen.clear()
    THE_DESK.well = True
    return THE_DESK


def multipart(name: str, value: str, extra: str = "") -> tuple[bytes, dict[str, str]]:
    body = f'--edge\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n--edge--\r\n'
    return body.encode(), {"Content-Type": "multipart/form-data; boundary=edge"}


def test_a_leaving_that_could_not_be_written_is_not_called_done(server, desk):
    answer, text = ask(server, "POST", "/u/disk-full", ONE_CLICK, FORM)
    assert (answer.status, "try again" in text) == (503, True)


def test_following_the_link_shows_a_page_and_changes_nothing(server, desk):
    answer, text = ask(server, "GET", "/u/good")
    assert (answer.status, text) == (200, "<h1>Leave?</h1>")
    assert ask(server, "HEAD", "/u/good")[0].status == 200
    assert ask(server, "OPTIONS", "/u/good")[0].status == 405
    assert desk.left == []


def test_following_the_preferences_link_shows_choices_and_changes_nothing(server, desk):
    answer, text = ask(server, "GET", "/p/good")
    assert (answer.status, text) == (200, "<h1>Your choices</h1>")
    assert ask(server, "HEAD", "/p/good")[0].status == 200
    assert ask(server, "OPTIONS", "/p/good")[0].status == 405
    assert (desk.left, desk.chosen) == ([], [])


SENT = [("save", "yes"), ("digest", "weekly"), ("topic", "talks"), ("topic", "dives"), ("timezone", "UTC")]


def form_data(fields: Sequence[tuple[str, str]]) -> tuple[bytes, dict[str, str]]:
    parts = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    )
    return f"{parts}--edge--\r\n".encode(), {"Content-Type": "multipart/form-data; boundary=edge"}


@pytest.mark.parametrize(
    ("body", "headers"), [(urlencode(SENT).encode(), FORM), form_data(SENT)], ids=["urlencoded", "multipart"]
)
def test_choices_are_saved_whatever_the_encoding(server, desk, body, headers):
    answer, text = ask(server, "POST", "/p/good", body, headers)
    assert (answer.status, text) == (200, "<h1>Saved.</h1>")
    assert answer.getheader("Set-Cookie") is None
    assert answer.getheader("Location") is None
    assert desk.chosen == SENT
    assert desk.left == []


def test_choices_that_cannot_be_saved_are_answered_with_the_page(server, desk):
    answer, text = ask(server, "POST", "/p/good", urlencode([*SENT, ("digest", "daily")]), FORM)
    assert (answer.status, text) == (422, "<h1>Not saved.</h1>")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (ONE_CLICK, FORM),
        (ONE_CLICK + b"&save=yes", FORM),
        (b"leave=yes", FORM),
        (b"digest=weekly", FORM),
        (b"save=no&digest=weekly", FORM),
        (b"", FORM),
        (b"", {}),
        (b"save=yes", {"Content-Type": "application/json"}),
        (b"x=1&" * 201 + b"save=yes", FORM),
        (b"save=yes", {"Content-Type": "multipart/form-data; boundary=edge"}),
    ],
)
def test_what_does_not_say_to_save_changes_nothing_at_the_preferences_link(server, desk, body, headers):
    assert ask(server, "POST", "/p/good", body, headers)[0].status == 400
    body, headers = form_data([("List-Unsubscribe", "One-Click")])
    assert ask(server, "POST", "/p/good", body, headers)[0].status == 400
    assert (desk.left, desk.chosen) == ([], [])


def test_a_file_in_the_place_of_a_choice_is_refused(server, desk):
    body, headers = multipart("topic", "talks", '; filename="a"')
    assert ask(server, "POST", "/p/good", body, headers)[0].status == 400
    assert desk.chosen == []


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
    for path, body in ((f"/u/{token}", ONE_CLICK), (f"/p/{token}", b"save=yes")):
        answer, text = ask(server, method, path, body if method == "POST" else None, FORM)
        assert (answer.status, text) == (404, "<h1>This link does not work.</h1>")
    assert desk.left == []


def test_other_addresses_get_the_same_page(server):
    for path in ("/", "/u/", "/u/good/more", "/admin"):
        assert ask(server, "GET", path)[0].status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(server, desk, method):
    assert ask(server, method, "/u/good", ONE_CLICK, FORM)[0].status == 405
    assert ask(server, method, "/p/good", b"save=yes", FORM)[0].status == 405
    assert (desk.left, desk.chosen) == ([], [])


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 1024):
        yield b"a" * 1024


@pytest.mark.parametrize("path", ["/u/good", "/p/good"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_large_body_is_refused(server, desk, announced, path):
    size = LARGEST_BODY + 4096
    body = b"a" * size if announced else chunks(size)
    answer, _ = ask(server, "POST", path, body, FORM)
    assert answer.status == 413
    assert (desk.left, desk.chosen) == ([], [])


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
        ask(server, "GET", "/p/good"),
        ask(server, "POST", "/p/good", urlencode(SENT), FORM),
        ask(server, "POST", "/p/good", ONE_CLICK, FORM),
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
