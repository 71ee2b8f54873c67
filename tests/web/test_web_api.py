"""The API as programs use it: every operation of the table, who may ask for what, and what the others are told."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support_api import ALL, KEY, OPERATIONS, PREFIX, READERS, Api, api_of, body_of, place, sent_lab
from support_archive import lab
from support_joining import mails, run
from support_public_pages import dump
from support_workspace import slot

from newsletter.app.accounting.actors import account
from newsletter.app.alerting import alerts_since
from newsletter.app.api import tokens
from newsletter.app.api.call import cursor_of
from newsletter.app.api.openapi import as_text
from newsletter.app.api.operations import Operation
from newsletter.app.api.tokens import PREFIX as TOKEN_PREFIX
from newsletter.app.api.tokens import create_token, revoke_token, tokens_of
from newsletter.app.subscribing import show, suppress
from newsletter.app.workspace import with_settings
from newsletter.model.api import ApiSettings
from newsletter.model.requests import JoiningSettings
from newsletter.store import deeds
from newsletter.store import issues as rows
from newsletter.store.tables import issue

ROOT = Path(__file__).parents[2]
IDS = [one.id for one in OPERATIONS]
#: Half of a character, which JSON can spell and UTF-8 cannot.
HALF = "\ud800"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    return api_of(sent_lab(tmp_path_factory.mktemp("api") / "lab"))


def problem(answer: Any) -> str:
    """The kind of a refusal, which must be well-formed."""
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    return str(said["type"].rpartition("/")[2])


@pytest.mark.parametrize("operation", OPERATIONS, ids=IDS)
def test_without_a_token_nothing_is_done_or_told(api: Api, operation: Operation) -> None:
    before = dump(api.ws)
    path = place(operation, api.person())
    last = api.token[-1]
    mistyped = api.token[:-1] + ("A" if last != "A" else "B")
    known = len(TOKEN_PREFIX) + 8
    # Another secret behind the id of a token that there is, with a good checksum.
    forged = tokens._checked(api.token[:known] + "A" * 43)
    assert len(forged) == len(api.token)
    for token in ("", "x", mistyped, TOKEN_PREFIX + "0" * 57, forged):
        answer = api.ask(operation.method, path, body_of(operation), token=token)
        assert (answer.status_code, problem(answer)) == (401, "no-token")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert dump(api.ws) == before


@pytest.mark.parametrize("operation", OPERATIONS, ids=IDS)
def test_every_other_scope_together_does_not_open_an_operation(api: Api, operation: Operation) -> None:
    token = api.make(f"without {operation.id}", *(one for one in ALL if one != operation.scope))
    before = dump(api.ws)
    answer = api.ask(operation.method, place(operation, api.person()), body_of(operation), token=token)
    assert (answer.status_code, problem(answer)) == (403, "scope")
    assert operation.scope in answer.json()["detail"]
    assert dump(api.ws) == before


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.is_read], ids=lambda one: one.id)
def test_a_read_changes_nothing_and_says_as_before(api: Api, operation: Operation) -> None:
    before, path = dump(api.ws), place(operation, api.person())
    answer = api.ask("GET", path)
    assert answer.status_code == 200
    again = api.ask("GET", path, If_None_Match=answer.headers["etag"])
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert api.ask("GET", path, If_None_Match='"another"').status_code == 200
    head = api.ask("HEAD", path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])
    assert dump(api.ws) == before


def test_no_operation_takes_an_address_in_its_url_and_none_keeps_one_in_an_answer(api: Api) -> None:
    for one in OPERATIONS:
        assert not re.search("address|email", one.path)
        assert not {"address", "email"} & set(one.query.model_fields)
        if one.repeats:
            assert one.answer is not None
            assert not {"address", "email", "name"} & set(one.answer.model_fields)


def test_what_is_read_is_what_stands_in_the_store(api: Api) -> None:
    issue = api.ask("GET", f"/issues/{KEY}").json()
    assert (issue["state"], issue["planned"], issue["states"]["accepted"]) == ("sent", 2, 2)
    assert issue["web_url"] == f"https://news.example.org/archive/{KEY}.html"
    published = api.ask("GET", f"/published/{KEY}").json()
    titles = [entry["title"] for section in published["sections"] for entry in section["entries"]]
    assert "Pies & co" in titles
    assert "Board supper" not in json.dumps(published)
    assert [one["key"] for one in api.ask("GET", "/published").json()["issues"]] == [KEY]
    assert api.ask("GET", "/status").json()["members"] == [{"name": "community", "state": "active", "count": 2}]
    assert api.ask("GET", "/subscribers/count").json()["subscribers"] == 2
    found = api.ask("POST", "/subscribers/lookup", {"address": READERS[0].upper()}).json()
    assert (found["id"], found["address"]) == (api.person(), READERS[0])
    assert api.ask("POST", "/subscribers/lookup", {"address": "nobody@mail.example.org"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "content", "kind", "status", "refusal"),
    [
        ("POST", "/subscribers/lookup", b"{", "application/json", 400, "malformed"),
        ("POST", "/subscribers/lookup", b'{"address": "\xff"}', "application/json", 400, "malformed"),
        ("POST", "/subscribers/lookup", b'{"address": "ada@mail.example.org"}', "text/plain", 415, "media-type"),
        ("POST", "/subscribers/lookup", b'{"address": 7}', "application/json", 422, "invalid"),
        ("POST", "/subscribers/lookup", b'{"address": "ada"}', "application/json", 422, "invalid"),
        ("POST", "/subscribers/lookup", b'{"address": "a@b.org", "x": 1}', "application/json", 422, "invalid"),
        ("POST", "/subscribers/lookup", b" " * 20_000, "application/json", 413, "too-large"),
        ("POST", "/subscribers/lookup", b" " * 2_000_000, "application/json", 413, "too-large"),
        ("POST", "/subscribers/x/export", b"{}", "application/json", 400, "malformed"),
        ("POST", "/subscribers/lookup", b'{"address": "ada@nowhere.test"}', "application/json", 409, "conflict"),
        ("GET", "/issues?limit=0", None, "", 422, "invalid"),
        ("GET", "/issues?limit=101", None, "", 422, "invalid"),
        ("GET", "/issues?limit=1e1", None, "", 422, "invalid"),
        ("GET", "/issues?limit=1&limit=2", None, "", 422, "invalid"),
        ("GET", "/issues?page=2", None, "", 422, "invalid"),
        ("GET", "/issues?cursor=bm8", None, "", 404, "not-found"),
        ("GET", f"/issues?cursor={cursor_of('2026-01-01T00:00:00+00:00', HALF)}", None, "", 404, "not-found"),
        ("GET", f"/issues?cursor={cursor_of('0001-01-01T00:00:00+14:00', 'x')}", None, "", 404, "not-found"),
        ("GET", f"/published?cursor={cursor_of('9999-12-31T23:00:00-14:00', 'x')}", None, "", 404, "not-found"),
        ("GET", f"/suppressions?cursor={cursor_of(HALF)}", None, "", 404, "not-found"),
        ("GET", "/issues/never-2026-12-04", None, "", 404, "not-found"),
        ("GET", "/subscribers/0%00", None, "", 404, "not-found"),
        ("GET", "/nothing/here", None, "", 404, "not-found"),
        ("PUT", "/status", None, "", 405, "method"),
    ],
)
def test_what_does_not_fit_is_told_as_problem_details(
    api: Api, method: str, path: str, content: bytes | None, kind: str, status: int, refusal: str
) -> None:
    headers = {"Authorization": f"Bearer {api.token}"} | ({"Content-Type": kind} if kind else {})
    answer = api.client.request(method, PREFIX + path, content=content, headers=headers)
    assert (answer.status_code, problem(answer)) == (status, refusal)
    if status == 405:
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "ada@mail.example.org" not in answer.text


def test_a_site_asks_people_to_join_and_they_confirm_by_mail(api: Api) -> None:
    asked = {"address": "new@mail.example.org", "list": "community", "topics": ["datathons"], "timezone": "Berlin"}
    before = len(mails(api.ws))
    both = (asked["address"], READERS[1])
    answers = [api.ask("POST", "/subscribers/ask", asked | {"address": one}) for one in both]
    assert [(one.status_code, one.json()) for one in answers] == [(202, {"accepted": True, "confirms": True})] * 2
    run(api.ws)
    subjects = {message["To"]: message["Subject"] for message in mails(api.ws)[before:]}
    assert set(subjects) == {"new@mail.example.org", READERS[1]}
    [mine] = show(api.ws, "new@mail.example.org").subscriptions
    assert (mine.state, mine.topics) == ("pending", ("datathons",))
    assert show(api.ws, "new@mail.example.org").consents[0].how == "api: site"


def test_who_agreed_elsewhere_is_a_member_at_once_with_the_proof(api: Api) -> None:
    consent = {"text": "Send me mail.", "given_at": "2026-11-30T18:00:00+01:00", "how": "paper form"}
    asked = {"address": "paper@mail.example.org", "list": "community", "name": "Pa", "consent": consent}
    answer = api.ask("POST", "/subscribers", asked)
    assert (answer.status_code, answer.json()["state"], answer.json()["is_new"]) == (200, "active", True)
    assert api.ask("POST", "/subscribers", asked).json()["is_new"] is False
    person = show(api.ws, "paper@mail.example.org")
    [line] = person.consents
    assert (line.action, line.text, line.detail, line.how) == ("added", "Send me mail.", "paper form", "api: site")
    assert line.given_at is not None
    assert line.given_at.isoformat() == "2026-11-30T17:00:00+00:00"
    assert person.subscriber.name == "Pa"
    for given_at in ("2027-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        odd = asked | {"address": "odd@mail.example.org", "consent": consent | {"given_at": given_at}}
        assert problem(api.ask("POST", "/subscribers", odd)) == "conflict"
    assert api.ask("POST", "/subscribers", {**asked, "consent": None}).status_code == 422


def test_the_operator_is_told_once_that_a_site_asks_for_too_many(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    busy = api_of(with_settings(api.ws, joining=JoiningSettings(per_hour=1)), name="busy site")
    asked = [{"address": f"busy{number}@mail.example.org", "list": "community"} for number in range(4)]
    answers = [busy.ask("POST", "/subscribers/ask", one, Idempotency_Key=one["address"]) for one in asked]
    assert {problem(one) for one in answers[1:]} == {"too-many"}
    assert [one.kind for one in alerts_since(busy.ws, busy.ws.clock())] == ["joining-everybody"]
    assert caplog.text.count("sign-ups in an hour") == 1
    assert not [line for line in dump(busy.ws) if "busy3@" in line]


@pytest.mark.parametrize(
    "wrong", [{"list": "nobodys"}, {"digests": ["daily"]}, {"topics": ["cats"]}, {"timezone": "Nowhere"}]
)
def test_what_is_not_on_offer_is_a_conflict(api: Api, wrong: dict[str, object]) -> None:
    asked = {"address": "odd@mail.example.org", "list": "community"} | wrong
    assert problem(api.ask("POST", "/subscribers/ask", asked)) == "conflict"
    consent = {"text": "yes", "given_at": "2026-11-30T18:00:00Z", "how": "paper"}
    assert problem(api.ask("POST", "/subscribers", asked | {"consent": consent})) == "conflict"
    assert api.ask("POST", "/subscribers/lookup", {"address": "odd@mail.example.org"}).status_code == 404


def test_who_left_or_is_barred_is_not_brought_back(api: Api) -> None:
    suppress(api.ws, "barred@mail.example.org")
    consent = {"text": "yes", "given_at": "2026-11-30T18:00:00Z", "how": "paper"}
    asked = {"address": "barred@mail.example.org", "list": "community", "consent": consent}
    assert problem(api.ask("POST", "/subscribers", asked)) == "conflict"
    found = api.ask("POST", "/suppressions/lookup", {"address": "barred@mail.example.org"}).json()
    assert (found["suppressed"], found["reason"]) == (True, "operator")
    [line] = api.ask("GET", "/suppressions?reason=operator").json()["suppressions"]
    assert re.fullmatch("[0-9a-f]{64}", line["who"])


def test_choices_change_as_the_body_names_them_and_the_rest_stays(api: Api) -> None:
    person = api.person(READERS[1])
    path = f"/subscribers/{person}/lists/community"
    first = api.ask("PATCH", path, {"topics": ["datathons"], "clock": 24, "paused_until": "2026-12-24"}).json()
    [mine] = first["memberships"]
    assert (first["clock"], first["timezone"], mine["topics"]) == (24, "", ["datathons"])
    assert mine["paused_until"] == "2026-12-24T08:00:00Z"
    second = api.ask("PATCH", path, {"timezone": "Europe/Berlin", "online_only": True}).json()
    [mine] = second["memberships"]
    assert (second["clock"], second["timezone"], mine["topics"], mine["online_only"]) == (
        24, "Europe/Berlin", ["datathons"], True,
    )  # fmt: skip
    assert mine["paused_until"] == "2026-12-23T23:00:00Z", "the same day, which begins earlier there"
    third = api.ask("PATCH", path, {"topics": None, "timezone": None, "paused_until": None}).json()
    [mine] = third["memberships"]
    assert (third["timezone"], mine["topics"], mine["paused_until"]) == ("", None, None)
    before = dump(api.ws)
    for wrong in ({"topics": ["cats"]}, {"digests": ["daily"]}, {"paused_until": "2020-01-01"}, {"timezone": "x"}):
        assert problem(api.ask("PATCH", path, wrong | {"clock": 12})) == "conflict"
    assert api.ask("PATCH", f"/subscribers/{person}/lists/nobodys", {"clock": 12}).status_code == 404
    assert dump(api.ws) == before


def test_a_request_that_is_repeated_under_its_key_is_done_once(api: Api) -> None:
    asked = {"address": "once@mail.example.org", "list": "community"}
    asked["consent"] = {"text": "yes", "given_at": "2026-11-30T18:00:00Z", "how": "paper"}  # type: ignore[assignment]  # of all types
    first = api.ask("POST", "/subscribers", asked, Idempotency_Key="k-1")
    before = dump(api.ws)
    again = api.ask("POST", "/subscribers", asked, Idempotency_Key="k-1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    other = api.ask("POST", "/subscribers", asked | {"name": "O"}, Idempotency_Key="k-1")
    assert problem(other) == "key-reused"
    elsewhere = api.ask("POST", f"/subscribers/{first.json()['id']}/lists/community/leave", Idempotency_Key="k-1")
    assert problem(elsewhere) == "key-reused"
    assert dump(api.ws) == before
    assert not [line for line in before if "api_answer" in line and "once@" in line]
    mine = api.make("another", *ALL)
    assert api.ask("POST", "/subscribers", asked, token=mine, Idempotency_Key="k-1").json()["is_new"] is False
    for bad in ("", "k" * 101):
        assert problem(api.ask("POST", "/subscribers", asked, Idempotency_Key=bad)) == "invalid"


def test_a_refusal_is_not_kept_so_that_the_key_can_be_used_again(api: Api) -> None:
    consent = {"text": "yes", "given_at": "2026-11-30T18:00:00Z", "how": "paper"}
    asked = {"address": "k2@mail.example.org", "list": "nobodys", "consent": consent}
    assert api.ask("POST", "/subscribers", asked, Idempotency_Key="k-2").status_code == 409
    good = api.ask("POST", "/subscribers", asked | {"list": "community"}, Idempotency_Key="k-2")
    assert good.status_code == 200


def test_leaving_exporting_and_erasing_are_written_down_in_the_tokens_name(api: Api) -> None:
    consent = {"text": "yes", "given_at": "2026-11-30T18:00:00Z", "how": "paper"}
    asked = {"address": "gone@mail.example.org", "list": "community", "consent": consent}
    person = api.ask("POST", "/subscribers", asked).json()["id"]
    left = api.ask("POST", f"/subscribers/{person}/lists/community/leave").json()
    assert (left["state"], left["is_new"]) == ("left", True)
    assert api.ask("POST", f"/subscribers/{person}/lists/community/leave").json()["is_new"] is False
    assert problem(api.ask("PATCH", f"/subscribers/{person}/lists/community", {"clock": 24})) == "conflict"
    document = api.ask("POST", f"/subscribers/{person}/export").json()
    assert [line["action"] for line in document["consents"]] == ["added", "left"]
    assert api.ask("DELETE", f"/subscribers/{person}").status_code == 204
    assert api.ask("DELETE", f"/subscribers/{person}").status_code == 404
    assert not [line for line in dump(api.ws) if "gone@mail" in line]
    with api.ws.store.read() as connection:
        mine = [line for line in deeds.lines(connection, "data-lab") if line.subject == person]
    assert [line.deed for line in mine] == ["added", "removed", "exported", "erased"]
    assert {(line.actor.kind, line.actor.name) for line in mine} == {("token", "site")}


def test_pages_hold_together_while_issues_come_and_go(api: Api) -> None:
    base = slot().send_at
    names = [f"weekly-2027-{month:02}-01" for month in range(1, 8)]

    def put(key: str, days: int) -> None:
        with api.ws.store.begin() as connection:
            rows.insert_slot(connection, "data-lab", slot(key, base + timedelta(days=days)))

    for number, key in enumerate(names):
        put(key, 30 + number // 2)
    seen: list[str] = []
    cursor, turn = "", 0
    while cursor is not None:
        page = api.ask("GET", f"/issues?limit=2&state=due{'&cursor=' + cursor if cursor else ''}").json()
        seen += [one["key"] for one in page["issues"]]
        cursor, turn = page["next"], turn + 1
        put(f"monthly-2027-01-{turn:02}", 100 + turn)
        with api.ws.store.begin() as connection:
            connection.execute(issue.delete().where(issue.c.key == seen[0]))
    assert [key for key in seen if key in names] == sorted(names, reverse=True)
    assert len(seen) == len(set(seen))


def test_another_communitys_token_opens_nothing_and_its_people_are_not_there(api: Api) -> None:
    neighbour = api.ws.settings.community.model_copy(update={"id": "other-lab"})
    other = api_of(with_settings(api.ws, community=neighbour))
    person, before = api.person(), dump(api.ws)
    for one in OPERATIONS:
        path = place(one, person)
        assert other.ask(one.method, path, body_of(one), token=api.token).status_code == 401
        assert api.ask(one.method, path, body_of(one), token=other.token).status_code == 401
        if "{id}" in one.path or "{key}" in one.path:
            assert other.ask(one.method, path, body_of(one)).status_code == 404
    assert other.ask("POST", "/subscribers/lookup", {"address": READERS[0]}).status_code == 404
    assert other.ask("GET", "/issues").json()["issues"] == []
    assert other.ask("GET", "/suppressions").json()["suppressions"] == []
    assert other.ask("GET", "/subscribers/count").json()["subscribers"] == 0
    assert dump(api.ws) == before
    other.ws.store.close()


def test_a_token_may_ask_so_often_and_is_told_when_again(api: Api) -> None:
    slow = api_of(api.ws, ApiSettings(per_minute=3), name="slow")
    assert [slow.ask("GET", "/topics").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = slow.ask("GET", "/topics")
    assert (problem(refused), refused.headers["retry-after"]) == ("too-many", "20")
    slow.ws.clock.now += timedelta(seconds=20)  # type: ignore[attr-defined]  # the lab's clock
    assert [slow.ask("GET", "/topics").status_code for _ in range(2)] == [200, 429]
    assert slow.ask("GET", "/topics", token=api.token).status_code == 200


def test_pages_of_named_origins_may_read_what_is_published_and_nothing_else(api: Api) -> None:
    site = "https://data.example.org"
    assert "access-control-allow-origin" not in api.ask("GET", "/topics", Origin=site).headers
    named = api_of(api.ws, ApiSettings(origins=(site,)), name="pages")
    for one in OPERATIONS:
        answer = named.ask(one.method if one.is_read else "OPTIONS", place(one, "x"), Origin=site)
        allowed = answer.headers.get("access-control-allow-origin")
        assert allowed == (site if one.scope == "published:read" else None), one.id
    assert "access-control-allow-origin" not in named.ask("GET", "/topics", Origin="https://evil.example.org").headers
    preflight = named.ask("OPTIONS", "/topics", token="", Origin=site)
    assert (preflight.status_code, preflight.headers["access-control-allow-methods"]) == (204, "GET")
    assert "Authorization" in preflight.headers["access-control-allow-headers"]


def test_there_is_no_api_without_a_good_token(tmp_path: Path) -> None:
    closed = api_of(lab(tmp_path / "lab"), name="only")
    assert closed.client.get(f"{PREFIX}/openapi.json").status_code == 200
    revoke_token(closed.ws, "only", account())
    for path in ("/openapi.json", "/status", "/nothing"):
        for method in ("GET", "OPTIONS", "PUT"):
            assert problem(closed.ask(method, path)) == "not-found"
    _, ending = create_token(closed.ws, "ending", ALL, closed.ws.clock() + timedelta(days=1), account())
    assert closed.ask("GET", "/status", token=ending).status_code == 200
    closed.ws.clock.now += timedelta(days=1)  # type: ignore[attr-defined]  # the lab's clock
    assert closed.ask("GET", "/status", token=ending).status_code == 404
    closed.ws.store.close()


def test_of_a_token_a_hash_and_a_day_are_kept(api: Api) -> None:
    whole = api.make("seen", "published:read")
    assert re.fullmatch("nlapi_[0-9A-Za-z]{57}", whole)
    assert api.ask("GET", "/topics", token=whole).status_code == 200
    before = dump(api.ws)
    assert not [line for line in before if whole[14:40] in line]
    api.desk.beat()
    [mine] = [one for one in tokens_of(api.ws) if one.name == "seen"]
    assert mine.used_on == api.ws.clock().date()
    changed = set(dump(api.ws)) ^ set(before)
    assert {line.split('"')[1] for line in changed} == {"api_token"}


def test_a_fault_is_told_without_what_it_was_and_nothing_is_done(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("a secret")

    monkeypatch.setattr("newsletter.app.api.changing.bring_in", fail)
    consent = {"text": "yes", "given_at": "2026-11-30T18:00:00Z", "how": "paper"}
    before = dump(api.ws)
    asked = {"address": "x@mail.example.org", "list": "community", "consent": consent}
    answer = api.ask("POST", "/subscribers", asked, Idempotency_Key="fault")
    assert (answer.status_code, problem(answer)) == (500, "fault")
    assert "secret" not in answer.text
    assert dump(api.ws) == before
    assert "addSubscriber of the API failed" in caplog.text


def test_the_document_that_is_served_is_the_one_in_the_docs(api: Api) -> None:
    served = api.client.get(f"{PREFIX}/openapi.json")
    assert served.status_code == 200
    kept = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert kept == as_text("https://news.example.org"), "python -m newsletter.app.api.openapi docs/openapi.json"
    assert served.json() == json.loads(kept)
    paths = {(path, method.upper()) for path, item in served.json()["paths"].items() for method in item}
    assert paths == {(PREFIX + one.path, one.method) for one in OPERATIONS} | {
        ("/api/subscribe", "GET"), ("/api/subscribe", "POST"),
    }  # fmt: skip
