"""One beat of the running program for people: their requests answered, their mails sent, old requests forgotten."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from newsletter.app.bounces_in import read_bounces
from newsletter.app.joining.asking import answer_requests, forget_unconfirmed
from newsletter.app.mail_in import read_mailbox
from newsletter.app.owning.fresh_links import forget_links
from newsletter.app.service_mails import forget_old_requests, post_service_mails
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.providers.inbound.registry import MailboxError

LOG = logging.getLogger(__name__)
#: After a failure, so that a road that is closed does not fill the log.
REST = timedelta(seconds=30)
TIDY = timedelta(hours=1)
#: Between two looks into the mailboxes that people and mail servers write to.
BETWEEN_LOOKS = timedelta(minutes=1)


class Post:
    """Called again and again; what fails is logged, and tried again after a rest."""

    def __init__(self, ws: Workspace, stopping: Callable[[], bool] = lambda: False) -> None:
        self.ws, self._stopping = ws, stopping
        self._not_before: datetime | None = None
        self._tidied: datetime | None = None
        self._read: datetime | None = None

    def beat(self) -> None:
        """Answer and send what there is."""
        now = self.ws.clock()
        if self._not_before and now < self._not_before:
            return
        try:
            self._read_mail(now)
            answer_requests(self.ws)
            post_service_mails(self.ws, stopping=self._stopping)
            self._tidy(now)
            self._not_before = None
        except Exception:
            LOG.exception(
                "mails that answer people wait for %d seconds",
                REST.seconds,
                extra=about("post.waits", self.ws.settings.community.id, seconds=REST.seconds),
            )
            self._not_before = now + REST

    def _read_mail(self, now: datetime) -> None:
        """Look into the mailboxes now and then; one that cannot be read holds up nothing else."""
        if self._read is not None and now - self._read < BETWEEN_LOOKS:
            return
        self._read = now
        for read in (read_mailbox, read_bounces):
            try:
                read(self.ws)
            except MailboxError as error:
                LOG.warning("%s", error, extra=about("post.waits", self.ws.settings.community.id))

    def _tidy(self, now: datetime) -> None:
        if self._tidied is None or now - self._tidied >= TIDY:
            forget_unconfirmed(self.ws)
            forget_old_requests(self.ws, now)
            forget_links(self.ws)
            self._tidied = now
