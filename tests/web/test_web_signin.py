"""Signing in over real HTTP: who is let in to what, by which link, for how long, and everybody who is not."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import pytest
from support_loopback import ask
from support_rows import whole_store
from support_signin import BOTH, ED, FORM, FORM_COOKIE, OLGA, SESSION, Hosted, Jar, hosted

from newsletter.app.signing_in import sessions as sessions_of_people
from newsletter.app.signing_in.sessions import sign_ins_since
from newsletter.store import sessions

PATHS = tuple(f"/studio/{one}" for one in ("", "mail", "events", "palette", "ahead.svg", "assets/studio.css"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    with hosted(tmp_path_factory.mktemp("signin")) as running:
        yield running


@pytest.fixture
def lab(shared: Hosted) -> Iterator[Hosted]:
    """One server for all: an hour passes between two tests, so that nobody has asked too often, or is signed in."""
    shared.studio.__init__()
    yield shared
    shared.clock.sleep(timedelta(days=8).total_seconds())


def status(lab: Hosted, method: str, path: str, headers: dict[str, str]) -> int:
    """The status alone: a stream that ought to be refused would have no end to read."""
    connection = HTTPConnection("127.0.0.1", lab.server.port, timeout=60)
    connection.request(method, path, "" if method == "POST" else None, headers)
    found = connection.getresponse().status
    connection.close()
    return found


def test_an_editor_comes_in_by_a_mailed_link_and_approves_in_their_own_name(lab: Hosted) -> None:
    jar = lab.browser()
    code, page, _ = jar.get("/sign-in")
    assert code == 200
    assert jar.post("/sign-in", page, address="  ED@example.org ")[0] == 200
    (link,) = lab.mailed()[-1:]

    code, page, _ = jar.get(link)
    assert (code, "e…@e….org" in page, ED in page) == (200, True, False)
    code, _, headers = jar.post(link, page)
    assert (code, headers["location"]) == (303, f"{lab.server.url}/studio/")

    page = jar.get("/studio/?tab=send")[1]
    assert "Studio" in page
    assert f"As <b>{ED}</b>." in page
    form = re.findall(r'name="form" value="([^"]*)"', page)
    said = jar.post("/studio/act", page, act="approve", form=form[-1], by="Somebody Else", hash="ab")
    assert (said[0], lab.studio.done) == (303, [("approve", "  0", ED)])


def test_a_test_goes_to_whoever_is_signed_in_and_nowhere_else(lab: Hosted) -> None:
    jar = lab.signed_in()
    page = jar.get("/studio/?tab=send")[1]
    jar.post("/studio/act", page, act="test", form="one", address="victim@example.org")
    assert lab.studio.done == [("test", "  0", ED)]


def test_the_cookie_is_out_of_scripts_reach_and_not_sent_with_another_sites_form(lab: Hosted) -> None:
    jar = lab.browser()
    link = lab.link()
    code, _, headers = jar.post(link, jar.get(link)[1])
    (given,) = [one for one in headers["set-cookie"].split("\n") if one.startswith(SESSION + "=")]
    assert code == 303
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(given.split("; "))
    assert len(jar.cookies[SESSION]) >= 43, "256 bits"


def test_neither_cookie_nor_link_nor_address_is_in_the_store(lab: Hosted) -> None:
    link = lab.link()
    jar = lab.signed_in()
    lab.ws.store.close()
    held = b"".join(path.read_bytes() for path in (lab.ws.root / "subscribers").glob("newsletter.db*"))
    assert len(held) > 10_000 or b"\n" not in held, "a file, or a database's name"
    rows = "\n".join(whole_store(lab.ws.root))
    assert "sign_in" in rows
    for secret in (link.rpartition("/")[2], jar.cookies[SESSION], ED):
        assert secret.encode() not in held
        assert secret not in rows


def test_looking_at_a_link_uses_nothing_up_and_pressing_uses_it_up(lab: Hosted) -> None:
    link, first, second = lab.link(), lab.browser(), lab.browser()
    for _ in range(3):
        assert first.get(link)[0] == 200
        assert first.send("HEAD", link, None, {})[0] == 200
    pages = first.get(link)[1], second.get(link)[1]
    assert first.post(link, pages[0])[0] == 303
    code, page, _ = second.post(link, pages[1])
    assert (code, "This link is over" in page, SESSION in second.cookies) == (410, True, False)
    assert second.get(link)[0] == 410
    assert sign_ins_since(lab.ws, lab.clock.now)[0][0].kind == "link refused"


def test_a_link_holds_for_a_quarter_of_an_hour(lab: Hosted) -> None:
    link, jar = lab.link(), lab.browser()
    page = jar.get(link)[1]
    lab.clock.sleep(15 * 60 - 1)
    assert jar.get(link)[0] == 200
    lab.clock.sleep(1)
    assert jar.get(link)[0] == 410
    assert jar.post(link, page)[0] == 410
    assert SESSION not in jar.cookies


def test_a_link_signs_in_on_another_device_than_it_was_asked_for_on(lab: Hosted) -> None:
    link, phone = lab.link(), lab.browser()
    assert phone.post(link, phone.get(link)[1])[0] == 303
    assert phone.get("/studio/")[0] == 200


@pytest.mark.parametrize("token", ["guess", "A" * 43, "%00", "x" * 600, ".."])
def test_a_link_that_is_not_ours_signs_nobody_in(lab: Hosted, token: str) -> None:
    jar = lab.browser()
    page = jar.get("/sign-in")[1]
    assert jar.get(f"/sign-in/{token}")[0] in (404, 410)
    assert jar.post(f"/sign-in/{token}", page)[0] in (404, 410)


@pytest.mark.parametrize("address", [OLGA, "nobody@example.org", "ed@example.com", "", "ed", f"{ED}, x@example.org"])
def test_the_answer_is_the_same_whoever_asks(lab: Hosted, address: str) -> None:
    answers = []
    for one in (ED, address):
        jar = lab.browser()
        code, page, headers = jar.post("/sign-in", jar.get("/sign-in")[1], address=one)
        answers.append((code, page, sorted(set(headers) - {"date"})))
    assert answers[0] == answers[1]


def test_who_may_not_sign_in_is_mailed_nothing(lab: Hosted) -> None:
    before = len(lab.mailed())
    for address in ("nobody@example.org", "ed@example.com", "ed@example.org, x@example.org"):
        jar = lab.browser()
        jar.post("/sign-in", jar.get("/sign-in")[1], address=address)
    assert len(lab.mailed()) == before


def test_an_address_is_mailed_once_a_minute_and_a_network_asks_so_often(lab: Hosted) -> None:
    before = len(lab.mailed())
    jar = lab.browser()
    page = jar.get("/sign-in")[1]
    codes = [jar.post("/sign-in", page, address=ED)[0] for _ in range(32)]
    assert (codes[:30], codes[30:]) == ([200] * 30, [429] * 2)
    assert len(lab.mailed()) == before + 1
    lab.clock.sleep(3600)
    assert jar.post("/sign-in", page, address=ED)[0] == 200
    assert len(lab.mailed()) == before + 2


def test_what_an_operator_has_is_not_the_studio_and_the_other_way_round(lab: Hosted) -> None:
    operator = lab.signed_in(OLGA)
    for path in PATHS:
        assert operator.get(path)[0] == 403
    page = operator.get("/sign-in")[1]
    assert "operator" in page
    assert "Open the studio" not in page
    assert "who is no editor here" in operator.get("/studio/")[1]
    assert lab.signed_in(BOTH).get("/studio/")[0] == 200


def test_a_session_ends_when_it_was_left_alone_and_in_any_case_after_a_week(lab: Hosted) -> None:
    idle = lab.signed_in()
    lab.clock.sleep(12 * 3600 - 1)
    assert idle.get("/studio/")[0] == 200
    lab.clock.sleep(12 * 3600 - 1)
    assert idle.get("/studio/")[0] == 200, "it was used meanwhile"
    lab.clock.sleep(12 * 3600)
    assert idle.get("/studio/")[0] == 303

    busy = lab.signed_in()
    for _ in range(20):
        lab.clock.sleep(8 * 3600)
        assert busy.get("/studio/")[0] == 200
    lab.clock.sleep(8 * 3600)
    assert busy.get("/studio/")[0] == 303


def test_signing_out_ends_the_session_itself_and_everywhere_ends_all(lab: Hosted) -> None:
    first, second, other = lab.signed_in(), lab.signed_in(), lab.signed_in(BOTH)
    kept = dict(second.cookies)
    page = second.get("/sign-in")[1]
    assert "Sign out everywhere (2 browsers)" in page
    assert second.post("/sign-out", page)[0] == 303
    second.cookies = kept
    assert (second.get("/studio/")[0], first.get("/studio/")[0]) == (303, 200)

    third, waiting = lab.signed_in(), lab.link()
    assert third.post("/sign-out", third.get("/sign-in")[1], everywhere="yes")[0] == 303
    assert (first.get("/studio/")[0], third.get("/studio/")[0]) == (303, 303)
    assert first.get(waiting)[0] == 410, "a link that waits would sign in again"
    assert other.get("/studio/")[0] == 200


def test_a_cookie_that_a_browser_was_given_by_somebody_else_signs_nobody_in(lab: Hosted) -> None:
    victim, link = lab.browser(), lab.link()
    page = victim.get(link)[1]
    victim.cookies[SESSION] = fixed = "chosen-by-an-attacker"
    assert victim.post(link, page)[0] == 303
    assert victim.cookies[SESSION] != fixed
    attacker = lab.browser()
    attacker.cookies[SESSION] = fixed
    assert attacker.get("/studio/")[0] == 303


def test_signing_in_again_ends_the_session_before(lab: Hosted) -> None:
    jar = lab.signed_in()
    before, link = jar.cookies[SESSION], lab.link()
    assert jar.post(link, lab.browser().get(link)[1])[0] == 403, "another browser's form"
    jar.cookies.pop(FORM_COOKIE)
    assert jar.post(link, jar.get(link)[1])[0] == 303
    jar.cookies[SESSION] = before
    assert jar.get("/studio/")[0] == 303


def test_whoever_is_taken_out_of_the_settings_is_out_at_once(lab: Hosted) -> None:
    jar, link = lab.signed_in(BOTH), lab.link(BOTH)
    settings = lab.ws.settings
    fewer = settings.sign_in.model_copy(update={"editors": (ED,), "operators": (OLGA,)})
    object.__setattr__(lab.ws, "settings", settings.model_copy(update={"sign_in": fewer}))
    try:
        assert jar.get("/studio/")[0] == 303
        assert jar.get(link)[0] == 410
    finally:
        object.__setattr__(lab.ws, "settings", settings)


def test_the_log_tells_who_and_when_and_cannot_be_changed(lab: Hosted) -> None:
    start = lab.clock.now
    jar = lab.signed_in()
    jar.post("/sign-out", jar.get("/sign-in")[1])
    told = [(event.kind, address) for event, address in sign_ins_since(lab.ws, start)]
    assert told == [("signed out", ED), ("signed in", ED), ("linked", ED)]
    networks = {event.network for event, _ in sign_ins_since(lab.ws, start)[:2]}
    assert len(networks) == 1
    assert "" not in networks


def refused(lab: Hosted, cookie: str) -> Iterator[tuple[str, str, dict[str, str], int]]:
    """Requests, and how each is answered."""
    ours, own = {"Cookie": f"{SESSION}={cookie}"}, {"Origin": lab.server.url}
    evil = {"Origin": "https://evil.example.org"}
    for path in (*PATHS, "/sign-in"):
        for host in ("evil.example.org", f"evil.example.org:{lab.server.port}", "localhost", "127.0.0.1", ""):
            yield "GET", path, {**ours, "Host": host}, 400
        yield "GET", path, {**ours, **evil}, 403
        yield "GET", path, {**ours, "Origin": "null"}, 403
    for path in PATHS:
        for wrong in ("", f"{SESSION}=guess", f"{SESSION}=", f"newsletter={cookie}", f"__Host-newsletter={cookie}"):
            yield "GET", path, {"Cookie": wrong}, 401
        yield "GET", path, {"Accept": "text/html"}, 303
        yield "GET", path, {"Accept": "text/html", "Sec-Fetch-Dest": "empty"}, 401
        yield "GET", path, {"X-Forwarded-Email": ED}, 401
    for path in ("/studio/act", "/sign-in", "/sign-out", "/sign-in/guess"):
        form = {**ours, "Content-Type": FORM}
        yield "POST", path, form, 403
        yield "POST", path, {**form, **evil}, 403
        yield "POST", path, {**form, "Origin": "null"}, 403
        yield "POST", path, {**form, **own}, 403
    yield "POST", "/studio/act", {**own, "Content-Type": FORM}, 401
    for path in ("assets/../app.py", "assets/%2e%2e/app.py", "etc/passwd", "enter/key", "..%2f..%2fetc/passwd"):
        yield "GET", f"/studio/{path}", ours, 404
    yield "GET", "/studio", ours, 404
    yield "DELETE", "/studio/", {**ours, **own}, 405


def test_check_55_a_table_of_requests_that_are_refused(lab: Hosted) -> None:
    jar = lab.signed_in()
    table = list(refused(lab, jar.cookies[SESSION]))
    answers = [(status(lab, *request), *request, wanted) for *request, wanted in table]
    assert [one for one in answers if one[0] != one[-1]] == []
    assert len(table) >= 70
    assert lab.studio.done == []
    assert jar.get("/studio/")[0] == 200, "and the session goes on"


def test_check_55_the_studio_may_not_be_framed_and_its_pages_are_kept_nowhere(lab: Hosted) -> None:
    jar = lab.signed_in()
    for path in ("/studio/", "/sign-in"):
        headers = jar.get(path)[2]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
    headers = jar.get("/studio/mail")[2]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "allow-scripts" not in headers["content-security-policy"]
    assert "x-frame-options" not in headers


def test_a_form_is_bound_to_the_session_that_it_was_shown_to(lab: Hosted) -> None:
    mine, theirs = lab.signed_in(), lab.signed_in(BOTH)
    page = theirs.get("/studio/?tab=send")[1]
    assert mine.post("/studio/act", page, act="test", form="one")[0] == 403
    assert mine.post("/sign-out", theirs.get("/sign-in")[1])[0] == 403
    assert lab.studio.done == []


def test_the_public_pages_need_nobody_to_be_signed_in(lab: Hosted) -> None:
    assert ask(lab.server, "GET", "/healthz")[0].status == 200
    assert ask(lab.server, "GET", "/healthz", headers={"Host": "elsewhere.example.org"})[0].status == 200


def test_large_forms_are_refused(lab: Hosted) -> None:
    jar = lab.browser()
    body = urlencode({"token": "x", "address": "a" * 20_000})
    assert jar.send("POST", "/sign-in", body, {"Origin": lab.server.url, "Content-Type": FORM})[0] == 413


def test_sessions_and_links_that_are_over_are_forgotten(lab: Hosted) -> None:
    lab.link()
    lab.signed_in()
    lab.clock.sleep(timedelta(days=8).total_seconds())
    lab.mailed()
    with lab.ws.store.read() as connection:
        held = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {one}").scalar() for one in ("session", "sign_in_link")
        ]
        assert sessions.logged_since(connection, lab.ws.settings.community.id, lab.clock.now - timedelta(days=9))
    assert held == [0, 0]


def stream_of(lab: Hosted, jar: Jar, path: str) -> tuple[HTTPConnection, HTTPResponse]:
    """A page's stream of events, which has begun."""
    connection = HTTPConnection("127.0.0.1", lab.server.port, timeout=60)
    connection.request("GET", path, headers={"Cookie": f"{SESSION}={jar.cookies[SESSION]}"})
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.readline().startswith(b"retry")
    return connection, answer


