"""How a digest's slots stand, without their drafts: what a waker reads at every wake-up."""

from typing import cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.issue import IssueState
from newsletter.store.tables import issue


def states(connection: Connection, community: str, digest: str) -> dict[str, IssueState]:
    """The state of every issue of the digest, by key, in the order of their send times."""
    found = (
        sa.select(issue.c.key, issue.c.state)
        .where(issue.c.community == community, issue.c.digest == digest)
        .order_by(issue.c.send_at, issue.c.key)
    )
    return {key: cast(IssueState, state) for key, state in connection.execute(found)}
