"""`init --from`: look through a website, propose sources and a cadence, and write a workspace that works as it is."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from newsletter.app.config_text import config_text, lists_text
from newsletter.app.sample import InitError, sample_files, sample_root
from newsletter.app.site_files import Site, open_site
from newsletter.app.timing import UsageError
from newsletter.app.workspace import utc_now
from newsletter.dates.cadence.slots import slots
from newsletter.dates.recurrence import last_date, occurrences
from newsletter.dates.zones import find_zone
from newsletter.model.issue import Slot
from newsletter.model.item import Item
from newsletter.model.when import Instant, Recurrence, Sessions, Vague, WeeklyRange
from newsletter.model.workspace import Community, DigestSettings, ListSettings, Secrets, Sender, TopicSettings
from newsletter.settings.reading import CONFIG, LISTS, TomlFile, read_settings
from newsletter.sources.items import slug
from newsletter.sources.layout import Layout, groups, recognise
from newsletter.sources.proposing import Proposal, propose
from newsletter.sources.registry import SourceContext

ADDRESS_WANTED = "Write your postal address here"
MAX_TOPICS = 6
_SLOTS_AHEAD = 60
_CALENDAR_ZONE = re.compile(rb"^(?:X-WR-TIMEZONE|TZID)[^:\r\n]*:([^\r\n]+)", re.MULTILINE | re.IGNORECASE)
_IGNORE = "subscribers/*.db*\nsubscribers/secret.key\nsubscribers/high-water.json\noutbox/\npublic/\n.cache/\n"

WEEKLY = DigestSettings(
    title="", list="community", cadence="weekly on Friday at 09:00", window="7 days from next Monday"
)
MONTHLY = DigestSettings(title="", list="community", cadence="monthly on first Monday at 09:00", window="month")


@dataclass(frozen=True, slots=True)
class Cadence:
    """The digest that is proposed, and why this one."""

    name: str
    digest: DigestSettings
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What was found out about a site, and the files that come of it; nothing is written yet."""

    layout: Layout
    proposals: tuple[Proposal, ...]
    cadence: Cadence
    files: Mapping[str, bytes]
    wanted: tuple[str, ...]


def read_now(text: str | None) -> datetime:
    """`--at` before there is a workspace: a date, or a time, in UTC where it says no offset."""
    if text is None:
        return utc_now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text!r} is not a date; write 2026-12-04 or 2026-12-04T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def plan_workspace(place: str, now: datetime, environ: Mapping[str, str]) -> Plan:
    """Look through the site at `place` as of `now` (aware); InitError where nothing in it can be read."""
    site = open_site(place, now, environ)
    layout = recognise(site.files)
    zone = layout.timezone or _calendar_zone(site.files)
    proposals = _propose_all(site, layout, zone or "UTC", now)
    if not zone and (zone := _zone_of(proposals)):
        proposals = _propose_all(site, layout, zone, now)
    if not any(proposal.source for proposal in proposals):
        raise InitError(f"{place} holds no event and no announcement that can be read; nothing was written")
    items = [item for proposal in proposals if proposal.source for item in proposal.reading.items]
    community = _community(site, layout, zone or "UTC")
    cadence = choose_cadence(items, community.name, ZoneInfo(community.timezone), now)
    files = _files(site, proposals, community, cadence, items)
    return Plan(layout, proposals, cadence, files, tuple(_wanted(layout, zone)))


