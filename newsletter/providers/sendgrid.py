"""SendGrid: up to 1000 readers in one request; a refused request is split until only the refused reader is left out.

It knows no idempotency key. What may have been accepted is unknown, and after it nothing more of the batch is tried.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import SecretStr

from newsletter.crash_points import crash_point
from newsletter.model.delivery import Batch, Receipt
from newsletter.model.mail import Row
from newsletter.model.outcomes import OUTCOMES
from newsletter.model.probe import Probe
from newsletter.model.reconciling import Question, Sighting
from newsletter.providers.receipts import not_filled
from newsletter.providers.sendgrid_answer import Verdict, verdict
from newsletter.providers.sendgrid_body import RequestForm, groups
from newsletter.providers.sendgrid_hook import ask_hook
from newsletter.providers.sendgrid_http import NoAnswerError, NotSubmittedError
from newsletter.providers.sendgrid_kept import KeptConnections
from newsletter.providers.sendgrid_log import SendGridLog
from newsletter.providers.sendgrid_probe import ask_sandbox

#: Requests a batch may cost beyond its first ones while looking for what was refused.
EXTRA_REQUESTS = 64


@dataclass(frozen=True, slots=True)
class SendGridRoute:
    """Where the API is and how to speak to it; `timeout` in seconds, `sandbox` asks it to check and not send."""

    api_url: str
    key: SecretStr
    timeout: float = 60.0
    sandbox: bool = False
    clock: Callable[[], float] = time.time


class SendGridProvider:
    """Hands batches to the v3 mail/send API over connections that are kept; it may be shared by threads."""

    tells_witness = True

    def __init__(self, route: SendGridRoute) -> None:
        self._route = route
        self._kept = KeptConnections(route.api_url, route.key, route.timeout)

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """One request per 1000 rows; 400 is split so that it costs only the refused, 429 and 401 burn nobody."""
        form = RequestForm(batch, sandbox=self._route.sandbox)
        unfit, fit = _sorted_out(batch, form)
        rows = [row for row in batch.rows if row.delivery_id in fit]
        return (*unfit, *_Submission(self._route, self._kept, batch, form, fit).run(groups(rows)))

    def look_up(self, questions: Sequence[Question]) -> Iterator[Sighting]:
        """What the Email Logs know of single messages; nothing raises, and nothing is changed there."""
        return SendGridLog(self._route.api_url, self._route.key, self._route.timeout).look_up(questions)

    def probe(self, sender: str) -> Probe:
        """Have the sandbox check a request from `sender`; nothing is sent."""
        return ask_sandbox(self._route.api_url, self._route.key.get_secret_value(), self._route.timeout, sender)

    def probe_hook(self, url: str, keys: str) -> Probe:
        """Ask how events are posted to `url`, and have test events posted there."""
        return ask_hook(self._route.api_url, self._route.key.get_secret_value(), self._route.timeout, url, keys)

    def close(self) -> None:
        """Let go of the connections."""
        self._kept.close()


class _Submission:
    """The requests of one batch: those waiting, how many more may be made, and whether to stop."""

    def __init__(
        self, route: SendGridRoute, kept: KeptConnections, batch: Batch, form: RequestForm, made: Mapping[str, str]
    ) -> None:
        self._route, self._kept, self._batch = route, kept, batch
        self._form, self._made = form, made
        self._extra = EXTRA_REQUESTS
        self._rest: Verdict | None = None

    def run(self, waiting: list[list[Row]]) -> Iterator[Receipt]:
        stack = waiting[::-1]
        while stack:
            rows = stack.pop()
            found = self._rest or self._ask(rows)
            parts = self._split(rows, found)
            stack += parts[::-1]
            if not parts:
                receipts = [_receipt(row, found) for row in rows]
                self._batch.witness.ends(receipts)
                yield from receipts

    def _ask(self, rows: Sequence[Row]) -> Verdict:
        found = self._verdict(rows)
        if found.outcome == "unknown":
            self._rest = Verdict(
                OUTCOMES["untried"], "not tried: an earlier request of this batch has an unknown end"
            )
        elif found.outcome in ("refused_for_now", "not_submitted"):
            self._rest = replace(found, detail=f"not tried: {found.detail}")
        return found

    def _verdict(self, rows: Sequence[Row]) -> Verdict:
        route = self._route
        body = self._form.body([self._made[row.delivery_id] for row in rows])
        try:
            self._batch.witness.begins([row.delivery_id for row in rows])
        except OSError as error:
            return Verdict(OUTCOMES["incomplete"], f"the request was not made: {error}")
        try:
            crash_point("before request")
            reply = self._kept.post_mail(body)
            crash_point("after request")
        except NotSubmittedError as error:
            return Verdict(OUTCOMES["unreached"], f"{route.api_url} cannot be reached: {error}")
        except NoAnswerError as error:
            return Verdict(OUTCOMES["silent"], f"the request was sent and no answer came: {error}")
        return verdict(reply, sandbox=route.sandbox, clock=route.clock)

    def _split(self, rows: list[Row], found: Verdict) -> list[list[Row]]:
        if self._rest or not found.may_split or len(rows) == 1:
            return []
        parts = split(rows, found.named)
        if len(parts) > self._extra:
            self._rest = Verdict(OUTCOMES["put_off"], f"what was refused was not found in time: {found.detail}")
            return [rows]
        self._extra -= len(parts)
        return parts


def split(rows: list[Row], named: frozenset[int]) -> list[list[Row]]:
    """Two parts, neither empty: those the errors did not name and those they did; halves where that parts nothing."""
    accused = [row for n, row in enumerate(rows) if n in named]
    others = [row for n, row in enumerate(rows) if n not in named]
    if accused and others:
        return [others, accused]
    return [rows[: len(rows) // 2], rows[len(rows) // 2 :]]


def _sorted_out(batch: Batch, form: RequestForm) -> tuple[list[Receipt], dict[str, str]]:
    """Who cannot be written to, and by delivery what the others get."""
    unfit: list[Receipt] = []
    fit: dict[str, str] = {}
    for row in batch.rows:
        try:
            fit[row.delivery_id] = form.personalization(row)
        except (KeyError, ValueError) as error:
            unfit.append(not_filled(row, error))
    return unfit, fit


def _receipt(row: Row, found: Verdict) -> Receipt:
    return Receipt(row.delivery_id, found.outcome, found.detail, found.provider_id, found.retry_after)
