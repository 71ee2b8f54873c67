"""A line of a file becomes a mail in an inbox, over each road: N subscribers, N mails, and never one twice."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from jsonschema import Draft202012Validator
from pydantic import SecretStr
from support_dev_sink import DevSink
from support_loopback import served

from newsletter.app import dispatching, subscribing
from newsletter.app.drafting import draft_issue
from newsletter.app.importing.subscribers_file import import_file
from newsletter.app.public_pages import PublicPages
from newsletter.app.reviewing.approving import approve
from newsletter.app.sample import init_workspace
from newsletter.app.sending import pump
from newsletter.app.sending.planning import plan_issue
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.model.workspace import ProviderSettings, Secrets
from newsletter.web.public import public_app

# A story runs what each room's tests cover; it is told for what comes out of them together.
pytestmark = pytest.mark.no_cover

KEY = "weekly-2026-12-04"
DRAFT_AT = datetime(2026, 12, 1, 17, tzinfo=UTC)
SEND_AT = datetime(2026, 12, 4, 17, tzinfo=UTC)
READERS = 8
SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sendgrid_mail_send.schema.json").read_text())


def outbox(_: DevSink) -> tuple[ProviderSettings, Secrets]:
    return ProviderSettings(kind="outbox"), Secrets()


def smtp(sink: DevSink) -> tuple[ProviderSettings, Secrets]:
    route = ProviderSettings(kind="smtp", host="127.0.0.1", port=sink.smtp_port, security="none")
    return route, Secrets()


def sendgrid(sink: DevSink) -> tuple[ProviderSettings, Secrets]:
    return ProviderSettings(kind="sendgrid", api_url=sink.api_url), Secrets(sendgrid_key=SecretStr("SG.test"))


Road = Callable[[DevSink], tuple[ProviderSettings, Secrets]]


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample workspace with its eight readers and the approved weekly issue."""
    folder = tmp_path_factory.mktemp("approved") / "ws"
    init_workspace(folder)
    ws = open_workspace(folder, environ={}, clock=lambda: DRAFT_AT)
    assert import_file(ws, folder / "subscribers/example.csv", "community").new == READERS
    draft_issue(ws, "weekly", DRAFT_AT)
    approve(ws, KEY, "editor", DRAFT_AT)
    ws.store.close()
    return folder


def on_the_road(approved: Path, folder: Path, road: Road, sink: DevSink) -> Workspace:
    """A copy of that workspace, on this road."""
    shutil.copytree(approved, folder)
    provider, secrets = road(sink)
    ws = open_workspace(folder, environ={}, clock=lambda: SEND_AT)
    return replace(ws, settings=ws.settings.model_copy(update={"provider": provider, "secrets": secrets}))


def send(ws: Workspace) -> int:
    with dispatching.provider_of(ws) as provider:
        return dispatching.send_issue(ws, provider, KEY, SEND_AT).summary.outcomes.get("accepted", 0)


def arrived(ws: Workspace, sink: DevSink) -> list[str]:
    """The recipients, wherever this workspace sends to."""
    if ws.settings.provider.kind != "outbox":
        return sink.received()
    return sorted(str(message["To"]) for message in outbox_messages(ws))


def outbox_messages(ws: Workspace) -> list[EmailMessage]:
    return [parsed(file.read_bytes()) for file in sorted((ws.root / "outbox").rglob("*.eml"))]


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture(params=[outbox, smtp, sendgrid], ids=lambda road: road.__name__)
def ws(request: pytest.FixtureRequest, approved: Path, tmp_path: Path, dev_sink: DevSink) -> Workspace:
    return on_the_road(approved, tmp_path / "ws", request.param, dev_sink)


def test_every_subscriber_gets_one_mail_and_a_second_run_sends_none(ws: Workspace, dev_sink: DevSink) -> None:
    people = sorted(person.address for person, _ in subscribing.listing(ws))
    assert len(people) == READERS
    assert send(ws) == READERS
    assert arrived(ws, dev_sink) == people
    assert send(ws) == 0
    assert arrived(ws, dev_sink) == people
    report = pump.status(ws, KEY)
    assert (report["state"], report["planned"], report["states"]["accepted"]) == ("sent", READERS, READERS)
    assert sum(report["states"].values()) == report["planned"]


