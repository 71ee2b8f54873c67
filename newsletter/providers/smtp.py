"""SMTP: one message per reader over connections that are kept, each message answered for by itself.

With PIPELINING at most one message of a connection can end unknown, with CHUNKING those that were under way: after it
nothing more of the batch is tried.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from newsletter.model.delivery import Batch, Receipt
from newsletter.model.message_form import MessageForm
from newsletter.model.probe import Probe
from newsletter.providers.smtp_lane import Lane
from newsletter.providers.smtp_probe import probe_smtp
from newsletter.providers.smtp_route import SmtpRoute
from newsletter.providers.smtp_traffic import Traffic
from newsletter.providers.smtp_work import Packing, Work

__all__ = ["SmtpProvider", "SmtpRoute"]

#: So many connections lost one after the other, and the rest of the batch waits for a better hour.
_LOSSES = 2


class SmtpProvider:
    """Hands messages to one SMTP server, over as many connections at once as the route says; one caller at a time."""

    tells_witness = True

    def __init__(self, route: SmtpRoute, clock: Callable[[], float] = time.monotonic) -> None:
        self._route = route
        self._lanes = tuple(Lane(route) for _ in range(max(route.connections, 1)))
        self._clock = clock
        self._beside: ThreadPoolExecutor | None = None
        self._form: MessageForm | None = None

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """Hand over row by row; where the server is gone, the rows left are not tried."""
        self._form = form_for(batch, self._form)
        packing = Packing(batch, self._form, self._route.sign)
        work = Work(batch, packing, _LOSSES * len(self._lanes), self._clock)
        lanes = self._lanes[: len(batch.rows)]
        if len(lanes) > 1:
            self._beside = self._beside or ThreadPoolExecutor(len(self._lanes), thread_name_prefix="smtp")
        if lanes:
            Traffic(work, self._route, self._beside if len(lanes) > 1 else None).run(lanes)
        return work.receipts()

    def probe(self, sender: str) -> Probe:
        """Go in and out again; no envelope is begun."""
        del sender
        return probe_smtp(self._route)

    def close(self) -> None:
        """Say goodbye to the server."""
        for lane in self._lanes:
            lane.close()
        if self._beside is not None:
            self._beside.shutdown()
            self._beside = None


def form_for(batch: Batch, known: MessageForm | None) -> MessageForm:
    """The form of the batch's edition: the known one, if it is of that, with another date."""
    if known is None or known.edition is not batch.edition:
        return MessageForm(batch.edition, batch.at)
    return known.dated(batch.at)
