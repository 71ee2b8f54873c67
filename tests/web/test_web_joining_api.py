"""Joining as JSON: as docs/subscribe-api.md says, from any site, under the guards of the page."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support_joining import ADDRESS, JSON, join_json, mails, run, sample, token
from support_loopback import Served, ask, served
from support_workspace import Clock

from newsletter.app.joining.api import ONE, SEVERAL
from newsletter.app.joining.pages import JoinPages
from newsletter.app.public_pages import PublicPages
from newsletter.app.subscribing import listing
from newsletter.app.workspace import Workspace
from newsletter.web.public import public_app

DOCS = Path(__file__).parents[2] / "docs" / "subscribe-api.md"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Clock, Served]]:
    ws, clock = sample(tmp_path_factory.mktemp("api") / "lab")
    with served(public_app(PublicPages(ws), joining=JoinPages(ws))) as running:
        yield ws, clock, running
    ws.store.close()


@pytest.fixture
def ws(opened: tuple[Workspace, Clock, Served]) -> Workspace:
    opened[1].now += timedelta(days=2)
    return opened[0]


@pytest.fixture
def server(opened: tuple[Workspace, Clock, Served]) -> Served:
    return opened[2]


def statuses() -> dict[str, str]:
    rows = re.findall(r"^\| (\d{3}) \| `?([a-z-]*)`? \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def test_a_site_asks_what_there_is_and_signs_somebody_up(ws: Workspace, server: Served) -> None:
    answer, text = ask(server, "GET", "/api/subscribe")
    [offer] = json.loads(text)["lists"]
    assert (answer.status, answer.getheader("Access-Control-Allow-Origin")) == (200, "*")
    assert (offer["name"], offer["double_opt_in"]) == ("community", True)
    assert offer["consent_text"] == ws.settings.lists["community"].consent_text
    assert {"name": "datathons", "title": "Datathons"} in offer["topics"]
    ws.clock.now += timedelta(seconds=2)  # type: ignore[attr-defined]  # as above

    wanted = {
        "email": ADDRESS, "list": "community", "digests": ["monthly"], "topics": ["datathons"],
        "timezone": "Europe/Berlin", "language": "de", "token": offer["token"],
    }  # fmt: skip
    status, said = join_json(server, wanted, {"Origin": "https://data.example.org"})
    assert (status, said) == (202, {"status": "accepted", "confirms": True})
    before = len(mails(ws))
    run(ws)
    assert [message["Subject"] for message in mails(ws)][before:] == ["Bitte bestätigen: Common Hours"]
    [(person, membership)] = [pair for pair in listing(ws) if pair[0].address == ADDRESS]
    assert (person.timezone, person.language, membership.digests, membership.topics, membership.state) == (
        "Europe/Berlin", "de", ("monthly",), ("datathons",), "pending",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (None, 400), ([], 400), ("ada@example.org", 400), (7, 400), ({"email": 7}, 400),
        ({"email": "ada@example.org", "name": "Ada"}, 400), ({"email": "ada@example.org", "digests": "weekly"}, 400),
        ({"email": "ada@example.org", "topics": [7]}, 400), ({"email": "ada@x.org", "topics": ["x"] * 101}, 400),
        ({"email": "ada@example.org", "list": "nobodys"}, 404), ({"email": "ada@example.org"}, 409),
        ({"email": "ada@example.org", "token": "forged"}, 409), ({}, 422), ({"email": "ada"}, 422),
        ({"email": "ada@example.org", "digests": ["daily"]}, 422),
        ({"email": "ada@example.org", "topics": ["gardening"]}, 422),
        ({"email": "ada@example.org", "timezone": "Atlantis"}, 422),
    ],
)  # fmt: skip
def test_what_is_not_as_documented_is_refused_as_documented(
    ws: Workspace, server: Served, document: Any, status: int
) -> None:
    found, said = join_json(server, document)
    assert (found, said["status"]) == (status, statuses()[str(status)])
    before = len(mails(ws))
    run(ws)
    assert len(mails(ws)) == before


def test_problems_are_named_by_field_in_the_language_asked_for(ws: Workspace, server: Served) -> None:
    _, said = join_json(server, {"email": "ada", "timezone": "Atlantis", "language": "de"})
    assert [one["field"] for one in said["problems"]] == ["email", "timezone"]
    assert said["problems"][0]["message"].startswith("An diese Adresse")


def test_a_stale_token_is_answered_with_a_fresh_one(ws: Workspace, server: Served) -> None:
    _, said = join_json(server, {"email": "cy@example.org", "token": token(ws, "other")})
    ws.clock.now += timedelta(seconds=2)  # type: ignore[attr-defined]  # the clock of these tests
    assert join_json(server, {"email": "cy@example.org", "token": said["token"]})[0] == 202


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 8000, b'{"email": NaN}', b'{"email": "\\ud800@x.org"}']
)
def test_a_body_that_is_no_document_is_refused_and_breaks_nothing(ws: Workspace, server: Served, body: bytes) -> None:
    assert ask(server, "POST", "/api/subscribe", body, JSON)[0].status in (400, 422)


def test_a_body_of_more_than_eight_kilobytes_is_refused(ws: Workspace, server: Served) -> None:
    assert ask(server, "POST", "/api/subscribe", b" " * 9000, JSON)[0].status == 413


def test_any_site_may_ask_and_no_cookie_is_set(ws: Workspace, server: Served) -> None:
    there = {"Origin": "https://else.example.org", "Access-Control-Request-Method": "POST"}
    answer, _ = ask(server, "OPTIONS", "/api/subscribe", headers=there)
    assert (answer.status, answer.getheader("Access-Control-Allow-Headers")) == (204, "Content-Type")
    assert answer.getheader("Access-Control-Allow-Credentials") is None
    assert answer.getheader("Set-Cookie") is None


def test_the_document_is_what_the_guide_says() -> None:
    text = DOCS.read_text(encoding="utf-8")
    schema = next(
        found
        for part in re.findall(r"```json\n(.*?)```", text, re.DOTALL)
        if "$schema" in (found := json.loads(part))
    )
    assert set(schema["properties"]) == {*ONE, *SEVERAL}
    assert {name for name, one in schema["properties"].items() if one["type"] == "array"} == set(SEVERAL)
    assert set(re.findall(r"^\| `([a-z]+)` \|", text, re.MULTILINE)) == {*ONE, *SEVERAL}
