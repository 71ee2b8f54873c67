"""The preview over real HTTP: who may look, what is shown, and that looking changes nothing."""

import json
import re
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection

import pytest
import support_studio
from preview_desk import FAULT
from support_loopback import Served, ask
from support_studio import CHANGES, KEY, cookie, look

from newsletter.web.studio.app import entry_path

server, desk = support_studio.server, support_studio.desk


def read(server: Served, path: str = "/") -> str:
    """The page with its character references resolved, as a browser reads it."""
    return unescape(look(server, path))


def test_the_first_address_hands_out_the_key_and_moves_on(server):
    answer, text = ask(server, "GET", entry_path(KEY))
    assert answer.status == 200
    assert 'content="0;url=/"' in text
    given = answer.getheader("Set-Cookie", "")
    assert given.startswith(f"newsletter-preview-{server.port}={KEY};")
    assert "HttpOnly" in given
    assert "SameSite=strict" in given


def refused(server: Served) -> Iterator[tuple[str, str, dict[str, str], int]]:
    ours = cookie(server)
    for path in ("/", "/mail", "/palette", "/ahead.svg", "/events", "/assets/studio.js"):
        yield "GET", path, {}, 403
        yield "GET", path, {"Cookie": f"newsletter-preview-{server.port}=guess"}, 403
        yield "GET", path, {"Cookie": f"newsletter-preview-{server.port}="}, 403
        yield "GET", path, {"Cookie": f"newsletter-preview-1={KEY}"}, 403
        yield "GET", path, {**ours, "Origin": "https://evil.example.org"}, 403
        yield "GET", path, {**ours, "Origin": "null"}, 403
        own = {**ours, "Origin": server.url}
        for method in ("POST", "DELETE"):
            yield method, path, ours, 403
            yield method, path, own, 405
        for host in ("evil.example.org", f"evil.example.org:{server.port}", "127.0.0.1", "localhost:1", ""):
            yield "GET", path, {**ours, "Host": host}, 400
    yield "GET", entry_path("guess"), {}, 403
    yield "GET", entry_path(KEY), {"Host": "evil.example.org"}, 400
    for path in (
        "/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2fapp.py", "/assets/studio.html", "/etc/passwd",
        "/assets/macros.html", "/assets/", "/issues/weekly-2026-12-04.md", "/content/talks.csv", "/config.toml",
        "//evil.example.org", "/mail/../config.toml", "/ahead.svg/x", "/%00",
    ):  # fmt: skip
        yield "GET", path, ours, 404
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "GET", "TRACE"):
        yield method, "/act", {**ours, "Origin": server.url}, 405
    for headers, status in (
        ({}, 403), ({"Cookie": "", "Origin": server.url}, 403), ({"Origin": "https://evil.example.org"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403), ({"Origin": f"https://127.0.0.1:{server.port}"}, 403),
        ({"Origin": server.url}, 403), ({"Origin": server.url, "Host": "evil.example.org"}, 400),
        ({"Origin": server.url, "Content-Length": str(1 << 30)}, 413),
    ):  # fmt: skip
        yield "POST", "/act", {**ours, **headers}, status


def test_check_55_what_does_not_come_from_our_own_page_is_refused(server):
    answers = [(status_of(server, method, path, headers), what) for method, path, headers, what in refused(server)]
    assert [pair for pair in answers if pair[0] != pair[1]] == []
    assert len(answers) > 100


def status_of(server: Served, method: str, path: str, headers: dict[str, str]) -> int:
    """The status alone: a stream that ought to be refused would have no end to read."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("path", ["/", "/mail", "/palette", "/ahead.svg", "/assets/studio.js", "/nowhere"])
def test_check_55_no_other_site_may_frame_or_embed_anything_of_it(server, path):
    answer, _ = ask(server, "GET", path, headers=cookie(server))
    policy = answer.getheader("Content-Security-Policy", "")
    assert "frame-ancestors 'none'" in policy or (path == "/mail" and "frame-ancestors 'self'" in policy)
    assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    assert answer.getheader("X-Content-Type-Options") == "nosniff"


def test_what_the_palette_offers_are_names_and_addresses_of_its_own(server):
    answer, text = ask(server, "GET", "/palette?tab=text", headers=cookie(server))
    entries = json.loads(text)
    assert answer.getheader("Content-Type") == "application/json"
    assert {one["kind"] for one in entries} == {"Do", "Digest", "Persona", "Mail", "Event", "Finding"}
    assert all(one["url"].startswith("./?") for one in entries if "url" in one)


def test_localhost_is_this_machine_too(server):
    answer, _ = ask(server, "GET", "/", headers={**cookie(server), "Host": f"localhost:{server.port}"})
    assert answer.status == 200


def test_the_page_may_not_be_framed_and_runs_only_its_own_script(server):
    answer, _ = ask(server, "GET", "/", headers=cookie(server))
    policy = answer.getheader("Content-Security-Policy", "")
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.getheader("Referrer-Policy") == "same-origin"


def test_check_55_the_mail_may_not_run_scripts(server):
    answer, _ = ask(server, "GET", "/mail", headers=cookie(server))
    policy = answer.getheader("Content-Security-Policy", "")
    assert "default-src 'none'" in policy
    assert "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in look(server)


def test_the_address_says_what_is_shown(server):
    page = read(server, "/?digest=quarterly&persona=berlin&width=375&scheme=dark&tab=text")
    assert 'data-src="mail?digest=quarterly&persona=berlin&scheme=dark"' in page
    assert '<option value="berlin" selected>' in page
    assert '<option value="quarterly" selected>' in page
    assert 'class="frame w375 dark"' in page


@pytest.mark.parametrize("query", ["?width=9000&scheme=pink&tab=x", "?digest=../../etc&persona=%00", "?width=1e3"])
def test_an_address_it_does_not_know_falls_back(server, query):
    page = look(server, f"/{query}")
    assert 'class="frame w600 light"' in page
    assert '<option value="weekly" selected>' in page


def test_the_text_tab_shows_the_text_part_as_it_is(server):
    assert "<plain> berlin</pre>" in read(server, "/?persona=berlin&tab=text")
    assert "<plain>" not in look(server, "/?persona=berlin&tab=text")


def test_the_headers_tab_shows_headers_parts_and_source(server):
    page = read(server, "/?tab=headers")
    assert '<th scope="row">List-Id</th><td>The list <list.example.org></td>' in page
    assert "<td>text/plain</td>" in page
    assert "<td>text/html</td>" in page
    assert "Content-Type: multipart/alternative" in page


def test_the_checks_tab_names_file_and_line(server):
    page = read(server, "/?tab=checks")
    assert "<code>content/talks.csv:3</code>" in page
    assert "no <place> given" in page
    assert "<place>" not in look(server, "/?tab=checks")
    assert '<span class="count">1W</span>' in page


def test_a_fault_stands_over_the_last_good_mail(server, desk):
    desk.faults = (FAULT,)
    page = read(server)
    assert "The last good mail stands below." in page
    assert "templates/hours/issue.mjml:12" in page
    assert '<span class="here"><i>12</i> {{ broken }' in page
    assert "Pipelines on Tuesday" in look(server, "/mail")


def test_an_empty_issue_says_when_the_next_content_is(server, desk):
    desk.empty = True
    assert "Next: Pipelines, on 12 January 2027." in look(server)


def test_a_text_only_reader_sees_the_text(server, desk):
    desk.text_only = True
    assert "&lt;plain&gt; seattle</pre>" in look(server, "/mail")


@pytest.mark.parametrize(("scheme", "holds"), [("light", False), ("dark", True)])
def test_the_authors_dark_rules_hold_in_the_dark_alone(server, scheme, holds):
    html = look(server, f"/mail?scheme={scheme}")
    assert ("@media (min-width:0px){body{background:#191f2b" in html) is holds
    assert "prefers-color-scheme" not in html
    assert f'<meta name="color-scheme" content="{scheme}">' in html


def stream(server: Served, seen: int) -> tuple[HTTPConnection, object]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", f"/events?seen={seen}", headers=cookie(server))
    answer = connection.getresponse()
    assert answer.getheader("Content-Type", "").startswith("text/event-stream")
    return connection, answer


def until(answer, word: bytes) -> bytes:
    while word not in (line := answer.readline()):
        assert line, "the stream ended"
    return line


def test_every_open_page_hears_of_a_change(server):
    seen = CHANGES.number
    open_pages = [stream(server, seen) for _ in range(3)]
    for _, answer in open_pages:
        until(answer, b"retry")
    CHANGES.publish()
    heard = [until(answer, b"data:") for _, answer in open_pages]
    for connection, _ in open_pages:
        connection.close()
    assert heard == [f"data: {seen + 1}\n".encode()] * 3


def test_a_page_that_missed_a_change_hears_of_it_at_once(server):
    CHANGES.publish()
    connection, answer = stream(server, CHANGES.number - 1)
    assert until(answer, b"data:") == f"data: {CHANGES.number}\n".encode()
    connection.close()


def test_a_silent_stream_has_a_heartbeat(server):
    connection, answer = stream(server, CHANGES.number)
    assert until(answer, b"still") == b": still here\n"
    connection.close()


def test_real_addresses_are_said_loudly_to_be_real(server, desk):
    assert "Real addresses are shown." not in look(server)
    desk.real = True
    assert "Real addresses are shown." in look(server)


def test_without_a_store_that_knows_it_is_said_why_nobody_is_counted(server, desk):
    desk.unknown = "the store here knows no reader of this digest"
    page = look(server)
    assert "who gets it is not known here" in page
    assert "(the store here knows no reader of this digest)" in page
    assert "117" not in re.findall(r"[\w-]+", page)  # as a word: by chance a key of the page has any three digits
