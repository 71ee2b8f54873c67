"""All that is kept about one person, as a JSON document for them to take along (GDPR, articles 15 and 20)."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from newsletter.app.workspace import Workspace
from newsletter.model.people import Subscriber
from newsletter.store import consents, history, links, subscribers, suppressions

FORMAT = "newsletter-own-data/1"


def own_data(connection: Connection, ws: Workspace, person: Subscriber) -> dict[str, Any]:
    """Everything about this person and nothing about anybody else, ready for JSON; times are ISO 8601 in UTC.

    What was sent is named by its key: the issues themselves are the same for many and are in the archive.
    """
    community, key = ws.settings.community, subscribers.who_of(connection, ws.settings.community.id, person.id) or ""
    waiting = links.waiting_of(connection, community.id, person.id)
    return {
        "format": FORMAT,
        "made_at": ws.clock(),
        "community": {"id": community.id, "name": community.name},
        "subscriber": asdict(person),
        "subscriptions": [asdict(one) for one in subscribers.subscriptions_of(connection, community.id, person.id)],
        "consents": [asdict(line) for line in consents.of(connection, community.id, key)],
        "suppressed": suppressions.reason_of(connection, community.id, key),
        "address_to_confirm": {"address": waiting.address, "asked_at": waiting.at} if waiting else None,
        "deliveries": history.deliveries_of(connection, community.id, person.id),
        "service_mails": history.service_mails_of(connection, community.id, person.id),
        "signups": history.signups_of(connection, community.id, key),
    }


def as_json(document: dict[str, Any]) -> bytes:
    """The document as indented UTF-8."""
    return (json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the document")
