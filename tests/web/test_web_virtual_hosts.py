"""Several communities behind one socket: each at its own address, and at no other."""

from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from support_loopback import Served, ask, served

from newsletter.web.virtual_hosts import Place, PlaceTakenError, VirtualHosts, plain_host


def telling(name: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"{name} {Request(scope).scope['path']}")(scope, receive, send)

    return app


def hosts() -> VirtualHosts:
    made = VirtualHosts()
    made.put("lab", "https://news.lab.example.org", telling("lab"))
    made.put("choir", "https://houses.example.org/choir", telling("choir"))
    made.put("quiet", "https://houses.example.org/choir/quiet/", telling("quiet"))
    made.put("rest", "http://houses.example.org:80", telling("rest"))
    made.put("trial", "http://127.0.0.1:8025", telling("trial"))
    return made


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(hosts()) as found:
        yield found


@pytest.mark.parametrize(
    ("host", "path", "answered"),
    [
        ("news.lab.example.org", "/u/token", "lab /u/token"),
        ("NEWS.lab.example.org:443", "/", "lab /"),
        ("news.lab.example.org.", "/", "lab /"),
        ("news.lab.example.org:8443", "/", None),
        ("evil.example.org", "/u/token", None),
        ("houses.example.org", "/choir/u/token", "choir /u/token"),
        ("houses.example.org", "/choir", "choir /"),
        ("houses.example.org", "/choir/quiet/archive/", "quiet /archive/"),
        ("houses.example.org", "/choir/quieter", "choir /quieter"),
        ("houses.example.org", "/choirs", "rest /choirs"),
        ("houses.example.org", "/u/token", "rest /u/token"),
        ("127.0.0.1:8025", "/healthz", "trial /healthz"),
        ("127.0.0.1:9", "/healthz", "ok\n"),
        ("127.0.0.1:9", "/u/token", None),
        ("houses.example.org", "/choir%2Fquiet/x", "quiet /x"),
        ("news.lab.example.org", "/choir/u/token", "lab /choir/u/token"),
        ("news.lab.example.org", "/hooks/choir/sendgrid", "lab /hooks/choir/sendgrid"),
    ],
)
def test_a_request_is_answered_by_whose_address_it_names_and_else_by_nobody(server, host, path, answered):
    answer, text = ask(server, "GET", path, headers={"Host": host})
    assert (answer.status, text) == ((200, answered) if answered else (404, "There is nothing at this address.\n"))


def test_posts_of_providers_find_their_community_at_any_of_the_hosts_paths():
    made = VirtualHosts()
    made.put("choir", "https://houses.example.org/choir", telling("choir"))
    made.put("lab", "https://houses.example.org/lab", telling("lab"))
    with served(made) as server:
        found = [
            ask(server, "POST", path, b"[]", {"Host": host})[1]
            for host, path in (
                ("houses.example.org", "/hooks/lab/sendgrid"),
                ("houses.example.org", "/choir/hooks/choir/sendgrid"),
                ("houses.example.org", "/hooks/nobody/sendgrid"),
                ("evil.example.org", "/hooks/lab/sendgrid"),
            )
        ]
    nothing = "There is nothing at this address.\n"
    assert found == ["lab /hooks/lab/sendgrid", "choir /hooks/choir/sendgrid", nothing, nothing]


def test_two_communities_at_one_address_are_refused_and_one_may_come_again():
    made = hosts()
    with pytest.raises(PlaceTakenError, match="lab and thief are both reached at news"):
        made.put("thief", "http://NEWS.lab.example.org/", telling("thief"))
    made.put("lab", "https://news.lab.example.org/new", telling("lab anew"))
    with served(made) as server:
        assert ask(server, "GET", "/new/x", headers={"Host": "news.lab.example.org"})[1] == "lab anew /x"
        assert ask(server, "GET", "/x", headers={"Host": "news.lab.example.org"})[0].status == 404
        made.drop("lab")
        assert ask(server, "GET", "/new/x", headers={"Host": "news.lab.example.org"})[0].status == 404


def test_a_community_may_move_below_or_above_where_it_was():
    made = VirtualHosts()
    made.put("choir", "https://choir.example.org", telling("at the top"))
    made.put("choir", "https://choir.example.org/calendar", telling("below"))
    made.put("choir", "https://choir.example.org", telling("at the top again"))
    with served(made) as server:
        assert ask(server, "GET", "/x", headers={"Host": "choir.example.org"})[1] == "at the top again /x"


@pytest.mark.parametrize("path", ["studio", "u/x", "api/v1"])
def test_a_community_does_not_take_the_pages_of_one_that_is_reached_above_it(path):
    made = VirtualHosts()
    made.put("above", "https://houses.example.org", telling("above"))
    with pytest.raises(PlaceTakenError, match=f"/{path.split('/')[0]} is a page of its own"):
        made.put("below", f"https://houses.example.org/{path}", telling("below"))
    made.drop("above")
    made.put("below", f"https://houses.example.org/{path}", telling("below"))
    with pytest.raises(PlaceTakenError, match="is a page of its own"):
        made.put("above", "https://houses.example.org/", telling("above"))
    made.put("beside", "https://other.example.org/", telling("beside"))


def test_hosts_compare_as_they_are_written_anywhere():
    assert plain_host("user@News.Example.org:443") == "news.example.org"
    assert Place.of("https://news.example.org/a/") == Place("news.example.org", "/a")
    assert str(Place.of("https://news.example.org/a/")) == "news.example.org/a"
