"""A workspace whose editors and operators sign in over real HTTP: its server, its clock, and the mails that leave."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from preview_desk import Desk
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from support_loopback import Served, ask, served
from support_workspace import Clock, open_at

from newsletter.app.operator.desk import OperatorDesk
from newsletter.app.operator.page import fill_operator
from newsletter.app.signing_in.desk import SignIn
from newsletter.app.studio.page import fill_page
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.signing_in import SignInSettings
from newsletter.model.workspace import WebSettings
from newsletter.runtime.server import listen
from newsletter.web.operator.hosting import hosted_operator
from newsletter.web.operator.watching import Watching
from newsletter.web.studio.changes import Changes
from newsletter.web.studio.desk import PreviewDesk
from newsletter.web.studio.hosting import with_studio

ED, OLGA, BOTH = "ed@example.org", "olga@example.org", "both@example.org"
FORM = "application/x-www-form-urlencoded"
SESSION, FORM_COOKIE = "newsletter-session", "newsletter-session-form"
Answer = tuple[int, str, dict[str, str]]


@dataclass
class Hosted:
    """What runs, and a browser's cookie jar for it."""

    ws: Workspace
    server: Served
    clock: Clock
    sign_in: SignIn
    studio: Desk
    operator: Watching
    app: Starlette

    def browser(self, **headers: str) -> "Jar":
        return Jar(self, headers)

    def mailed(self) -> list[str]:
        """The links that were mailed, oldest first; whatever waits is mailed now."""
        self.sign_in.mails.beat()
        files = sorted((self.ws.root / "outbox").rglob("*.eml"), key=lambda one: (one.stat().st_mtime_ns, one.name))
        texts = [message_from_bytes(one.read_bytes(), policy=policy.default).get_content() for one in files]
        return [link for text in texts for link in re.findall(r"http://\S+(/sign-in/\S+)", text)]

    def link(self, address: str = ED) -> str:
        """A fresh link for somebody, who has waited for a minute before asking again."""
        self.clock.sleep(60)
        jar = self.browser()
        before = len(self.mailed())
        jar.post("/sign-in", jar.get("/sign-in")[1], address=address)
        (link,) = self.mailed()[before:]
        return link

    def signed_in(self, address: str = ED) -> "Jar":
        """A browser in which somebody has signed in."""
        jar = self.browser()
        link = self.link(address)
        status, _, _ = jar.post(link, jar.get(link)[1])
        assert status == 303
        return jar


class Jar:
    """A browser without scripts: it keeps cookies, names its Origin with forms, and follows nothing by itself."""

    def __init__(self, hosted: Hosted, headers: dict[str, str]) -> None:
        self.hosted, self.headers = hosted, headers
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, {"Accept": "text/html", **headers})

    def post(self, path: str, page: str, /, headers: dict[str, str] | None = None, **fields: str) -> Answer:
        """Send the form of a page, with its token."""
        token = re.search(r'name="token" value="([^"]*)"', page)
        body = urlencode({"token": token[1] if token else "", **fields})
        sent = {"Origin": self.hosted.server.url, "Content-Type": FORM, **(headers or {})}
        return self.send("POST", path, body, {name: value for name, value in sent.items() if value})

    def send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**self.headers, **({"Cookie": cookies} if cookies else {}), **headers}
        answer, text = ask(self.hosted.server, method, path, body, sent)
        given = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        for one in given:
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return (
            answer.status,
            unescape(text),
            {"set-cookie": "\n".join(given)}
            | {name.lower(): value for name, value in answer.getheaders() if name.lower() != "set-cookie"},
        )


@contextmanager
def hosted(root: Path, desk: PreviewDesk | None = None, **settings: object) -> Iterator[Hosted]:
    """The public pages, the sign-in, the studio of a small workspace, or of `desk`, and the operator's pages."""
    listener, clock, changes = listen("127.0.0.1", 0), Clock(), Changes(heartbeat=0.2)
    port = listener.getsockname()[1]
    named = {"editors": (ED, BOTH), "operators": (OLGA, BOTH)}
    ws = with_settings(
        open_at(root, clock),
        web=WebSettings(base_url=f"http://127.0.0.1:{port}"),
        sign_in=SignInSettings.model_validate({**named, **settings}),
    )
    sign_in, studio = SignIn(ws), Desk()
    pages, told = OperatorDesk(ws), Changes(heartbeat=0.2)
    operator = hosted_operator(sign_in, pages, fill_operator, watching := Watching(pages, told))
    app = with_studio(public(), sign_in, desk or studio, fill_page, changes, operator)
    with served(app, listener) as running:
        yield Hosted(ws, running, clock, sign_in, studio, watching, app)
        changes.close()
        told.close()
    ws.store.close()


def public() -> Starlette:
    """Something public: it needs nobody to be signed in."""
    return Starlette(routes=[Route("/healthz", lambda _request: PlainTextResponse("ok\n"))])
