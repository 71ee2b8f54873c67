"""The API of a lab whose weekly issue went out, in this process: its tokens, and requests as programs make them."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient
from starlette.types import ASGIApp
from support_archive import KEY, READERS, SENT, lab, opened, send

from newsletter.app.accounting.actors import account
from newsletter.app.api.desk import ApiDesk
from newsletter.app.api.operations import OPERATIONS, PREFIX, Operation
from newsletter.app.api.tokens import create_token
from newsletter.app.archiving.shelf import Shelf
from newsletter.app.joining.pages import JoinPages
from newsletter.app.numbers.counting import NumberDesk
from newsletter.app.public_pages import PublicPages
from newsletter.app.subscribing import show
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.api import SCOPES, ApiSettings, Scope
from newsletter.web.public import public_app

ALL: tuple[Scope, ...] = tuple(SCOPES)
BUSY = ApiSettings(per_minute=100_000)


@dataclass
class Api:
    """One lab's API. `token` is sent along unless a call says otherwise."""

    ws: Workspace
    token: str
    desk: ApiDesk
    numbers: NumberDesk
    app: ASGIApp
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = self.token if token is None else token
        sent |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self.client.request(method, PREFIX + path, json=body, headers=sent)

    def person(self, address: str = READERS[0]) -> str:
        return show(self.ws, address).subscriber.id

    def make(self, name: str, *scopes: Scope) -> str:
        return create_token(self.ws, name, scopes, None, account())[1]


def api_of(ws: Workspace, settings: ApiSettings = BUSY, scopes: Sequence[Scope] = ALL, name: str = "site") -> Api:
    """The API of a workspace, with a token of these scopes."""
    ws = with_settings(ws, api=settings)
    _, token = create_token(ws, name, scopes, None, account())
    desk, numbers = ApiDesk(ws), NumberDesk(ws)
    app = public_app(PublicPages(ws), Shelf(ws), joining=JoinPages(ws), api=desk, numbers=numbers)
    return Api(ws, token, desk, numbers, app)


@cache
def _template() -> Path:
    """The lab, its issue sent: once, for all who copy it."""
    root = Path(tempfile.mkdtemp(prefix="sent-lab-")) / "lab"
    ws = lab(root)
    send(ws)
    ws.store.close()
    return root


def sent_lab(root: Path) -> Workspace:
    """The lab in that folder, its issue sent."""
    shutil.copytree(_template(), root)
    return opened(root, SENT)


def place(operation: Operation, person: str) -> str:
    """The operation's path, about a reader and an issue that there are."""
    return operation.path.format(id=person, list="community", key=KEY, digest="weekly")


def body_of(operation: Operation) -> Any:
    """A good body; None where there is none."""
    return operation.body.model_config["json_schema_extra"]["examples"][0] if operation.body else None  # type: ignore[index,call-overload]  # a dict of ours


__all__ = ["ALL", "KEY", "OPERATIONS", "PREFIX", "READERS", "Api", "api_of", "body_of", "place", "sent_lab"]
