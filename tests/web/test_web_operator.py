"""The operator's pages over real HTTP: who is let in, what a form may do, what never stands in a page or a URL."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from support_loopback import Served, ask, served
from support_operator import Filler, named, put_numbers
from support_signin import BOTH, ED, FORM, OLGA, Hosted, hosted

from newsletter.app import reloading
from newsletter.app.numbers.telling import tell
from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.operator.page import fill_operator
from newsletter.app.reloading import Reload, Reloader
from newsletter.app.sending.control import status
from newsletter.model.problem import Origin, Problem
from newsletter.runtime.server import listen
from newsletter.store import deeds
from newsletter.web.operator.hosting import local_operator
from newsletter.web.operator.local import Ticket
from newsletter.web.operator.watching import Watching
from newsletter.web.studio.changes import Changes

PEOPLE, LEFT = 90, 40
KEY, OLD = "weekly-2026-12-04", "weekly-2026-11-27"
BAD = Problem("error", "settings.value", "a slip", Origin("settings", "config.toml", 3))
DELIVERY = named(f"{OLD} to 7", 64)
PAGES = (
    *("/", "/issues", f"/issues/{KEY}", f"/issues/{OLD}", f"/issues/{KEY}/stop"),
    *(f"/issues/{OLD}/deliveries?show=returned", f"/deliveries/{DELIVERY}"),
    *("/people?weeks=52", "/numbers?days=90", "/log"),
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    with hosted(tmp_path_factory.mktemp("operator")) as running:
        Filler(running.ws, running.clock(), PEOPLE).fill(2, left=LEFT)
        yield running


@pytest.fixture(scope="module")
def olga(lab: Hosted) -> dict[str, str]:
    """The cookies of a browser in which the operator is signed in."""
    return lab.signed_in(OLGA).cookies


def test_an_operator_sees_every_page(lab: Hosted, olga: dict[str, str]) -> None:
    jar = lab.browser()
    jar.cookies |= olga
    for path in PAGES:
        status_code, _, headers = jar.get(f"/operator{path}")
        assert (path, status_code) == (path, 200)
        assert "no-store" in headers["cache-control"]
        assert "unsafe" not in headers["content-security-policy"]
    assert jar.get("/operator/issues/weekly-1999-01-01")[0] == 404
    assert jar.get("/operator/issues/")[0] == 404, "not led away from below a community's path"
    assert jar.get("/operator/deliveries/nothing")[0] == 404


def test_no_page_names_a_reader_and_no_address_stands_in_a_link(lab: Hosted, olga: dict[str, str]) -> None:
    jar = lab.browser()
    jar.cookies |= olga
    for path in PAGES:
        page = jar.get(f"/operator{path}")[1]
        assert "reader0" not in page, path
        assert [
            link for link in re.findall(r'(?:href|action|src)="([^"]*)"', page) if "@" in link or "%40" in link
        ] == []


def test_an_editor_is_told_that_the_pages_are_not_theirs_and_a_stranger_is_led_to_the_door(lab: Hosted) -> None:
    editor = lab.signed_in(ED)
    for path in ("/", "/issues", "/people"):
        code, page, _ = editor.get(f"/operator{path}")
        assert code == 403
        assert f"{ED}, who is no operator here" in re.sub(r"<[^>]+>", "", page)
    code, _, headers = lab.browser().get("/operator/")
    assert (code, headers["location"]) == (303, f"{lab.server.url}/sign-in")
    assert lab.browser().get("/operator/events", Accept="text/event-stream")[0] == 401
    assert lab.browser().post("/operator/act", "", act="pause", key=KEY)[0] == 401


def test_whoever_signs_in_is_led_to_what_is_theirs(lab: Hosted) -> None:
    for address, home in ((OLGA, "/operator/"), (ED, "/studio/"), (BOTH, "/sign-in")):
        jar, link = lab.browser(), lab.link(address)
        _, _, headers = jar.post(link, jar.get(link)[1])
        assert headers["location"] == f"{lab.server.url}{home}"
    assert "/studio/" in jar.get("/sign-in")[1]
    assert "/operator/" in jar.get("/sign-in")[1]


def test_looking_changes_nothing_and_a_form_does_once(lab: Hosted, olga: dict[str, str]) -> None:
    jar = lab.browser()
    jar.cookies |= olga
    before = status(lab.ws, KEY)
    for path in PAGES:
        jar.get(f"/operator{path}")
        jar.send("HEAD", f"/operator{path}", None, {})
    assert jar.get(f"/operator/act?act=pause&key={KEY}")[0] == 405
    assert status(lab.ws, KEY) == before

    page = jar.get("/operator/")[1]
    sent = {"act": "pause", "key": KEY, "form": "one", "back": "now"}
    code, _, headers = jar.post("/operator/act", page, **sent)
    assert (code, headers["location"]) == (303, "/operator/?form=one")
    assert f"{KEY} is paused." in jar.get(headers["location"])[1]
    jar.post("/operator/act", page, act="resume", key=KEY, form="two")
    jar.post("/operator/act", page, **sent)
    history = status(lab.ws, KEY)["history"]
    assert [(event["state"], event["by"]) for event in history[-2:]] == [("paused", OLGA), ("sending", OLGA)]


def test_an_act_looks_at_the_store_while_others_are_answered(
    lab: Hosted, olga: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[asyncio.AbstractEventLoop | None] = []
    monkeypatch.setattr(lab.operator, "look", lambda: looked.append(asyncio._get_running_loop()))
    jar = lab.browser()
    jar.cookies |= olga
    page = jar.get("/operator/")[1]
    assert jar.post("/operator/act", page, act="nothing", key=OLD, form="in a thread")[0] == 303
    assert looked == [None]


def test_numbers_say_what_they_are_of_and_lead_to_their_rows(lab: Hosted, olga: dict[str, str]) -> None:
    jar = lab.browser()
    jar.cookies |= olga
    put_numbers(lab.ws, lab.clock(), [OLD])
    reached = next(one for one in tell(lab.ws).issues if one.key == OLD)
    for days, each in (("30", "day"), ("90", "week"), ("7", "day")):
        page = jar.get(f"/operator/numbers?days={days}")[1]
        assert f"Requests per {each}" in page
        assert page.count("<svg") == 2
        assert f'/operator/issues/{OLD}/deliveries?show=handed-over">{reached.reached}</a>' in page
        assert f'{reached.replies} <span class="of">of {reached.reached}</span>' in page
    assert f"{reached.left} left" in page


def test_a_form_that_is_not_ours_does_nothing(lab: Hosted, olga: dict[str, str]) -> None:
    jar = lab.browser()
    jar.cookies |= olga
    page, before = jar.get("/operator/")[1], status(lab.ws, KEY)
    other = lab.signed_in(BOTH).get("/operator/")[1]
    act = {"act": "stop", "key": KEY}
    assert jar.post("/operator/act", "", **act, form="a")[0] == 403
    assert jar.post("/operator/act", other, **act, form="b")[0] == 403, "the token is of another sign-in"
    assert jar.post("/operator/act", page, {"Origin": "https://elsewhere.example.org"}, **act, form="c")[0] == 403
    assert jar.post("/operator/act", page, {"Origin": ""}, **act, form="d")[0] == 403
    assert jar.post(f"/operator/issues/{OLD}/deliveries", "", show="all")[0] == 403
    assert jar.post(f"/operator/deliveries/{DELIVERY}", "")[0] == 403
    assert jar.post("/operator/people", "", address="reader000001@example.org")[0] == 403
    assert status(lab.ws, KEY) == before


def test_addresses_are_opened_by_a_form_and_that_is_written_down(lab: Hosted, olga: dict[str, str]) -> None:
    jar = lab.browser()
    jar.cookies |= olga
    path = f"/operator/issues/{OLD}/deliveries?show=delivered"
    code, page, _ = jar.post(path, jar.get(path)[1], show="delivered", page="1")
    assert code == 200
    assert "reader0" in page
    _, page, _ = jar.post(f"/operator/deliveries/{DELIVERY}", jar.get(f"/operator/deliveries/{DELIVERY}")[1])
    assert "reader000007@example.org" in page
    with lab.ws.store.read() as connection:
        lines = [one for one in deeds.lines(connection, "data-lab") if one.deed == "revealed"]
    assert [one.subject for one in lines] == [OLD, named("person 7")]
    assert {one.actor.kind for one in lines} == {"person"}
    assert OLGA in jar.get("/operator/log")[1]


def test_somebody_is_looked_up_in_the_body_of_a_form(lab: Hosted, olga: dict[str, str]) -> None:
    jar = lab.browser()
    jar.cookies |= olga
    page = jar.get("/operator/people")[1]
    code, found, _ = jar.post("/operator/people", page, address="reader000007@example.org")
    assert code == 200
    assert f"/operator/deliveries/{DELIVERY}" in found
    assert "Nothing was ever planned" in jar.post("/operator/people", page, address="who@example.org")[1]


def test_an_open_page_hears_of_a_change_whoever_made_it(lab: Hosted, olga: dict[str, str]) -> None:
    lab.operator.look()
    seen = lab.operator.changes.number
    lab.operator.look()
    assert lab.operator.changes.number == seen, "nothing happened"
    with lab.ws.store.begin() as connection:
        connection.exec_driver_sql(f"UPDATE delivery SET state = 'deferred' WHERE id = '{named(f'{KEY} to 1', 64)}'")
    lab.operator.beat()
    assert lab.operator.changes.number == seen, "nobody listens, so that nothing is asked"
    lab.operator.look()
    assert lab.operator.changes.number == seen + 1


@pytest.fixture
def local(lab: Hosted) -> Iterator[tuple[Served, Ticket]]:
    listener = listen("127.0.0.1", 0)
    desk, changes, ticket = OperatorDesk(lab.ws), Changes(), Ticket(listener.getsockname()[1])
    with served(local_operator(desk, fill_operator, Watching(desk, changes), ticket), listener) as running:
        yield running, ticket
        changes.close()


def test_the_address_of_the_command_lets_one_browser_in_once(local: tuple[Served, Ticket]) -> None:
    server, ticket = local
    origin = {"Origin": server.url, "Content-Type": FORM}
    assert ask(server, "GET", "/operator/")[0].status == 403
    for _ in range(2):
        assert ask(server, "GET", ticket.path)[0].status == 200, "looking uses nothing up"
    assert ask(server, "POST", "/enter/guess", "", origin)[0].status == 403
    answer, _ = ask(server, "POST", ticket.path, "", origin)
    assert (answer.status, answer.getheader("Location")) == (303, "/operator/")
    given = answer.getheader("Set-Cookie") or ""
    assert "httponly" in given.lower()
    assert "samesite=strict" in given.lower()
    cookie = {"Cookie": given.partition(";")[0]}
    answer, page = ask(server, "GET", "/operator/", headers=cookie)
    assert answer.status == 200
    assert "this machine" in page
    assert ask(server, "POST", ticket.path, "", origin)[0].status == 403
    assert ask(server, "GET", ticket.path)[0].status == 403
    assert ask(server, "GET", "/operator/", headers={"Cookie": f"{ticket.cookie}=guess"})[0].status == 403


def test_the_pages_of_this_machine_answer_to_this_machine_s_names_alone(local: tuple[Served, Ticket]) -> None:
    server, ticket = local
    assert ask(server, "GET", ticket.path, headers={"Host": "news.example.org"})[0].status == 400
    elsewhere = {"Origin": "https://elsewhere.example.org", "Content-Type": FORM}
    assert ask(server, "POST", ticket.path, "", elsewhere)[0].status == 403
    assert ask(server, "POST", ticket.path, "", {"Content-Type": FORM})[0].status == 403
    assert ticket.fits(ticket.word), "none of these used it up"


@pytest.mark.parametrize(
    ("problems", "told"), [((), "no setting has changed"), ((BAD,), "stays as it was: config.toml:3: a slip")]
)
def test_an_operator_has_the_configuration_read_again_and_sees_what_came_of_it(
    lab: Hosted, olga: dict[str, str], monkeypatch: pytest.MonkeyPatch, problems: tuple[Problem, ...], told: str
) -> None:
    found = Reload(None if problems else lab.ws, problems)
    monkeypatch.setattr(reloading, "read_again", lambda _ws: found)
    desk, jar = lab.operator._desk, lab.browser()
    jar.cookies |= olga
    assert "Read the configuration again" not in jar.get("/operator/")[1], "nothing runs here"
    monkeypatch.setattr(desk, "_reloader", Reloader(lab.ws))
    page = jar.get("/operator/")[1]
    assert "Read the configuration again" in page
    assert jar.get("/operator/reload")[0] == 405
    assert jar.post("/operator/reload", "")[0] == 403
    code, page, _ = jar.post("/operator/reload", page)
    assert (code, told in page) == (200, True)
