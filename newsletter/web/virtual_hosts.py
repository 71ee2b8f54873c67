"""Several communities behind one socket: each is reached at its own public address, and at no other.

A request is a community's where its Host is that of the community's public address and its path lies below the path
of that address, the longest first. Posts of providers name their community in their own path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.settings.reserved_paths import first_reserved
from newsletter.web.hooks import HOOKS

NOT_HERE = "There is nothing at this address.\n"
_USUAL = (":80", ":443")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a community is reached: the host as a request names it, and the path that stands before its pages."""

    host: str
    path: str = ""

    @classmethod
    def of(cls, url: str) -> "Place":
        """The place of a public address."""
        parts = urlsplit(url)
        return cls(plain_host(parts.netloc), parts.path.rstrip("/"))

    def holds(self, host: str, path: str) -> bool:
        """Whether a request for this host and path is meant for it."""
        return host == self.host and (path == self.path or path.startswith(f"{self.path}/"))

    def below(self, other: "Place") -> str:
        """The first part of its path below the other's; empty where it does not lie there."""
        inside = other.holds(self.host, self.path) and self.path != other.path
        return self.path.removeprefix(other.path).split("/")[1] if inside else ""

    def __str__(self) -> str:
        return self.host + self.path


class PlaceTakenError(ValueError):
    """Another community is reached there already; the sentence names both."""


def plain_host(text: str) -> str:
    """A Host header, or the host of an address, so that one compares with the other: usual ports are left out."""
    host = text.rpartition("@")[2].lower()
    for usual in _USUAL:
        host = host.removesuffix(usual)
    return host.removesuffix(".")


class VirtualHosts:
    """The app of one socket. Communities come and go while it serves; each is known by its id."""

    def __init__(self) -> None:
        self._homes: Mapping[str, tuple[Place, ASGIApp]] = {}

    def put(self, community: str, url: str, app: ASGIApp) -> None:
        """Serve the community at its address, in the place of what stood for it. PlaceTakenError as above."""
        place = Place.of(url)
        for other, (its, _) in self._homes.items():
            if other == community:
                continue
            if its == place:
                raise PlaceTakenError(
                    f"{other} and {community} are both reached at {place}: give each a [web] base_url of its own "
                    "(another host name, or another path)"
                )
            if taken := first_reserved(place.below(its) or its.below(place)):
                raise PlaceTakenError(
                    f"{place} and {its}, of {community} and {other}: below the one, /{taken} is a page of its own; "
                    "give the other a [web] base_url with another path"
                )
        self._homes = {**self._homes, community: (place, app)}

    def drop(self, community: str) -> None:
        """Serve the community no more."""
        self._homes = {one: home for one, home in self._homes.items() if one != community}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the community it is meant for."""
        if scope["type"] == "http":
            app, scope = self._app(scope)
            await app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)

    def _app(self, scope: Scope) -> tuple[ASGIApp, Scope]:
        hosts = Headers(scope=scope).getlist("host")
        host, path = plain_host(hosts[0]) if len(hosts) == 1 else "", str(scope["path"])
        homes = tuple(self._homes.items())
        here = [(place, app) for _, (place, app) in homes if place.holds(host, path)]
        if here:
            place, app = max(here, key=lambda home: len(home[0].path))
            return app, _below(scope, place.path)
        for community, (place, app) in homes:
            if place.host == host and path.startswith(f"{HOOKS}{community}/"):
                return app, scope
        return (_alive if path == "/healthz" else _nothing), scope


def _below(scope: Scope, path: str) -> Scope:
    """The request as the app below that path sees it."""
    return {**scope, "path": scope["path"].removeprefix(path) or "/"} if path else scope


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await _plain(PlainTextResponse(NOT_HERE, 404))(scope, receive, send)


async def _alive(scope: Scope, receive: Receive, send: Send) -> None:
    """A supervisor asks by the machine's own name whether anybody is there."""
    await _plain(PlainTextResponse("ok\n"))(scope, receive, send)


def _plain(response: Response) -> Response:
    response.headers.update({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    return response


async def _lifespan(receive: Receive, send: Send) -> None:
    """None of the apps has anything to do when the server begins or ends."""
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
