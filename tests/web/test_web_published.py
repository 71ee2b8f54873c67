"""Pages and calendars over real HTTP: shown to everybody, kept by whoever asked, changed by nobody."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import icalendar
import pytest
from support_archive import KEY, READERS, lab, send
from support_loopback import Served, ask, served
from support_public_pages import FORM, dump

from newsletter.app.archiving.calendars import PURPOSE
from newsletter.app.archiving.shelf import Shelf
from newsletter.app.public_pages import PublicPages
from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.subscribing import leave, show
from newsletter.app.workspace import Workspace
from newsletter.compose.calendar_names import event_slug
from newsletter.people.tokens import make_token
from newsletter.web.public import public_app

DIVE = f"/calendar/event/{event_slug('data-lab', 'missing-data-autumn')}.ics"


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("published")
    ws = lab(folder / "lab")
    send(ws)
    yield ws
    ws.store.close()


@pytest.fixture(scope="module")
def server(ws: Workspace) -> Iterator[Served]:
    with served(public_app(PublicPages(ws), Shelf(ws))) as running:
        yield running


def token(ws: Workspace, purpose: str = PURPOSE, address: str = READERS[0], scope: str = "community") -> str:
    return make_token(ws.secret, purpose, show(ws, address).subscriber.id, scope)


KINDS = [
    ("/archive/", "text/html; charset=utf-8"),
    (f"/archive/{KEY}.html", "text/html; charset=utf-8"),
    (f"/archive/{KEY}.md", "text/markdown; charset=utf-8"),
    ("/archive/weekly.atom", "application/atom+xml; charset=utf-8"),
    ("/archive/weekly.json", "application/feed+json"),
    ("/calendar/deep-dives.ics", "text/calendar; charset=utf-8"),
    ("/calendar/everything.ics", "text/calendar; charset=utf-8"),
    (DIVE, "text/calendar; charset=utf-8"),
]


@pytest.mark.parametrize(("path", "kind"), KINDS)
def test_what_is_published_says_what_it_is_and_may_be_kept(server, path, kind):
    answer, text = ask(server, "GET", path)
    assert (answer.status, answer.getheader("Content-Type")) == (200, kind)
    assert text
    assert re.fullmatch(r"public, max-age=\d+", answer.getheader("Cache-Control"))
    assert answer.getheader("X-Robots-Tag") == "all"
    assert answer.getheader("Set-Cookie") is None
    assert "default-src 'none'" in answer.getheader("Content-Security-Policy")
    tag = answer.getheader("ETag")
    for known in (tag, f'"other", W/{tag}'):
        again, nothing = ask(server, "GET", path, headers={"If-None-Match": known})
        assert (again.status, nothing, again.getheader("ETag")) == (304, "", tag)
    assert ask(server, "GET", path, headers={"If-None-Match": '"other"'})[0].status == 200
    head, nothing = ask(server, "HEAD", path)
    assert (head.status, nothing, head.getheader("ETag")) == (200, "", tag)


def test_a_picture_is_kept_for_good_and_no_other_file_is_one(ws, server):
    name = "0123456789abcdef0123456789abcdef.jpg"
    (ws.root / "archive/pictures").mkdir(parents=True, exist_ok=True)
    for path in (name, "notes.txt", "secret.jpg"):
        (ws.root / "archive/pictures" / path).write_bytes(b"a picture")
    answer, text = ask(server, "GET", f"/archive/pictures/{name}")
    assert (answer.status, text) == (200, "a picture")
    assert answer.getheader("Content-Type") == "image/jpeg"
    assert answer.getheader("Cache-Control") == "public, max-age=31536000, immutable"
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert "img-src 'self'" in answer.getheader("Content-Security-Policy")
    for path in ("notes.txt", "secret.jpg", f"..%2f{name}", f"../pictures/{name}x", "%00.jpg", name.upper()):
        assert ask(server, "GET", f"/archive/pictures/{path}")[0].status == 404


def test_looking_changes_nothing(ws, server):
    before = dump(ws)
    for path, _ in [*KINDS, (f"/calendar/s/{token(ws)}.ics", ""), ("/archive", "")]:
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PROPFIND"):
            answer, _ = ask(server, method, path, b"leave=yes" if method == "POST" else None, FORM)
            assert answer.status in ((200, 308) if method in ("GET", "HEAD") else (405,))
    assert dump(ws) == before


def test_the_archive_is_found_without_its_slash(server):
    answer, _ = ask(server, "GET", "/archive")
    assert (answer.status, answer.getheader("Location")) == (308, "archive/")


def test_a_slash_too_many_leads_nobody_to_another_host(server):
    for path in ("/u/a-token/", "/p/a-token/", "/healthz/", "/archive/index.html/"):
        answer, _ = ask(server, "GET", path, headers={"Host": "elsewhere.example.net"})
        assert (answer.status, answer.getheader("Location")) == (404, None)


def test_what_is_not_there_is_told_as_a_link_that_does_not_work(server):
    told = ask(server, "GET", "/u/nobody")[1]
    for path in (
        "/archive/nothing.html",
        "/archive/..%2fconfig.toml",
        "/archive/%2e%2e/config.toml",
        f"/archive/{'x' * 600}.html",
        "/archive/weekly-2026-12-11.html",
        "/calendar/nothing.ics",
        "/calendar/event/nothing.ics",
        "/calendar/event/.ics",
        "/calendar/deep-dives.ics/more",
        "/calendar/%00.ics",
    ):
        answer, text = ask(server, "GET", path)
        assert (answer.status, text) == (404, told)


def test_a_readers_own_calendar_is_kept_by_their_program_alone(ws, server):
    answer, text = ask(server, "GET", f"/calendar/s/{token(ws)}.ics")
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/calendar; charset=utf-8")
    assert answer.getheader("Cache-Control").startswith("private")
    assert answer.getheader("X-Robots-Tag") == "noindex, nofollow"
    assert answer.getheader("Referrer-Policy") == "no-referrer"
    titles = {str(one["SUMMARY"]) for one in icalendar.Calendar.from_ical(text).walk("VEVENT")}
    assert "Missing data, honestly" in titles
    assert "Board supper" not in titles
    assert READERS[0] not in text
    tag = answer.getheader("ETag")
    assert ask(server, "GET", f"/calendar/s/{token(ws)}.ics", headers={"If-None-Match": tag})[0].status == 304


def test_no_link_but_its_own_opens_a_calendar_and_no_answer_says_why(ws, server):
    mine = token(ws)
    others = [
        token(ws, LEAVE),
        token(ws, PREFERENCES),
        token(ws, scope="staff"),
        make_token(b"another key", PURPOSE, show(ws, READERS[0]).subscriber.id, "community"),
        make_token(ws.secret, PURPOSE, "nobody-any-more", "community"),
        *(mine[:at] + ("A" if mine[at] != "A" else "B") + mine[at + 1 :] for at in range(0, len(mine), 7)),
        mine + "=",
        mine.swapcase(),
        "x" * 600,
        "%00",
    ]
    answers = {
        (answer.status, text) for answer, text in (ask(server, "GET", f"/calendar/s/{one}.ics") for one in others)
    }
    assert answers == {(404, ask(server, "GET", "/u/nobody")[1])}
    for path in (f"/u/{mine}", f"/p/{mine}"):
        assert ask(server, "GET", path)[0].status == 404


def test_the_preferences_page_shows_the_address_of_ones_own_calendar(ws, server):
    page = unescape(ask(server, "GET", f"/p/{token(ws, PREFERENCES)}")[1])
    address = f"news.example.org/calendar/s/{token(ws)}.ics"
    assert f'value="https://{address}"' in page
    assert f'href="webcal://{address}"' in page


def test_leaving_ends_it(ws, server):
    own = f"/calendar/s/{token(ws, address=READERS[1])}.ics"
    assert ask(server, "GET", own)[0].status == 200
    leave(ws, token(ws, LEAVE, READERS[1]), "one-click")
    assert ask(server, "GET", own)[0].status == 404
    page = unescape(ask(server, "GET", f"/p/{token(ws, PREFERENCES, READERS[1])}")[1])
    assert "/calendar/s/" not in page


def test_a_server_without_a_shelf_has_only_the_readers_pages(ws):
    with served(public_app(PublicPages(ws))) as bare:
        assert ask(bare, "GET", "/archive/")[0].status == 404
        assert ask(bare, "GET", "/calendar/everything.ics")[0].status == 404
