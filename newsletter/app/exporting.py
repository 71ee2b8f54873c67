"""Subscribers out of the store: listed, counted, as a table for spreadsheets, or with all that is known of them."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from newsletter.app.accounting.deeds import note_alone
from newsletter.app.workspace import Workspace
from newsletter.model.people import Subscriber, Subscription
from newsletter.model.segment import EVERYBODY, All, Homes, Is, Segment
from newsletter.people.address import key_print
from newsletter.people.exporting import suppression_line, to_csv, to_jsonl
from newsletter.people.segments import parse_segment
from newsletter.store import members

Member = tuple[Subscriber, Subscription]


def read_segment(ws: Workspace, where: str = "", list_name: str | None = None, state: str | None = None) -> Segment:
    """The segment that a text means, narrowed to a list and a state; SegmentError says what in it is wrong."""
    parts: list[Segment] = [parse_segment(where, ZoneInfo(ws.settings.community.timezone))]
    parts += [Is("list", list_name)] if list_name else []
    parts += [Is("state", state)] if state else []
    kept = tuple(part for part in parts if part != EVERYBODY)
    return kept[0] if len(kept) == 1 else All(kept)


def homes_of(ws: Workspace) -> Homes:
    """What is meant where a subscriber names no zone or no language."""
    return Homes(ws.settings.community.timezone, ws.settings.community.language)


def find_members(ws: Workspace, segment: Segment = EVERYBODY) -> Iterator[Member]:
    """The members of a segment, one membership each, by address and list."""
    with ws.store.read() as connection:
        yield from members.members(connection, ws.settings.community.id, segment, homes_of(ws))


def count_members(ws: Workspace, segment: Segment) -> int:
    """How many memberships a segment has."""
    with ws.store.read() as connection:
        return members.count(connection, ws.settings.community.id, segment, homes_of(ws))


def export_csv(ws: Workspace, segment: Segment = EVERYBODY) -> Iterator[str]:
    """Lines of a table that `import` reads back, for spreadsheets too: no cell begins like a formula."""
    community = ws.settings.community.id
    note_alone(ws, "exported", detail=_whom(segment))
    with ws.store.read() as connection:
        names = members.attribute_names(connection, community)
        yield from to_csv(members.members(connection, community, segment, homes_of(ws)), names)


def export_jsonl(ws: Workspace, segment: Segment = EVERYBODY) -> Iterator[str]:
    """All that is known of everybody in a segment, one JSON document a line; an import puts it back as it was.

    With everybody, the suppressions of addresses that are nobody's follow, which are keyed hashes alone.
    """
    community = ws.settings.community.id
    note_alone(ws, "exported", detail=f"{_whom(segment)}, with all that is known")
    with ws.store.read() as connection:
        for one in members.everything(connection, community, segment, homes_of(ws)):
            yield to_jsonl(one.person, one.memberships, one.consents, one.suppressed)
        for bar in members.hashed(connection, community) if segment == EVERYBODY else ():
            yield suppression_line(bar.who, bar.reason, bar.at, bar.detail, key_print(ws.hash_key))


def _whom(segment: Segment) -> str:
    """In no words of the segment's: it may name an address."""
    return "everybody" if segment == EVERYBODY else "a part of the subscribers"
