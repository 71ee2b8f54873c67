"""Links by mail: whoever asks gets the same answer at once, and afterwards those who may sign in get their link.

Who asked waits in memory alone, because a link must not lie in the store, where a backup would keep it.
"""

import logging
import secrets
from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from newsletter.app.signing_in.people import Person, people_of
from newsletter.app.signing_in.sessions import LINK_LASTS, forget_over, new_link
from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import message_id, sender_domain
from newsletter.log_fields import about
from newsletter.model.delivery import Batch
from newsletter.model.joining import Limit
from newsletter.model.mail import Row
from newsletter.people.address import address_hash, parse_address
from newsletter.people.joining import mailbox_of, network_hash
from newsletter.providers.registry import open_provider
from newsletter.render.plain_mail import plain_mail
from newsletter.store import limits

LOG = logging.getLogger(__name__)
HOUR = 3600.0
#: How often an address, whoever's it is, may be typed, and how often a network may ask.
PER_ADDRESS, APART, PER_NETWORK = 6, 60.0, 30
#: Requests that wait for the next beat; more at once come from nobody who works here.
WAITING = 200
TIDY = timedelta(hours=1)


class _EndingError(Exception):
    """The process ends, and hands nothing over any more."""


class LinkMails:
    """Takes down who asks for a link, and mails links on each beat; threads may call it at the same time."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._lock = Lock()
        self._asked: deque[str] = deque(maxlen=WAITING)
        self._tidied: datetime | None = None

    def ask(self, typed: str, host: str) -> bool:
        """Take down that somebody wants a link; False where their network asks too often.

        It does the same, and takes as long, whether the address may sign in or not.
        """
        return self._weigh(parse_address(typed).key, host, self.ws.clock())

    def beat(self) -> None:
        """Mail the links that were asked for; what cannot be sent is logged, and asked for again by who wants it."""
        self.close()
        self._tidy(self.ws.clock())

    def close(self) -> None:
        """Mail what was asked for since the last beat: who was told that a mail is coming waits for it."""
        while (key := self._next()) is not None:
            person = people_of(self.ws).get(key)
            if person is None:
                continue
            try:
                with self.ws.hands.taking() as may:
                    if not may:
                        raise _EndingError
                    self._mail(person)
            except Exception:
                LOG.exception(
                    "a link to sign in could not be mailed",
                    extra=about("sign_in.unmailed", self.ws.settings.community.id),
                )

    def _weigh(self, key: str, host: str, now: datetime) -> bool:
        community, secret_key = self.ws.settings.community.id, self.ws.hash_key
        mailbox, network = address_hash(secret_key, mailbox_of(key)), network_hash(secret_key, host)
        with self.ws.store.begin() as connection:
            if not limits.take(connection, community, Limit("sign-in network", PER_NETWORK, HOUR), network, now):
                return False
            once = Limit("sign-in address", PER_ADDRESS, HOUR, spacing=APART)
            if limits.take(connection, community, once, mailbox, now) and key:
                with self._lock:
                    self._asked.append(key)
        return True

    def _next(self) -> str | None:
        with self._lock:
            return self._asked.popleft() if self._asked else None

    def _tidy(self, now: datetime) -> None:
        if self._tidied is None or now - self._tidied >= TIDY:
            self._tidied = now
            forget_over(self.ws)

    def _mail(self, person: Person) -> None:
        settings, now = self.ws.settings, self.ws.clock()
        token = new_link(self.ws, person, now)
        url = f"{settings.web.base_url.rstrip('/')}/sign-in/{token}"
        edition = plain_mail(
            sender=settings.sender.address,
            subject=f"Sign in to {settings.community.name}",
            text=_text(settings.community.name, url),
        )
        name = secrets.token_hex(16)
        row = Row(
            name, person.address, message_id(name, sender_domain(settings.sender.address)), "", {}, one_click=False
        )
        provider = open_provider(settings.provider, settings.secrets, self.ws.root)
        try:
            (receipt,) = provider.submit(Batch(name, "sign-in", "service", edition, (row,), now))
        finally:
            provider.close()
        if receipt.outcome != "accepted":
            LOG.warning(
                "a link to sign in is %s: %s",
                receipt.outcome,
                receipt.detail,
                extra=about("sign_in.unmailed", self.ws.settings.community.id),
            )


def _text(community: str, url: str) -> str:
    minutes = LINK_LASTS.seconds // 60
    return (
        f"Somebody, probably you, wants to sign in at {community}.\n\n{url}\n\n"
        f"The link works once, for {minutes} minutes, and only you should have it.\n"
        "Was it not you? Then do nothing: nobody is signed in.\n"
    )
