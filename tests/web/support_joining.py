"""Joining over real HTTP from a real store: forms as browsers send them, and what the running program does next."""

import email
import email.policy
import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from support_loopback import Served, ask
from support_workspace import Clock

from newsletter.app.joining.asking import answer_requests
from newsletter.app.sample import init_workspace
from newsletter.app.service_mails import post_service_mails
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.people.joining import form_token

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
ADDRESS = "ada.lovelace@mail.example.org"
NOW = datetime(2026, 12, 4, 17, tzinfo=UTC)


def sample(root: Path, **changes: object) -> tuple[Workspace, Clock]:
    """The sample workspace under a clock that stands; `changes` are those of its list."""
    init_workspace(root)
    clock = Clock(NOW)
    ws = open_workspace(root, environ={}, clock=clock)
    return with_list(ws, **changes), clock


def with_list(ws: Workspace, **changes: object) -> Workspace:
    """The workspace with other settings of its list."""
    own = ws.settings.lists["community"].model_copy(update=changes)
    return with_settings(ws, lists={**ws.settings.lists, "community": own})


def token(ws: Workspace, name: str = "community") -> str:
    """The token of a form that was shown ten seconds ago."""
    return form_token(ws.secret, name, ws.clock() - timedelta(seconds=10))


def join(
    ws: Workspace,
    server: Served,
    address: str = ADDRESS,
    *more: tuple[str, str],
    headers: dict[str, str] | None = None,
) -> tuple[HTTPResponse, str]:
    """Send the form of the list."""
    fields = [("list", "community"), ("token", token(ws)), ("email", address), *more]
    return ask(server, "POST", "/subscribe", urlencode(fields).encode(), {**FORM, **(headers or {})})


def join_json(server: Served, document: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Send a document to the endpoint."""
    answer, text = ask(server, "POST", "/api/subscribe", json.dumps(document).encode(), {**JSON, **(headers or {})})
    return answer.status, json.loads(text)


def run(ws: Workspace) -> None:
    """What the running program does about requests within a second."""
    answer_requests(ws)
    post_service_mails(ws)


def mails(ws: Workspace) -> list[EmailMessage]:
    """Everything that was sent, in order."""
    files = sorted((ws.root / "outbox").rglob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]  # type: ignore[misc]


def text_of(message: EmailMessage) -> str:
    """The plain text part."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(message: EmailMessage, path: str) -> str:
    """The first link of a mail below that path, without the machine."""
    [link, *_] = [line.strip() for line in text_of(message).splitlines() if f"/{path}/" in line]
    return link.removeprefix("https://news.example.org")