def test_who_leaves_between_planning_and_sending_gets_none(ws: Workspace, dev_sink: DevSink) -> None:
    plan_issue(ws, KEY, dispatching.edition_renderer(ws, KEY), SEND_AT)
    assert subscribing.remove(ws, "noor.haddad@example.org")
    assert send(ws) == READERS - 1
    assert "noor.haddad@example.org" not in arrived(ws, dev_sink)
    assert len(arrived(ws, dev_sink)) == READERS - 1
    states = pump.status(ws, KEY)["states"]
    assert (states["accepted"], states["suppressed"] + states["skipped"]) == (READERS - 1, 1)


def test_who_joins_after_planning_waits_for_the_next_issue(ws: Workspace, dev_sink: DevSink) -> None:
    plan_issue(ws, KEY, dispatching.edition_renderer(ws, KEY), SEND_AT)
    subscribing.add(ws, "late@example.org", "community")
    assert send(ws) == READERS
    assert "late@example.org" not in arrived(ws, dev_sink)


def test_every_mail_over_smtp_keeps_the_senders_rules(approved: Path, tmp_path: Path, dev_sink: DevSink) -> None:
    ws = on_the_road(approved, tmp_path / "ws", smtp, dev_sink)
    send(ws)
    messages = [(one, (dev_sink.keep / one["file"]).read_bytes()) for one in dev_sink.messages()]
    assert len(messages) == READERS
    for envelope, raw in messages:
        keeps_the_rules(envelope["to"], raw)
    assert len({parsed(raw)["Message-ID"] for _, raw in messages}) == READERS
    assert len({parsed(raw)["List-Unsubscribe"] for _, raw in messages}) == READERS
    assert len({parsed(raw)["Feedback-ID"] for _, raw in messages}) == 1


def test_every_mail_in_the_outbox_keeps_the_senders_rules(approved: Path, tmp_path: Path, dev_sink: DevSink) -> None:
    ws = on_the_road(approved, tmp_path / "ws", outbox, dev_sink)
    send(ws)
    for file in (ws.root / "outbox").rglob("*.eml"):
        raw = file.read_bytes()
        keeps_the_rules([str(parsed(raw)["To"])], raw)


def keeps_the_rules(recipients: list[str], raw: bytes) -> None:
    """S1 and S4 to S10 of the sender rules, on the bytes as sent, and both parts whole."""
    head, _, _ = raw.partition(b"\r\n\r\n")
    message = parsed(raw)
    # S1, S4: one https address in one raw line, and the one-click field beside it (RFC 8058).
    assert len(re.findall(rb"(?mi)^List-Unsubscribe: <https://[!-;=?-~]+>\r$", head + b"\r\n")) == 1
    assert re.findall(rb"(?mi)^List-Unsubscribe-Post: (.*)\r$", head + b"\r\n") == [b"List-Unsubscribe=One-Click"]
    assert b"=?" not in re.search(rb"(?mi)^List-Unsubscribe:.*$", head)[0]  # type: ignore[index]
    # S5: CRLF only, and no line beyond what SMTP carries (RFC 5321, 4.5.3.1.6).
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    # S6: headers are ASCII, encoded words are short enough (RFC 2047, 2).
    assert head.isascii()
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ ]+\?=", head))
    # S7: each of these once, and the date is now.
    for name in ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Feedback-ID", "Precedence"):
        assert len(message.get_all(name, [])) == 1, name
    assert abs(parsedate_to_datetime(str(message["Date"])) - SEND_AT) < timedelta(minutes=5)
    assert re.fullmatch(r"<[0-9a-f]{16,}@news\.example\.org>", str(message["Message-ID"]))
    # S8: one person a mail.
    assert [str(message["To"])] == recipients
    assert message["Cc"] is None
    assert message["Bcc"] is None
    # S9, S10.
    assert re.fullmatch(r"Common Hours <community\.data-lab\.news\.example\.org>", str(message["List-Id"]))
    assert message["Precedence"] == "bulk"
    assert re.fullmatch(r"[^:@]+:[^:@]+:[^:@]+:[A-Za-z0-9]{5,15}", str(message["Feedback-ID"]))
    both_parts_are_whole(message)


def both_parts_are_whole(message: EmailMessage) -> None:
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    leave = str(message["List-Unsubscribe"]).strip("<>")
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        content = part.get_content()
        assert leave in content
        assert "1100 Shore Avenue N" in content


