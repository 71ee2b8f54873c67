"""Who is told when something goes wrong, and from when on it counts as wrong."""

from pydantic import Field

from newsletter.model.strict import Strict


class AlertSettings(Strict):
    """Whom to tell, and after how long; an empty text, or 0, turns a threshold off.

    `mail` are operators' addresses, `webhook` is an address that is posted to, or `webhook_env` the variable that
    holds it. `late` counts from an issue's send time, `queue` from the last mail that got anywhere, `unknown` from
    the attempt, `events` from a mail's acceptance. A source is stale when it could not be read for `source_unread`,
    held nothing for `source_empty` though it did before, or did not change for `source_unchanged`. What is gone for
    `settle` is over, and for twice as long each time it came back on the same day. `disk_mb` must be free.
    """

    mail: tuple[str, ...] = ()
    webhook: str = ""
    webhook_env: str = ""
    late: str = "15 minutes"
    queue: str = "30 minutes"
    unknown: str = "1 hour"
    events: str = "6 hours"
    source_unread: str = "6 hours"
    source_empty: str = "1 day"
    source_unchanged: str = "90 days"
    disk_mb: int = Field(default=512, ge=0)
    settle: str = "15 minutes"