def ends_soon(answer: HTTPResponse) -> bool:
    """Whether the stream ends before some fifty heartbeats have come."""
    return any(answer.readline() == b"" for _ in range(100))


def signs_out(lab: Hosted, jar: Jar) -> None:
    jar.post("/sign-out", jar.get("/sign-in")[1])


def is_ended_by_an_operator(lab: Hosted, _jar: Jar) -> None:
    sessions_of_people.end_sessions_of(lab.ws, BOTH)


def was_left_alone(lab: Hosted, _jar: Jar) -> None:
    lab.clock.sleep(timedelta(hours=13).total_seconds())


@pytest.mark.parametrize("ends", [signs_out, is_ended_by_an_operator, was_left_alone])
def test_what_a_page_listens_to_ends_with_the_session(lab: Hosted, ends: Callable[[Hosted, Jar], None]) -> None:
    jar, other = lab.signed_in(BOTH), lab.signed_in(ED)
    mine = [stream_of(lab, jar, path) for path in ("/studio/events?seen=0", "/operator/events?seen=0")]
    connection, theirs = stream_of(lab, other, "/studio/events?seen=0")
    ends(lab, jar)
    for one, answer in mine:
        assert ends_soon(answer)
        one.close()
    if ends is not was_left_alone:
        assert b"still here" in b"".join(theirs.readline() for _ in range(4)), "nobody else's ends"
    connection.close()


def test_whoever_is_named_no_more_hears_no_more(lab: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    connection, answer = stream_of(lab, lab.signed_in(OLGA), "/operator/events?seen=0")
    named = lab.ws.settings.sign_in.model_copy(update={"operators": ()})
    monkeypatch.setitem(vars(lab.ws.settings), "sign_in", named)
    assert ends_soon(answer)
    connection.close()
