"""When it is too late to begin: what has not left by then is not sent, and written down as such."""

from datetime import datetime, timedelta


def deadline_of(send_at: datetime, planned_at: datetime, span: timedelta | None) -> datetime | None:
    """The moment from which nothing of a mailing is begun; one that a person sends late has its full time."""
    return None if span is None else max(send_at, planned_at) + span


def reason(deadline: datetime) -> str:
    """Why somebody did not get it (`deadline` in the community's zone)."""
    return f"not begun before its deadline, {deadline:%Y-%m-%d %H:%M %Z}"
