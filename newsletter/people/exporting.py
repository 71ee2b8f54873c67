"""Subscribers as text: CSV for spreadsheets, one JSON document a line for everything that is known."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from newsletter.model.people import Consent, Subscriber, Subscription
from newsletter.people.cells import disarm
from newsletter.people.importing.choices import NO_TOPICS
from newsletter.people.importing.columns import ATTRIBUTE

CSV_COLUMNS = (
    "email", "name", "timezone", "clock", "language", "density", "text_only", "topics", "digests", "list", "state",
    "since",
)  # fmt: skip

Member = tuple[Subscriber, Subscription]


def to_csv(members: Iterable[Member], attributes: Sequence[str] = ()) -> Iterator[str]:
    """Lines of a table that an import reads back, with these attributes behind our own columns.

    Cells that a spreadsheet might run are disarmed; the consent log is in the JSON lines alone.
    """
    yield _csv_line((*CSV_COLUMNS, *(f"{ATTRIBUTE}{name}" for name in attributes)))
    for person, membership in members:
        yield _csv_line((*_cells(person, membership), *(_value(person.attributes.get(name)) for name in attributes)))


def to_jsonl(
    person: Subscriber, memberships: Iterable[Subscription], consents: Iterable[Consent], suppressed: str = ""
) -> str:
    """All that is known of one person, on one line; nothing is lost. `suppressed` is a suppression's reason."""
    document = {
        "id": person.id,
        "address": person.address,
        "name": person.name,
        "timezone": person.timezone,
        "clock": person.clock,
        "language": person.language,
        "density": person.density,
        "text_only": person.text_only,
        "created_at": _moment(person.created_at),
        "attributes": dict(person.attributes),
        "suppressed": {"reason": suppressed} if suppressed else None,
        "subscriptions": [_membership(one) for one in memberships],
        "consents": [_consent(one) for one in consents],
    }
    return _line(document)


def suppression_line(who: str, reason: str, at: datetime, detail: str, key: str) -> str:
    """One line about an address that is known by its keyed hash alone; `key` tells under which key it was made."""
    found = {"who": who, "reason": reason, "at": _moment(at), "detail": detail, "key": key}
    return _line({"suppression": found})


def _membership(one: Subscription) -> dict[str, object]:
    return {
        "list": one.list,
        "digests": one.digests,
        "topics": one.topics,
        "state": one.state,
        "since": _moment(one.since),
        "paused_until": _moment(one.paused_until),
        "stopped": one.stopped,
        "online_only": one.online_only,
    }


def _consent(one: Consent) -> dict[str, object]:
    return {
        "list": one.list,
        "action": one.action,
        "at": _moment(one.at),
        "how": one.how,
        "text": one.text,
        "version": one.version,
        "network": one.network,
        "detail": one.detail,
        "given_at": _moment(one.given_at),
    }


def _cells(person: Subscriber, membership: Subscription) -> tuple[str, ...]:
    return (
        person.address,
        person.name,
        person.timezone,
        str(person.clock),
        person.language,
        person.density,
        "yes" if person.text_only else "",
        _topics_cell(membership.topics),
        ";".join(membership.digests),
        membership.list,
        membership.state,
        _moment(membership.since) or "",
    )


def _topics_cell(topics: tuple[str, ...] | None) -> str:
    if topics is None:
        return ""
    return ";".join(topics) or NO_TOPICS


def _value(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _line(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([disarm(cell) for cell in cells])
    return line.getvalue()
