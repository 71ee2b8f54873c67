"""Whether a record is an event, an announcement or a page, and whether its author wants it told at all."""

from newsletter.model.item import Kind, Status, Visibility
from newsletter.model.workspace import SourceSettings
from newsletter.sources.document import squash
from newsletter.sources.fields import Fields
from newsletter.sources.record import Record
from newsletter.sources.report import Report
from newsletter.sources.when_fields import has_when

_KINDS: dict[str, Kind] = {
    "event": "event",
    "events": "event",
    "announcement": "announcement",
    "announcements": "announcement",
    "news": "announcement",
    "page": "page",
}
_ANNOUNCING = frozenset({"announcement", "announcements", "news"})
_STATUSES: dict[str, Status] = {
    "confirmed": "confirmed",
    "published": "confirmed",
    "approved": "confirmed",
    "scheduled": "confirmed",
    "active": "confirmed",
    "open": "confirmed",
    "live": "confirmed",
    "upcoming": "confirmed",
    "past": "confirmed",
    "started": "confirmed",
    "ended": "confirmed",
    "completed": "confirmed",
    "tentative": "tentative",
    "tba": "tentative",
    "planned": "tentative",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "postponed": "postponed",
}
_UNFINISHED = frozenset(
    {
        "draft",
        "wip",
        "work in progress",
        "hidden",
        "deferred",
        "rejected",
        "private",
        "unpublished",
        "pending",
        "todo",
    }
)
_TRUE = frozenset({"true", "yes", "1", "on", "y"})
_FALSE = frozenset({"false", "no", "0", "off", "n"})

#: What besides a date makes a bare `date` that of an event and not of a post.
_EVENT_SIGNS = ("end", "end_time", "start_time", "time", "duration", "place", "mode", "registration_url")


def unpublished(fields: Fields, path: str) -> str | None:
    """Why this is not to be told yet, in the author's own word; None where it is."""
    for key in ("draft", "hidden"):
        if (found := fields.named(key)) and found.text.casefold() in _TRUE:
            return f"{key} = {found.text}"
    for key in ("published", "publish", "visible"):
        if (found := fields.named(key)) and found.text.casefold() in _FALSE:
            return f"{key} = {found.text}"
    found = fields.find("status")
    if found and found.text.casefold() in _UNFINISHED:
        return f"{found.key} = {found.text}"
    return "it lies in _drafts" if "_drafts/" in path else None


def kind_of(fields: Fields, record: Record, source: SourceSettings) -> Kind:
    """Explicit `kind` first; then dates make an event, and a publishing date or an announcing tag an announcement.

    A page that lists those beside it is no news, whatever date its generator has put on it.
    """
    if (found := fields.find("kind")) and (explicit := _KINDS.get(found.text.casefold())):
        return explicit
    if source.kind == "page":
        return "page"
    if record.is_section and not _has_own_date(fields):
        return "page"
    if record.when is not None or has_when(fields) or source.kind == "event":
        return "event"
    if date_is_event(fields, source) and fields.find("date"):
        return "event"
    if source.kind == "announcement" or record.hint == "announcement" or _announces(fields, record):
        return "announcement"
    return record.hint or "page"


def _has_own_date(fields: Fields) -> bool:
    """Whether it says when it happens under another key than `date`, which generators write into every page."""
    return has_when(fields) and any(
        squash(found.key) != "date" for name in ("start", "dates", "recurrence") if (found := fields.find(name))
    )


def date_is_event(fields: Fields, source: SourceSettings) -> bool:
    """Whether a bare `date` is when it happens: beside an end or a place it is, in a blog it is when it was told."""
    if "date" in source.field_map or source.kind == "announcement":
        return False
    if (found := fields.find("kind")) and found.text.casefold() in _KINDS:
        return _KINDS[found.text.casefold()] == "event"
    return source.kind == "event" or any(fields.find(name) for name in _EVENT_SIGNS)


def status_of(fields: Fields, report: Report) -> Status:
    """The status; one nobody knows is reported and taken for confirmed."""
    cancelled = fields.named("cancelled") or fields.named("canceled")
    if cancelled and cancelled.text.casefold() in _TRUE:
        return "cancelled"
    found = fields.find("status")
    if found is None:
        return "confirmed"
    status = _STATUSES.get(found.text.casefold())
    if status is None:
        text = (
            f"{found.key} = {found.text!r} is no status; known are confirmed, tentative, cancelled, postponed, draft."
        )
        report.warning("W-STATUS", text, found.line)
    return status or "confirmed"


def visibility_of(fields: Fields, source: SourceSettings, report: Report) -> Visibility:
    """Who may see it; a word nobody knows keeps it among members."""
    if (private := fields.named("private")) and private.text.casefold() in _TRUE:
        return "members"
    found = fields.find("visibility")
    if found is None or found.text.casefold() == "public":
        return source.visibility if found is None else "public"
    if found.text.casefold() != "members":
        text = f"{found.key} = {found.text!r} is neither public nor members; it stays among members."
        report.warning("W-VISIBILITY", text, found.line)
    return "members"


def _announces(fields: Fields, record: Record) -> bool:
    if fields.find("publish") or fields.find("date") or record.publish:
        return True
    words = [*fields.entries("category"), *fields.entries("tags")]
    return any(word.casefold() in _ANNOUNCING for word in words)
