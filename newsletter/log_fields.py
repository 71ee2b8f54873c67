"""What a line of the log is about, in fields: ids that say which, and never what they stand for."""

from contextvars import ContextVar
from typing import Any

#: The community that a thread works for; what its lines do not say themselves is said by this.
SPOKEN_OF: ContextVar[str] = ContextVar("community", default="")
#: The fields of a line, in the order in which they stand.
FIELDS = ("community", "issue", "mailing", "delivery", "attempt", "worker", "mail", "count", "seconds")


def about(event: str, community: str = "", **ids: object) -> dict[str, Any]:
    """What `extra` takes: the event by its name, and the ids that are known; ValueError where FIELDS lacks one."""
    unknown = set(ids) - set(FIELDS)
    if unknown:
        raise ValueError(f"no such field of a log line: {', '.join(sorted(unknown))}")
    known = {"community": community, **ids}
    return {"event": event, "about": {name: known[name] for name in FIELDS if known.get(name) not in (None, "")}}
