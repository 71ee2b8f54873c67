"""Who moves from one digest to another gets the other's current issue, where it tells them what they do not know.

Without it, the days between the last issue of the one and the next of the other would be told by neither.
"""

from collections.abc import Collection
from datetime import datetime

from newsletter.app.composing import addition
from newsletter.app.dispatching import renderer
from newsletter.app.drafting import stored_draft
from newsletter.app.sending.planning import SendRefused
from newsletter.app.sending.topping_up import top_up
from newsletter.app.workspace import Workspace
from newsletter.store import mailings


def catch_up(
    ws: Workspace, subscriber_id: str, list_name: str, begun: Collection[str], now: datetime
) -> tuple[str, ...]:
    """Plan the current issue of each digest that an active member begins to take; the keys of what they get.

    Nobody gets an issue twice, nor one that they know all of, nor one whose days are over. Who never had an issue of
    the list has joined, and has not moved: app/joining/welcoming.py is about them.
    """
    community = ws.settings.community.id
    with ws.store.read() as connection:
        if subscriber_id not in mailings.baselines(connection, community, list_name):
            return ()
        current = [mailings.last_issue(connection, community, [digest]) for digest in begun]
    return tuple(key for key in current if key and _catch_up(ws, key, subscriber_id, now))


def _catch_up(ws: Workspace, key: str, subscriber_id: str, now: datetime) -> bool:
    draft = stored_draft(ws, key)
    try:
        planned = top_up(ws, key, renderer(key, draft, addition(ws, draft, now)), now, only={subscriber_id})
    except SendRefused:
        return False
    return bool(planned.pending)
