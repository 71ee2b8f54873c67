"""Lengths of time in words: "12 weeks"."""

import re
from datetime import timedelta

_SPAN = re.compile(r"(\d{1,4}) (minute|hour|day|week)s?")


def parse_span(text: str) -> timedelta:
    """Read "12 weeks", "3 days", "18 hours" or "30 minutes"; ValueError for anything else."""
    found = _SPAN.fullmatch(" ".join(text.casefold().split()))
    if found is None:
        raise ValueError(f"{text!r} is not a length of time; write for example '12 weeks' or '18 hours'")
    return timedelta(**{f"{found[2]}s": int(found[1])})


def span_words(span: timedelta) -> str:
    """A length of time in the largest unit of which there are at least two: "90 minutes", "36 hours", "3 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
