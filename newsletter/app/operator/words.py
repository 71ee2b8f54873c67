"""How the operator's pages say things: moments on the community's clock, spans, shares, and groups of states."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.model.delivery import STATES, DeliveryState
from newsletter.render.plotting import number_text

#: What a column counts, under the name by which its rows are asked for.
GROUPS: Mapping[str, tuple[DeliveryState, ...]] = {
    "waiting": ("pending", "claimed", "submitting"),
    "handed-over": ("accepted", "delivered", "deferred", "bounced", "dropped", "complained"),
    "returned": ("bounced", "dropped", "failed"),
    "answered": ("accepted", "delivered", "deferred", "bounced", "dropped", "complained", "failed"),
    "left-out": ("suppressed", "skipped"),
    "all": STATES,
}
#: What each of them means, in a few words.
MEANINGS: Mapping[str, str] = {
    "all": "everybody it was planned for",
    "waiting": "has not left yet",
    "handed-over": "was taken by the provider",
    "returned": "bounced, was dropped by the provider, or was refused at once",
    "answered": "the provider answered for it",
    "left-out": "planned for, and not sent on purpose",
    "pending": "waits for its turn, or for a second try",
    "claimed": "a worker has it in hand",
    "submitting": "is being handed over right now",
    "accepted": "the provider took it; nothing came back since",
    "delivered": "the reader's mail server took it",
    "deferred": "the reader's mail server asked the provider to wait",
    "bounced": "came back",
    "dropped": "the provider did not send it on",
    "complained": "the reader called it spam",
    "failed": "was refused for good when it was handed over",
    "unknown": "nobody knows whether it left; it is never sent again blindly",
    "suppressed": "the address is never written to",
    "skipped": "nothing was to be sent: they left, rest, or nothing is of interest to them",
    "cancelled": "the sending was stopped before its turn",
}


def states_of(show: str) -> tuple[DeliveryState, ...]:
    """The states that a name stands for; everything for a name that is not known."""
    alone: dict[str, tuple[DeliveryState, ...]] = {state: (state,) for state in STATES}
    return GROUPS.get(show) or alone.get(show) or STATES


def name_of(show: str) -> str:
    """The name as people read it."""
    return "planned" if show == "all" else show.replace("-", " ")


def moment_text(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """A moment on the community's clock: "Fri 4 Dec, 09:00"; the year where it is not this one."""
    local = at.astimezone(zone)
    year = f" {local.year}" if now is not None and local.year != now.astimezone(zone).year else ""
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"


def span_text(span: timedelta) -> str:
    """A length of time in its largest unit that has at least two: "40 s", "6 min", "3 hours", "2 days"."""
    seconds = max(0, int(span.total_seconds()))
    for name, size in (("days", 86_400), ("hours", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {name}"
    return f"{seconds} s"


def ago_text(at: datetime, now: datetime) -> str:
    """How long ago, or how far ahead, a moment is."""
    return f"{span_text(now - at)} ago" if at <= now else f"in {span_text(at - now)}"


def share_text(part: int, base: int) -> str:
    """A share in percent, as fine as it takes to see that it is not nothing; empty without a base."""
    if not base:
        return ""
    percent = 100 * part / base
    if 0 < percent < 0.1:
        return "below 0.1 %"
    text = number_text(round(percent, 0 if percent >= 10 else 1))
    return f"{'almost 100' if text == '100' and part < base else text} %"


def count_text(number: int, one: str, more: str = "") -> str:
    """A number with its noun: "1 issue", "2 issues"."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