def test_every_body_for_sendgrid_is_what_its_documents_allow(
    approved: Path, tmp_path: Path, dev_sink: DevSink
) -> None:
    ws = on_the_road(approved, tmp_path / "ws", sendgrid, dev_sink)
    send(ws)
    bodies = [
        json.loads((dev_sink.keep / name).read_bytes()) for name in {one["file"] for one in dev_sink.messages()}
    ]
    assert sum(len(body["personalizations"]) for body in bodies) == READERS
    for body in bodies:
        assert not list(Draft202012Validator(SCHEMA).iter_errors(body))
        sends_what_the_other_roads_send(body)


def sends_what_the_other_roads_send(body: dict[str, Any]) -> None:
    for person in body["personalizations"]:
        assert re.fullmatch(r"<https://[!-~]+>", person["headers"]["List-Unsubscribe"])
        headers = {**body.get("headers", {}), **person["headers"]}
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert headers["List-Id"].startswith("Common Hours")
        assert len(person["to"]) == 1
        assert "@" not in json.dumps(person["custom_args"])
    assert not any(setting["enable"] for setting in body["tracking_settings"].values())


def test_one_click_in_a_mail_that_arrived_leaves_and_the_next_issue_keeps_to_it(
    approved: Path, tmp_path: Path, dev_sink: DevSink
) -> None:
    ws = on_the_road(approved, tmp_path / "ws", outbox, dev_sink)
    send(ws)
    message = next(one for one in outbox_messages(ws) if one["To"] == "noor.haddad@example.org")
    path = str(message["List-Unsubscribe"]).strip("<>").removeprefix(ws.settings.web.base_url)
    with served(public_app(PublicPages(ws))) as web:
        with urlopen(web.url + path, timeout=60) as page:
            assert b"<form" in page.read()
        assert state_of(ws, "noor.haddad@example.org") == "active"
        one_click = Request(web.url + path, b"List-Unsubscribe=One-Click", method="POST")
        with urlopen(one_click, timeout=60) as answer:
            assert (answer.status, answer.headers.get("Set-Cookie")) == (200, None)
    assert state_of(ws, "noor.haddad@example.org") == "left"
    later = datetime(2026, 12, 11, 17, tzinfo=UTC)
    draft_issue(ws, "weekly", later)
    approve(ws, "weekly-2026-12-11", "editor", later)
    audience = dispatching.look_at_audience(ws, "weekly-2026-12-11", later)
    assert sum(count for _, _, count in audience.editions) + audience.empty == READERS - 1


def test_choices_made_by_the_link_of_a_mail_shape_the_next_issue(
    approved: Path, tmp_path: Path, dev_sink: DevSink
) -> None:
    ws, noor = on_the_road(approved, tmp_path / "ws", outbox, dev_sink), "noor.haddad@example.org"
    send(ws)
    (first,) = (body_of(one) for one in outbox_messages(ws) if one["To"] == noor)
    assert "Times are Seattle time (PST)." in first
    path = preferences_link(first).removeprefix(ws.settings.web.base_url)
    sent = {"save": "yes", "digest": "weekly", "topic": "datathons", "timezone": "Asia/Tokyo", "clock": "24"}
    with (
        served(public_app(PublicPages(ws))) as web,
        urlopen(web.url + path, urlencode(sent).encode(), timeout=60) as page,
    ):
        assert b"Saved." in page.read()
    later = datetime(2026, 12, 11, 17, tzinfo=UTC)
    draft_issue(ws, "weekly", later)
    approve(ws, "weekly-2026-12-11", "editor", later)
    ws = replace(ws, clock=lambda: later)
    with dispatching.provider_of(ws) as provider:
        dispatching.send_issue(ws, provider, "weekly-2026-12-11", later)
    (second,) = (body_of(one) for one in outbox_messages(ws) if one["To"] == noor and body_of(one) != first)
    assert "Times are Tokyo time (JST)." in second
    assert "You follow: Datathons." in second
    assert preferences_link(second) == preferences_link(first)


def preferences_link(text: str) -> str:
    """Where a mail's text says that topics and frequency can be changed."""
    (found,) = re.findall(r"(?m)^Topics and frequency: (https://\S+/p/\S+)\s*$", text)
    return found


def body_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def state_of(ws: Workspace, address: str) -> str:
    return subscribing.show(ws, address).subscriptions[0].state
