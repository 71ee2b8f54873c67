"""Whether an address answers: one HEAD (a GET where that is not understood), guarded as every fetch, no body read."""

from dataclasses import dataclass, replace

from newsletter.net.answer import Failed, RefusedError
from newsletter.net.guarded import Guard, answering, guarded
from newsletter.net.location import Location, follow
from newsletter.net.sockets import Deadline

AGENT = "commonhours (newsletter; looks whether links answer)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Answers to a HEAD that say nothing about a GET.
_ASK_AGAIN = frozenset({400, 403, 404, 405, 406, 501})


@dataclass(frozen=True, slots=True)
class Reached:
    """What an address answered: a status, or none and why. `moved` is where it leads and by which status.

    `reason` completes the sentence "it could not be reached: ..."; no address stands in it.
    """

    status: int = 0
    reason: str = ""
    moved: str = ""
    moved_by: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    target: str


def reach(url: str, guard: Guard = Guard()) -> Reached:  # noqa: B008
    """What the address answers, after at most the guard's redirects; it raises nothing."""
    found = guarded(url, guard, lambda location, deadline: _follow(location, guard, deadline))
    return Reached(reason=found.reason, refused=found.refused) if isinstance(found, Failed) else found


def _follow(location: Location, guard: Guard, deadline: Deadline) -> Reached:
    """The first redirect says by which status it moved, and the last where to."""
    moved = Reached()
    for _ in range(guard.limits.redirects + 1):
        answer = _ask("HEAD", location, guard, deadline)
        if answer.status in _ASK_AGAIN:
            answer = _ask("GET", location, guard, deadline)
        if answer.status not in _REDIRECTS or not answer.target:
            return replace(moved, status=answer.status)
        location = follow(location, answer.target)
        moved = Reached(moved=location.url, moved_by=moved.moved_by or answer.status)
    raise RefusedError(f"it redirects more than {guard.limits.redirects} times")


def _ask(method: str, location: Location, guard: Guard, deadline: Deadline) -> _Answer:
    """Status and Location alone; the connection is closed before a body could come."""
    headers = [("User-Agent", AGENT), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    with answering(method, location, headers, guard, deadline) as response:
        found = next((value for name, value in response.headers if name.lower() == b"location"), b"")
        return _Answer(response.status, found.decode("latin-1"))
