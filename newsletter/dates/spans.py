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
