"""Who joins a list is sent the issue that went out last, once, where the list says so."""

from datetime import datetime

from newsletter.app.dispatching import edition_renderer
from newsletter.app.planning import SendRefused
from newsletter.app.topping_up import top_up
from newsletter.app.workspace import Workspace
from newsletter.store import mailings, subscribers


def welcome(ws: Workspace, subscriber_id: str, list_name: str, now: datetime) -> str:
    """Plan the current issue for somebody who just became an active member, and say its key; empty where none is due.

    It is due where the list's `welcome` is "current-issue", and an issue of a digest they chose is still of use.
    """
    if ws.settings.lists[list_name].welcome != "current-issue":
        return ""
    key = _current(ws, subscriber_id, list_name)
    if not key:
        return ""
    try:
        planned = top_up(ws, key, edition_renderer(ws, key, now, late=True), now, only={subscriber_id})
    except SendRefused:
        return ""
    return key if planned.pending else ""


def _current(ws: Workspace, subscriber_id: str, list_name: str) -> str:
    """The last issue that went out of the digests they chose."""
    community = ws.settings.community.id
    with ws.store.read() as connection:
        mine = subscribers.subscriptions_of(connection, community, subscriber_id)
        chosen = next((one.digests for one in mine if one.list == list_name and one.state == "active"), ())
        return mailings.last_issue(connection, community, chosen)