def refuse_full(directory: Path) -> None:
    """InitError where the folder already holds something."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InitError(f"{directory} is not an empty folder; name a new one, nothing was written")


def write_plan(plan: Plan, directory: Path) -> tuple[Path, ...]:
    """Write the workspace; InitError where the folder already holds something."""
    refuse_full(directory)
    for name, data in plan.files.items():
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    root = sample_root()
    templates = [file for file in sample_files(root) if file.parts[0] == "templates"]
    for file in templates:
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / file, directory / file)
    return (*map(Path, plan.files), *templates)


def choose_cadence(items: Sequence[Item], title: str, home: ZoneInfo, now: datetime) -> Cadence:
    """Weekly where the first weekly issue has an event in it, else monthly; else weekly, and since when."""
    known = {"weekly": WEEKLY, "monthly": MONTHLY}
    digests = {name: digest.model_copy(update={"title": f"{title} {name}"}) for name, digest in known.items()}
    for name, digest in digests.items():
        slot, count = next(_issues(name, digest, items, home, now))
        if count:
            return Cadence(name, digest, f"its first issue, {slot.key}, has {_events(count)}")
    full = ((slot, count) for slot, count in _issues("weekly", digests["weekly"], items, home, now) if count)
    if found := next(full, None):
        reason = f"the next weeks are empty: the first issue with content is {found[0].key}, with {_events(found[1])}"
        return Cadence("weekly", digests["weekly"], reason)
    newest = max((day for item in items if (day := _last_day(item))), default=None)
    told = f"the newest event is of {newest}" if newest else "no event has a date"
    return Cadence("weekly", digests["weekly"], f"nothing lies ahead ({told}): issues stay empty until there is more")


def table_rows(plan: Plan) -> Iterator[tuple[str, str, str, int, int, str]]:
    """The table of what is proposed: source, format, files, events, announcements, and why."""
    for proposal in plan.proposals:
        source, group = proposal.source, proposal.group
        counts = proposal.count("event"), proposal.count("announcement")
        name = source.name if source else f"({group.name})"
        how = f"{group.format}, {source.preset}" if source and source.preset else group.format
        yield (
            name,
            how,
            group.pattern,
            *counts,
            " ".join(proposal.reasons) or "The usual names answer for everything.",
        )


def _propose_all(site: Site, layout: Layout, zone: str, now: datetime) -> tuple[Proposal, ...]:
    context = SourceContext(zone, {}, now.astimezone(ZoneInfo(zone)).date())
    return tuple(propose(group, site.files, layout, context) for group in groups(site.files, layout))


def _zone_of(proposals: Sequence[Proposal]) -> str:
    """The zone that the events themselves name most often, as in "9 am PT"."""
    named = Counter[str]()
    for item in (item for proposal in proposals if proposal.source for item in proposal.reading.items):
        first = item.when.sessions[0] if isinstance(item.when, Sessions) else item.when
        if isinstance(first, Instant | Recurrence | WeeklyRange) and first.tz_source in ("iana", "abbreviation"):
            named[first.timezone] += 1
    return max(named, key=lambda name: (named[name], name), default="")


def _issues(
    name: str, digest: DigestSettings, items: Sequence[Item], home: ZoneInfo, now: datetime
) -> Iterator[tuple[Slot, int]]:
    for slot in islice(slots(name, digest, zone=home, terms={}, after=now), _SLOTS_AHEAD):
        yield slot, sum(_falls_into(item, slot, home) for item in items)


def _falls_into(item: Item, slot: Slot, home: ZoneInfo) -> bool:
    if item.when is None or item.held_back or isinstance(item.when, Vague):
        return False
    return bool(occurrences(item.when, slot.window.start, slot.window.end, home=home, limit=1))


def _last_day(item: Item) -> date | None:
    return last_date(item.when) if item.when and not item.held_back else None


def _events(count: int) -> str:
    return f"{count} event{'s' if count != 1 else ''}"


def _calendar_zone(files: Mapping[str, bytes]) -> str:
    """The zone that the site's calendars name most often."""
    named = Counter[str]()
    for path, data in files.items():
        if path.casefold().endswith(".ics"):
            zones = (find_zone(name.decode("utf-8", "replace").strip()) for name in _CALENDAR_ZONE.findall(data))
            named.update(zone.key for zone in zones if zone)
    return max(named, key=lambda name: (named[name], name), default="")


def _community(site: Site, layout: Layout, zone: str) -> Community:
    name = layout.title or site.name
    ident = re.sub(r"[^a-z0-9-]", "", slug(name)).strip("-")[:40].strip("-") or "community"
    return Community(id=ident, name=name, url=layout.url, timezone=zone, postal_address=ADDRESS_WANTED)


def _files(
    site: Site, proposals: Sequence[Proposal], community: Community, cadence: Cadence, items: Sequence[Item]
) -> dict[str, bytes]:
    host = urlsplit(community.url).hostname or "example.org"
    plain = re.sub(r"[^\w .&-]", " ", community.name).strip() or community.id
    sender = Sender(address=f"{plain} <newsletter@{host.removeprefix('www.')}>")
    topics = dict(_topics(items))
    listed = ListSettings(
        title=community.name, digests=(cadence.name,), topics=tuple(topics),
        consent_text=f"Send me the news of {community.name}. I can leave with one click.",
    )  # fmt: skip
    placed = []
    files: dict[str, bytes] = {}
    for proposal in proposals:
        if source := proposal.source:
            path = source.path if site.git else _inside(source.path)
            placed.append((source.model_copy(update={"git": site.git, "path": path}), proposal.reasons))
            files |= {} if site.git else {_inside(path): site.files[path] for path in proposal.group.paths}
    config = config_text(community, sender, placed, {cadence.name: cadence.digest})
    lists = lists_text({"community": listed}, topics)
    read_settings(TomlFile(CONFIG, config), TomlFile(LISTS, lists), root=Path(), secrets=Secrets())
    return {CONFIG: config.encode(), LISTS: lists.encode(), ".gitignore": _IGNORE.encode(), **files}


def _inside(path: str) -> str:
    """Where a file of the site lies in the workspace."""
    return path if path.startswith("content/") else f"content/{path}"


def _topics(items: Sequence[Item]) -> Iterator[tuple[str, TopicSettings]]:
    """The tags that most events share, as topics."""
    counts = Counter(tag for item in items if item.kind == "event" for tag in item.tags)
    often = sorted((tag for tag in counts if counts[tag] > 1), key=lambda tag: (-counts[tag], tag))
    taken: set[str] = set()
    for tag in often[:MAX_TOPICS]:
        name = slug(tag)
        if name not in taken:
            taken.add(name)
            yield name, TopicSettings(title=tag[:1].upper() + tag[1:], tags=(tag,))


def _wanted(layout: Layout, zone: str) -> Iterator[str]:
    """What only a person knows, and stands in config.toml for them to write."""
    yield "community.postal_address: every mail must show one"
    yield "sender.address: an address that you may send from"
    if not zone:
        yield "community.timezone: nothing in the site names a zone; UTC stands in for it"
    if not layout.url:
        yield "community.url, and base_url of the sources: the site does not say where it is published"
