"""Pages and calendars for everybody, and each reader's own calendar behind its link: shown, and never changed.

What is there is answered with its digest as ETag, so that programs that look again every hour are told "as before".
A name that is not there and a link that is not ours get the same answer. A GET that finds something is counted by the
thing's name alone: a HEAD is not, nor what a browser fetches before anybody asked to see it.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from newsletter.model.numbers import NumberKind
from newsletter.model.publishing import PublicFile

#: Characters. Longer than any name or token of ours.
LONGEST_NAME = 512
#: Seconds that a page or a calendar may be kept before it is asked for again.
PAGE_AGE, CALENDAR_AGE = 300, 3600
PICTURE_KEPT = "public, max-age=31536000, immutable"
#: What a request is counted as: its kind, and the public name of what it is for.
Counted = tuple[NumberKind, str]
#: An issue's key ends with the date of its slot, which no digest's name does.
_ISSUE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
#: Pages for everybody may be indexed and linked to; nothing in them runs. Their events for search engines are data.
PUBLIC_PAGE: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Robots-Tag": "all",
}


class Shelf(Protocol):
    """What is published, by name; None for what is not there. Calls run in threads."""

    def archive_file(self, name: str) -> PublicFile | None:
        """A page, feed or chat copy of the archive."""
        ...

    def picture_file(self, name: str) -> PublicFile | None:
        """A picture that a mail or a page shows."""
        ...

    def event_file(self, slug: str) -> PublicFile | None:
        """The calendar file of one event."""
        ...

    def topic_file(self, topic: str) -> PublicFile | None:
        """The calendar of a topic, or of everything."""
        ...

    def personal_file(self, token: str) -> PublicFile | None:
        """The calendar of the reader whose link it is."""
        ...


class Counting(Protocol):
    """What keeps count of requests; it writes nothing while somebody waits."""

    def count(self, kind: NumberKind, about: str = "") -> None:
        """One more request for this."""
        ...


def published_routes(shelf: Shelf, numbers: Counting | None = None) -> list[Route]:
    """The routes below /archive and /calendar; what they do not find is told as any page that is not there."""
    pages = Published(shelf, numbers)
    return [
        Route("/archive", pages.to_index, methods=["GET"]),
        Route("/archive/", pages.archive, methods=["GET"]),
        Route("/archive/pictures/{name}", pages.picture, methods=["GET"]),
        Route("/archive/{name}", pages.archive, methods=["GET"]),
        Route("/calendar/event/{name}.ics", pages.event, methods=["GET"]),
        Route("/calendar/s/{name}.ics", pages.personal, methods=["GET"]),
        Route("/calendar/{name}.ics", pages.topic, methods=["GET"]),
    ]


class Published:
    """The endpoints over one shelf."""

    def __init__(self, shelf: Shelf, numbers: Counting | None = None) -> None:
        self.shelf = shelf
        self.numbers = numbers

    async def to_index(self, request: Request) -> Response:
        """The folder's own address: its pages link to each other by name alone."""
        return RedirectResponse("archive/", 308)

    async def archive(self, request: Request) -> Response:
        """A file of the archive; the first page where none is named."""
        name = request.path_params.get("name", "index.html")
        kept = f"public, max-age={PAGE_AGE}"
        return await self._answer(request, self.shelf.archive_file, name, kept, _counted_as(name))

    async def picture(self, request: Request) -> Response:
        """A picture, whose name is that of its content: it never becomes another."""
        return await self._answer(request, self.shelf.picture_file, _name(request), PICTURE_KEPT)

    async def event(self, request: Request) -> Response:
        """One event, to be imported."""
        name, kept = _name(request), f"public, max-age={CALENDAR_AGE}"
        return await self._answer(request, self.shelf.event_file, name, kept, ("event calendar", name))

    async def topic(self, request: Request) -> Response:
        """A topic's calendar, to be subscribed to."""
        name, kept = _name(request), f"public, max-age={CALENDAR_AGE}"
        return await self._answer(request, self.shelf.topic_file, name, kept, ("topic calendar", name))

    async def personal(self, request: Request) -> Response:
        """A reader's own calendar: kept by their program alone, in no index, and counted without whose it is."""
        file = await _find(self.shelf.personal_file, _name(request))
        answer = _response(request, file, {"Cache-Control": f"private, max-age={CALENDAR_AGE}"})
        self._count(request, ("personal calendar", ""))
        return answer

    async def _answer(
        self,
        request: Request,
        find: Callable[[str], PublicFile | None],
        name: str,
        kept: str,
        counted: Counted | None = None,
    ) -> Response:
        answer = _response(request, await _find(find, name), {**PUBLIC_PAGE, "Cache-Control": kept})
        self._count(request, counted)
        return answer

    def _count(self, request: Request, counted: Counted | None) -> None:
        if self.numbers is not None and counted is not None and _is_asked_for(request):
            self.numbers.count(*counted)


def _counted_as(name: str) -> Counted | None:
    """The page of an issue, or a feed; lists and chat copies are not counted."""
    stem, _, ending = name.rpartition(".")
    if ending == "html" and _ISSUE.search(stem):
        return "web copy", stem
    return ("feed", stem) if ending in ("atom", "json") else None


def _is_asked_for(request: Request) -> bool:
    """Whether somebody or some program asks to have it, and not whether it is there or might be wanted soon."""
    early = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return request.method == "GET" and "prefetch" not in early.lower() and "preview" not in early.lower()


async def _find(find: Callable[[str], PublicFile | None], name: str) -> PublicFile | None:
    return await run_in_threadpool(find, name) if len(name) <= LONGEST_NAME else None


def _response(request: Request, file: PublicFile | None, headers: Mapping[str, str]) -> Response:
    if file is None:
        raise HTTPException(404)
    tag = f'"{hashlib.sha256(file.body).hexdigest()[:32]}"'
    with_tag = {**headers, "ETag": tag}
    if tag in _tags(request):
        return Response(status_code=304, headers=with_tag)
    return Response(file.body, headers=with_tag, media_type=file.media_type)


def _tags(request: Request) -> set[str]:
    """The tags of If-None-Match; a proxy may have made them weak."""
    return {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}


def _name(request: Request) -> str:
    name: str = request.path_params["name"]
    return name
