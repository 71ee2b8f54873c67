"""Who gets a mail, by address: masked, so that a look over an editor's shoulder shows nobody's."""

import logging
from collections.abc import Sequence

from newsletter.app.page_writing import masked
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.store import subscribers

LOG = logging.getLogger(__name__)


def addresses_of(ws: Workspace, subscriber_ids: Sequence[str], *, real: bool = False) -> tuple[str, ...]:
    """The addresses of these subscribers, masked unless `real` ones are asked for, which is logged."""
    if real:
        LOG.warning(
            "the studio shows %d real addresses",
            len(subscriber_ids),
            extra=about("addresses.shown", ws.settings.community.id, count=len(subscriber_ids)),
        )
    with ws.store.read() as connection:
        found = (subscribers.by_id(connection, ws.settings.community.id, one) for one in subscriber_ids)
        return tuple(one.address if real else masked(one.address) for one in found if one is not None)
