"""Everything that a community's pages and programs are shown, found by following links and not from a list."""

import json
import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from secrets import token_hex
from typing import Any
from urllib.parse import quote, urljoin

from neighbours_quarter import Quarter
from support_neighbours import Neighbour

from newsletter.app.accounting.actors import account
from newsletter.app.api.operations import OPERATIONS, PREFIX, Operation
from newsletter.app.api.tokens import create_token
from newsletter.app.signing_in.people import people_of
from newsletter.app.signing_in.sessions import new_link, sign_in
from newsletter.model.api import SCOPES

LINK = re.compile(r"""\b(?:href|src|action|data-[a-z]+)=["']([^"'#]*)""")
#: What lasts as long as somebody listens; its beginning is read.
STREAM = re.compile(r"/events(\?|$)")
FORM = "application/x-www-form-urlencoded"


def signed_in(quarter: Quarter, one: Neighbour, role: str) -> dict[str, str]:
    """The headers of somebody with a role at a community, and with no other there."""
    ws = quarter.ws(one)
    person = next(known for known in people_of(ws).values() if known.roles == {role})
    cookie = sign_in(ws, new_link(ws, person, quarter.clock.now))
    name = "__Host-newsletter" + ("" if one.base_url.count("/") == 2 else f"-{one.id}")
    return {"Cookie": f"{name}={cookie}", "Accept": "text/html"}


def crawl(quarter: Quarter, one: Neighbour, *begin: str, most: int = 1000, **headers: str) -> dict[str, str]:
    """Each page that can be reached from these within the community, with its text and its headers' status.

    A page that only differs in how wide or in which colours a mail is shown is looked at once.
    """
    found: dict[str, str] = {}
    waiting, known = deque(begin), set(begin)
    while waiting and len(found) < most:
        path = waiting.popleft()
        code, text = _asked(quarter, one, path, headers)
        assert code < 500, (path, code)
        found[path] = text
        for linked in _links(one, path, text):
            if (alike := _alike(linked)) not in known:
                known.add(alike)
                waiting.append(linked)
    return found


def _asked(quarter: Quarter, one: Neighbour, path: str, headers: dict[str, str]) -> tuple[int, str]:
    if STREAM.search(path):
        return 200, stream_of(quarter, one, path, headers)
    return quarter.ask(one, path, **headers)


def _links(one: Neighbour, path: str, text: str) -> Iterator[str]:
    """The addresses in a page that are the community's own, below its public address."""
    home = one.base_url
    for target in LINK.findall(text):
        url = urljoin(home + path, unescape(target))
        if url.startswith(home + "/"):
            yield url.removeprefix(home)


def _alike(path: str) -> str:
    return re.sub(r"(?<=[?&])(width|zoom|scheme|styles|images|number|seen|form)=[^&]*&?", "", path).rstrip("?&")


def stream_of(quarter: Quarter, one: Neighbour, path: str, headers: dict[str, str]) -> str:
    """What a stream says first."""
    host, _, before = one.base_url.removeprefix("https://").partition("/")
    connection = HTTPConnection("127.0.0.1", quarter.server.port, timeout=120)
    try:
        connection.request("GET", f"/{before}{path}" if before else path, headers={"Host": host, **headers})
        return connection.getresponse().read1(4096).decode()
    finally:
        connection.close()


def forms(text: str) -> list[dict[str, str]]:
    """The hidden fields of each form of a page."""
    return [
        {name: unescape(value) for name, value in re.findall(r'name="([^"]+)"[^>]*?value="([^"]*)"', form)}
        for form in re.findall(r"<form.*?</form>", text, re.DOTALL)
    ]


class Program:
    """A program with a token of one community, good for everything there is."""

    def __init__(self, quarter: Quarter, one: Neighbour) -> None:
        self.quarter, self.one = quarter, one
        self.token = create_token(quarter.ws(one), f"site {token_hex(4)}", tuple(SCOPES), None, account())[1]

    def ask(self, method: str, path: str, body: Any = None, of: Neighbour | None = None) -> tuple[int, str]:
        """A request to the community, or with its token to another."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body)
        return self.quarter.ask(of or self.one, PREFIX + path, method, data, **headers)

    def reads(self, names: dict[str, list[str]]) -> dict[str, str]:
        """The answer of each GET there is, for each of what its path may name."""
        paths = [path for one in OPERATIONS if one.is_read for path in paths_of(one, names)]
        return {f"GET {path}": self.ask("GET", path)[1] for path in [*paths, "/openapi.json"]}


def paths_of(operation: Operation, names: dict[str, list[str]]) -> list[str]:
    """The paths of an operation, with each name that may stand in it; KeyError for a place that is not thought of."""
    paths = [operation.path]
    for place in re.findall(r"\{(\w+)\}", operation.path):
        paths = [
            path.replace(f"{{{place}}}", quote(name, safe="")) for path in paths for name in names[place]
        ]  # fmt: skip
    return paths
