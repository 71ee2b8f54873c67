"""Whether a digest's times fit together: drafted before its first reader gets it, and no day without an issue."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.dates.cadence.parsing import parse_cadence, parse_lead
from newsletter.dates.cadence.rules import CadenceError
from newsletter.dates.cadence.slots import slots
from newsletter.dates.waves import longest_lead
from newsletter.model.issue import Slot
from newsletter.model.workspace import DigestSettings, Settings

#: Key path, problem code, sentence.
Fault = tuple[tuple[str | int, ...], str, str]
#: Two years of weekly slots show every length of month, and a leap day.
_SLOTS = 105
_SINCE = datetime(2024, 1, 1, tzinfo=UTC)


def check_waves(name: str, digest: DigestSettings, home: str) -> Iterator[Fault]:
    """Whether a digest that leaves by each reader's clock is drafted before its first reader gets it."""
    try:
        needed, lead = longest_lead(ZoneInfo(home)), parse_lead(digest.draft)
    except (KeyError, ValueError, OSError):
        return  # told as a fault of its own
    if digest.send_at == "reader" and lead <= needed:
        hours = -(-needed // timedelta(hours=1))
        text = (
            f'`digests.{name}.draft`: {digest.draft!r} is too late for `send_at = "reader"`: readers far in the east '
            f"get it up to {hours} hours before the slot; write '2 days before' or more"
        )
        yield ("digests", name, "draft"), "settings.draft", text


def uncovered_days(settings: Settings) -> Iterator[Fault]:
    """Digests by the week, month or quarter that leave days between two windows; a break between terms is meant."""
    for name, digest in settings.digests.items():
        gap = _first_gap(name, digest, ZoneInfo(settings.community.timezone))
        if gap is not None and gap.until is not None:
            first, last = gap.window.end, gap.until - timedelta(days=1)
            days = (gap.until.date() - first.date()).days
            text = (
                f"digest {name!r} ({digest.cadence}) with the window {digest.window!r} leaves {days} "
                f"day{'s' * (days > 1)} between two issues, such as {first:%d %b %Y} to {last:%d %b %Y}: what takes "
                "place then is told ahead by the issue before; a longer window would tell it as the rest"
            )
            yield ("digests", name, "window"), "settings.window-gap", text


@lru_cache(maxsize=256)
def _first_gap(name: str, digest: DigestSettings, home: ZoneInfo) -> Slot | None:
    if parse_cadence(digest.cadence).kind in ("term", "manual"):
        return None
    try:
        found = islice(slots(name, digest, zone=home, terms={}, after=_SINCE), _SLOTS)
        return next((slot for slot in found if slot.until is not None), None)
    except CadenceError:
        return None  # a window of terms: what it covers depends on them
