"""Lines of an import that are looked at one by one: about people we have, and memberships put back as they were."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy.engine import Connection

from newsletter.app.membership import Event, end_all, enter, leave_list
from newsletter.app.workspace import Workspace
from newsletter.model.people import Consent, ConsentAction, Subscription, SuppressionReason
from newsletter.people.importing.deciding import ENDINGS, RESTORED
from newsletter.people.importing.moments import read_moment
from newsletter.store import consents, imports, subscribers, suppressions
from newsletter.store.imports import Pending

_ACTIONS: dict[str, ConsentAction] = {"bounced": "bounced", "complained": "complained", "blocked": "removed"}


def put_right(connection: Connection, ws: Workspace, name: str, at: datetime) -> None:
    """Apply what an import says of people and memberships we have, and restore what an export of ours tells."""
    community = ws.settings.community.id
    for part in imports.pending(connection):
        lines: list[Consent] = []
        for one in part:
            if one.restored and not one.state:
                lines += _restore(connection, community, one, json.loads(one.restored), at)
            else:
                _change(connection, community, one, f"{name}:{one.line}", at)
        consents.append(connection, community, lines)


def _change(connection: Connection, community: str, one: Pending, detail: str, at: datetime) -> None:
    standing = one.standing.removeprefix(RESTORED)
    if standing in ENDINGS:
        reason = ENDINGS[standing]
        suppressions.add(connection, community, one.who, reason=reason, at=at, detail=detail)
        event = Event(_ACTIONS[standing], at, "import", detail=detail)
        end_all(connection, community, one.subscriber_id, event, None)
    elif standing == "left":
        leave_list(connection, community, one.subscriber_id, one.list, Event("left", at, "import", detail=detail))
    else:
        known = subscribers.subscriptions_of(connection, community, one.subscriber_id)
        mine = next(known_one for known_one in known if known_one.list == one.list)
        enter(connection, community, one.who, mine, mine, Event("imported", at, "import", detail=detail))


def _restore(
    connection: Connection, community: str, one: Pending, told: Mapping[str, Any], at: datetime
) -> list[Consent]:
    """Put back what stands beside the membership; its proofs are returned, to be written with those of others."""
    if one.standing == "suppression":
        reason, detail = cast("SuppressionReason", told["reason"]), told["detail"]
        when = read_moment(told["at"]) or at
        suppressions.add(connection, community, told["who"], reason=reason, at=when, detail=detail)
        return []
    if told["suppressed"]:
        reason = cast("SuppressionReason", told["suppressed"])
        suppressions.add(connection, community, one.who, reason=reason, at=at, detail="import")
    if told["paused_until"] or told["stopped"] or told["online_only"]:
        _choices(connection, community, one, told)
    return [_consent(one, line, at) for line in told["consents"]]


def _consent(one: Pending, line: Mapping[str, Any], at: datetime) -> Consent:
    text = {name: str(line.get(name) or "") for name in ("how", "text", "detail", "version", "network")}
    return Consent(
        who=one.who,
        list=one.list,
        action=line["action"],
        at=read_moment(str(line.get("at"))) or at,
        given_at=read_moment(str(line.get("given_at") or "")),
        **text,
    )


def _choices(connection: Connection, community: str, one: Pending, told: Mapping[str, Any]) -> None:
    mine = subscribers.subscriptions_of(connection, community, one.subscriber_id)
    for found in mine:
        if found.list == one.list:
            changed = Subscription(
                found.subscriber_id, found.list, found.digests, found.topics, found.state, found.since,
                paused_until=read_moment(told["paused_until"]),
                stopped=tuple((item, title) for item, title in told["stopped"]),
                online_only=told["online_only"],
            )  # fmt: skip
            subscribers.set_choices(connection, community, changed, (found.state,), {})
