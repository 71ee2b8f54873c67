"""One beat of the running program for reports: events applied, the unknown settled, old events forgotten."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from newsletter.app.dispatching import provider_of
from newsletter.app.reporting.applying import apply_spool, forget_old_events
from newsletter.app.sending.reconciling import Reconciled, all_unknown, reconcile_all
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about

LOG = logging.getLogger(__name__)
#: After a failure, so that it does not fill the log.
REST = timedelta(seconds=30)
#: Between two looks for what is unknown: a provider's log is asked about each of them.
BETWEEN_LOOKS = timedelta(minutes=10)
TIDY = timedelta(hours=1)


class ReportWatch:
    """Called again and again; what fails is logged, and tried again after a rest."""

    def __init__(self, ws: Workspace, stopping: Callable[[], bool] = lambda: False) -> None:
        self.ws, self._stopping = ws, stopping
        self._not_before: datetime | None = None
        self._looked = self._tidied = ws.clock()
        self._told: dict[str, int] = {}

    def beat(self) -> None:
        """Apply what was posted; now and then look for what is unknown, and forget what is old."""
        now = self.ws.clock()
        if self._not_before and now < self._not_before:
            return
        try:
            self._apply()
            self._look(now)
            self._tidy(now)
            self._not_before = None
        except Exception:
            LOG.exception(
                "reports of the provider wait for %d seconds",
                REST.seconds,
                extra=about("events.wait", self.ws.settings.community.id, seconds=REST.seconds),
            )
            self._not_before = now + REST

    def _apply(self) -> None:
        applied = apply_spool(self.ws, self._stopping)
        if applied.files:
            LOG.info("events applied: %s", applied, extra=about("events.applied", self.ws.settings.community.id))

    def _look(self, now: datetime) -> None:
        if now - self._looked < BETWEEN_LOOKS:
            return
        self._looked = now
        if not (doubts := all_unknown(self.ws, now)):
            self._tell(Reconciled())
            return
        with provider_of(self.ws) as provider:
            self._tell(reconcile_all(self.ws, provider, doubts, now))

    def _tell(self, found: Reconciled) -> None:
        """A line for what was settled, and for what is held where that is news."""
        counts = found.counts()
        if counts["unknown"] and (counts["accepted"] or counts["sent_again"] or counts != self._told):
            LOG.warning(
                "of %(unknown)d unknown deliveries %(accepted)d are accepted, %(sent_again)d are to be sent again, "
                "%(held)d are held: newsletter reconcile",
                counts,
                extra=about("deliveries.reconciled", self.ws.settings.community.id, count=counts["unknown"]),
            )
        self._told = counts

    def _tidy(self, now: datetime) -> None:
        if now - self._tidied >= TIDY:
            self._tidied = now
            forget_old_events(self.ws, now)
