"""One GET, guarded: http(s) alone, public addresses alone, few redirects, a bounded body, a bounded time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpcore2

from newsletter.net.answer import Answer, Failed, Fetched, NotModified, RefusedError, Validators
from newsletter.net.guarded import Guard, Limits, answering, guarded
from newsletter.net.location import Location, follow
from newsletter.net.sockets import Deadline

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGENT = "commonhours (newsletter; fetches calendars and feeds)"


@dataclass(frozen=True, slots=True)
class _Redirect:
    target: str


def fetch(url: str, validators: Validators = Validators(), guard: Guard = Guard()) -> Answer:  # noqa: B008
    """What stands at the address, unless the copy that the validators belong to is still good; it raises nothing."""
    return guarded(
        url,
        guard,
        lambda location, deadline: _follow(location, validators, guard, deadline),
        late="it did not answer in full",
    )


def _follow(location: Location, validators: Validators, guard: Guard, deadline: Deadline) -> Answer:
    for _ in range(guard.limits.redirects + 1):
        found = _ask(location, validators, guard, deadline)
        if not isinstance(found, _Redirect):
            return found
        location = follow(location, found.target)
    raise RefusedError(f"it redirects more than {guard.limits.redirects} times")


def _ask(location: Location, validators: Validators, guard: Guard, deadline: Deadline) -> Answer | _Redirect:
    with answering("GET", location, _headers(validators), guard, deadline) as response:
        return _read(response, guard.limits, conditional=validators != Validators())


def _headers(validators: Validators) -> list[tuple[str, str]]:
    """No compression is offered: a small body cannot then become a huge one here."""
    headers = [("User-Agent", AGENT), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    if validators.etag:
        headers.append(("If-None-Match", validators.etag))
    if validators.last_modified:
        headers.append(("If-Modified-Since", validators.last_modified))
    return headers


def _read(response: httpcore2.Response, limits: Limits, *, conditional: bool) -> Answer | _Redirect:
    headers = _decoded(response.headers)
    if response.status in _REDIRECTS and headers.get("location"):
        return _Redirect(headers["location"])
    if response.status == 304 and conditional:
        return NotModified()
    if response.status != 200:
        return Failed(f"its server answered {response.status}")
    if headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        raise RefusedError("its server sent it compressed, though it was asked not to")
    data = _body(response, headers, limits.size)
    return Fetched(data, Validators(_printable(headers.get("etag")), _printable(headers.get("last-modified"))))


def _body(response: httpcore2.Response, headers: Mapping[str, str], limit: int) -> bytes:
    stated = headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and (len(stated) > 15 or int(stated) > limit):
        raise RefusedError(_too_large(limit))
    data = bytearray()
    for chunk in response.iter_stream():
        data += chunk
        if len(data) > limit:
            raise RefusedError(_too_large(limit))
    return bytes(data)


def _too_large(limit: int) -> str:
    return f"it has more than {limit / 1_000_000:g} MB"


def _decoded(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _printable(value: str | None) -> str:
    """A validator as it will be sent back: one short line, or none."""
    return value if value and value.isascii() and value.isprintable() and len(value) <= 500 else ""
