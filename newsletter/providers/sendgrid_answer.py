"""What a mail/send answer means for the rows of its request (the documented statuses and error bodies).

202 alone says queued; what every other status proves stands in `model.outcomes`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime

from newsletter.model.delivery import Outcome
from newsletter.model.outcomes import OUTCOMES, http_end
from newsletter.redaction import redact

_NAMED = re.compile(r"personalizations[.\[](\d+)")


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: status, at most the first 64 KB of the body, header names in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for every row of a request; `named` are the rows (from 0) that the errors point at.

    `may_split` says that fewer rows may fare better: the refusal was for the size, for a reader, or without a place.
    """

    outcome: Outcome
    detail: str
    provider_id: str = ""
    retry_after: float | None = None
    named: frozenset[int] = field(default=frozenset())
    may_split: bool = False


def verdict(reply: Reply, *, sandbox: bool, clock: Callable[[], float]) -> Verdict:
    """The class of an answer; `clock` gives seconds since the epoch, for a reset time in the headers."""
    status, errors = reply.status, _errors(reply.body)
    end = http_end(status, taken=(202, 200) if sandbox else (202,), explained=bool(errors))
    found = Verdict(OUTCOMES[end], _words(status, errors))
    if end == "taken":
        words = "202 queued" if status == 202 else "200 sandbox: checked and not sent"
        return replace(found, detail=words, provider_id=reply.headers.get("x-message-id", ""))
    if end == "refused":
        places = [where for where, _ in errors]
        splits = status == 413 or any(not where or where.startswith("personalizations") for where in places)
        return replace(found, named=_rows_named(places), may_split=splits)
    if end == "unclear" and status == 200:
        return replace(found, detail="200 in place of 202, as sandbox mode answers: perhaps nothing was sent")
    if end == "unclear":
        return replace(found, detail=f"{found.detail}: it may have been accepted")
    return replace(found, retry_after=_wait(reply, clock))


def _errors(body: bytes) -> list[tuple[str, str]]:
    try:
        found = json.loads(body)["errors"]
        return [(str(one.get("field") or ""), str(one.get("message") or "")) for one in found]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _rows_named(places: list[str]) -> frozenset[int]:
    return frozenset(int(found[1]) for where in places if (found := _NAMED.search(where)))


def _words(status: int, errors: list[tuple[str, str]]) -> str:
    said = "; ".join(f"{where}: {message}" if where else message for where, message in errors[:3])
    # Whoever is told that its key is wrong may be told the key.
    return redact.known(f"{status} {said}").strip()[:300]


def _wait(reply: Reply, clock: Callable[[], float]) -> float | None:
    waits = (_retry_after(reply.headers.get("retry-after", ""), clock), _reset(reply.headers, reply.status, clock))
    return next((wait for wait in waits if wait is not None and wait > 0), None)


def _retry_after(value: str, clock: Callable[[], float]) -> float | None:
    if value.isdecimal():
        return float(value)
    try:
        return parsedate_to_datetime(value).timestamp() - clock()
    except (ValueError, TypeError):
        return None


def _reset(headers: Mapping[str, str], status: int, clock: Callable[[], float]) -> float | None:
    # The header stands on every answer; it bounds a wait only where the pace was the reason.
    reset = headers.get("x-ratelimit-reset", "")
    return float(reset) - clock() if status == 429 and reset.isdecimal() else None
