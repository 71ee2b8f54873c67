"""Telling of alerts: each road by itself, so that one that is closed holds up no other.

A telling is taken, durably, before a byte of it leaves. Where its teller dies in between, a post is made again with
the same id, and a mail is not: nobody could say whether it left.
"""

import logging
import random
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

from newsletter.app.alerts.addressees import channels
from newsletter.app.alerts.mail import mail_alert
from newsletter.app.alerts.webhook import post_alert
from newsletter.app.alerts.wording import log_line
from newsletter.app.workspace import Workspace
from newsletter.delivery.retry import MAX_TRIES, backoff
from newsletter.log_fields import about
from newsletter.model.alerting import Channel, Telling, Tried
from newsletter.store import episodes

LOG = logging.getLogger(__name__)
#: How often it is looked for what is to be told.
BEAT = timedelta(seconds=5)
#: After so long whoever took a telling and said nothing is dead.
LEASE = timedelta(minutes=5)
#: What stood in the log the moment it happened.
LOGGED = frozenset({"held", "joining", "events", "account", "deadline"})
#: After a failure of the store, so that it does not fill the log.
REST = timedelta(seconds=30)


class Teller:
    """Tells by one road what is due; `beat` is called again and again, and raises nothing."""

    def __init__(
        self,
        ws: Workspace,
        channel: Channel,
        jitter: Callable[[], float] = random.random,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.ws, self.channel, self._jitter, self._stopping = ws, channel, jitter, stopping
        self._not_before = ws.clock()

    def beat(self) -> None:
        """Tell everything that is due by this road."""
        now = self.ws.clock()
        if timedelta() < self._not_before - now <= REST:
            return
        try:
            for one in self._due():
                if not self._stopping():
                    self._tell(one)
        except Exception:
            LOG.exception(
                "alerts by %s wait for %d seconds",
                self.channel,
                REST.seconds,
                extra=about("alert.waits", self.ws.settings.community.id, seconds=REST.seconds),
            )
            self._not_before = now + REST

    def _due(self) -> tuple[Telling, ...]:
        with self.ws.store.read() as connection:
            return episodes.due(connection, self.ws.settings.community.id, self.channel, self.ws.clock())

    def _tell(self, one: Telling) -> None:
        """A mail is in hand until it is settled; a post that is cut off is made again, with the same id."""
        with self.ws.hands.taking() if one.channel == "mail" else nullcontext(True) as may:
            if may:
                self._hand_over(one)

    def _hand_over(self, one: Telling) -> None:
        with self.ws.store.begin("telling") as connection:
            if not episodes.take(connection, one, self.ws.clock() + LEASE):
                return
        tried = handed_over(self.ws, one, self._jitter())
        with self.ws.store.begin("told") as connection:
            episodes.settle(connection, one, tried, self.ws.clock())
        if tried.state != "told":
            LOG.warning(
                "an alert is not told by %s yet: %s",
                self.channel,
                tried.detail,
                extra=about("alert.waits", self.ws.settings.community.id),
            )


def tellers(ws: Workspace, stopping: Callable[[], bool] = lambda: False) -> tuple[Teller, ...]:
    """One for each road by which the settings have anybody told."""
    return tuple(Teller(ws, channel, stopping=stopping) for channel in channels(ws))


def handed_over(ws: Workspace, one: Telling, jitter: float) -> Tried:
    """Try it once, and say what became of it."""
    if one.channel == "log":
        if one.turn == "began" and one.episode.trouble.kind in LOGGED:
            return Tried("told")
        LOG.log(
            logging.INFO if one.turn == "over" else logging.WARNING,
            "%s",
            log_line(one),
            extra=about("alert.told", ws.settings.community.id),
        )
        return Tried("told")
    if one.channel == "mail":
        return mail_alert(ws, one, jitter)
    try:
        failed = post_alert(ws, one)
    except Exception as error:
        failed = type(error).__name__
    if not failed:
        return Tried("told")
    if one.tries + 1 >= MAX_TRIES:
        return Tried("failed", f"given up after {MAX_TRIES} tries: {failed}")
    return Tried("pending", failed, ws.clock() + backoff(one.tries + 1, jitter))
