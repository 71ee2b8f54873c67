"""One POST to an address that an operator named, guarded as every fetch: no redirect is followed."""

from collections.abc import Mapping

from newsletter.net.answer import Failed
from newsletter.net.guarded import Guard, answering, guarded
from newsletter.net.location import Location
from newsletter.net.sockets import Deadline

AGENT = "commonhours (newsletter; tells of alerts)"


def post(url: str, headers: Mapping[str, str], body: bytes, guard: Guard = Guard()) -> Failed | None:  # noqa: B008
    """Post the body; None where it was taken (2xx). It raises nothing, and no address stands in a reason."""
    sent = [("User-Agent", AGENT), ("Content-Length", str(len(body))), *headers.items()]

    def ask(location: Location, deadline: Deadline) -> int:
        with answering("POST", location, sent, guard, deadline, body) as response:
            return int(response.status)

    status = guarded(url, guard, ask)
    if isinstance(status, Failed):
        return status
    return None if 200 <= status < 300 else Failed(f"its server answered {status}")
