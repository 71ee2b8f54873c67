"""Subscribers as text: CSV for spreadsheets, one JSON document a line for everything that is known."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from newsletter.model.people import Consent, Subscriber, Subscription
from newsletter.people.cells import disarm
from newsletter.people.importing import NO_TOPICS

CSV_COLUMNS = ("email", "name", "timezone", "clock", "language", "topics", "digests", "list", "state", "since")

Member = tuple[Subscriber, Subscription]


def to_csv(members: Iterable[Member]) -> Iterator[str]:
    """Lines of a table that `read_import` reads back; cells that a spreadsheet might run are disarmed."""
    yield _csv_line(CSV_COLUMNS)
    for person, membership in members:
        yield _csv_line(
            (
                person.address,
                person.name,
                person.timezone,
                str(person.clock),
                person.language,
                _topics_cell(membership.topics),
                ";".join(membership.digests),
                membership.list,
                membership.state,
                _moment(membership.since) or "",
            )
        )


def to_jsonl(person: Subscriber, memberships: Iterable[Subscription], consents: Iterable[Consent]) -> str:
    """One line with all that is known of one person; nothing is lost in it."""
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
        "subscriptions": [_membership(one) for one in memberships],
        "consents": [_consent(one) for one in consents],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _membership(one: Subscription) -> dict[str, object]:
    return {
        "list": one.list,
        "digests": one.digests,
        "topics": one.topics,
        "state": one.state,
        "since": _moment(one.since),
    }


def _consent(one: Consent) -> dict[str, object]:
    return {
        "list": one.list,
        "action": one.action,
        "at": _moment(one.at),
        "how": one.how,
        "text": one.text,
        "detail": one.detail,
    }


def _topics_cell(topics: tuple[str, ...] | None) -> str:
    if topics is None:
        return ""
    return ";".join(topics) or NO_TOPICS


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([disarm(cell) for cell in cells])
    return line.getvalue()
