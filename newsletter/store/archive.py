"""Which issues went out, without their drafts, which are large and never change once an issue is under way."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.publishing import SentIssue
from newsletter.store.tables import issue

#: From the first mail on an issue is public: its readers may open its page at once.
OUT = ("sending", "paused", "sent")


def sent(connection: Connection, community: str) -> tuple[SentIssue, ...]:
    """Every issue that went out or is going out, by send time."""
    columns = (issue.c.key, issue.c.digest, issue.c.send_at, issue.c.draft_hash)
    found = (
        sa.select(*columns)
        .where(issue.c.community == community, issue.c.state.in_(OUT))
        .where(issue.c.kind == "issue", issue.c.draft != "")
        .order_by(issue.c.send_at, issue.c.key)
    )
    return tuple(SentIssue(**row) for row in connection.execute(found).mappings())
