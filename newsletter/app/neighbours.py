"""What communities of one store know of each other: nothing, but for what they chose to share."""

import logging
from datetime import datetime

from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.people.tokens import key_id
from newsletter.store import sharing, suppressions

LOG = logging.getLogger(__name__)


def keep_to_choice(ws: Workspace, now: datetime) -> None:
    """Let the community share bounces and complaints as its settings say; written down where that has changed.

    Hashes of addresses compare only under one key: communities of other keys share apart, which is logged.
    """
    community, wanted = ws.settings.community.id, _wanted(ws)
    with ws.store.read() as connection:
        if sharing.key_print_of(connection, community) == wanted:
            return
    with ws.store.begin("share") as connection:
        if not wanted:
            sharing.leave(connection, community)
            return
        suppressions.take_part(connection, community, wanted, now)
        strangers = sharing.strangers(connection, community)
    if strangers:
        LOG.warning(
            "bounces and complaints are not shared with %s: their NEWSLETTER_SECRET is another than that of %s",
            ", ".join(strangers),
            community,
            extra=about("suppressions.unshared", community),
        )


def _wanted(ws: Workspace) -> str:
    return key_id(ws.hash_key) if ws.settings.community.suppressions == "shared" else ""
