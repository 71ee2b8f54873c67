"""What the web asks about who is at the other end: one desk for the sign-in pages and the gates behind them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from threading import Lock
from urllib.parse import urlsplit

from newsletter.app.signing_in import sessions
from newsletter.app.signing_in.mails import LinkMails
from newsletter.app.signing_in.people import Person, Visitor, people_of
from newsletter.app.workspace import Workspace
from newsletter.dates.spans import parse_span
from newsletter.model.signing_in import Session
from newsletter.people.address import parse_address
from newsletter.render.pages import page

TEMPLATES = "newsletter/web/signin/templates"
#: A proxy vouches for every request; the log tells of somebody once in so long.
LOGGED_AGAIN = timedelta(hours=12)


class SignIn:
    """Who may sign in at one workspace, and who has; threads may call it at the same time."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.mails = LinkMails(ws)
        self._logged: dict[str, datetime] = {}
        self._of_ends: list[Callable[[], None]] = []
        self._lock = Lock()

    @property
    def by_mail(self) -> bool:
        """Whether people are mailed a link; else a proxy says who they are."""
        return self.ws.settings.sign_in.by == "mail"

    @property
    def header(self) -> str:
        """The name of the header in which a proxy says who it is."""
        return self.ws.settings.sign_in.header

    @property
    def base_url(self) -> str:
        """The public address, without a slash at its end."""
        return self.ws.settings.web.base_url.rstrip("/")

    @property
    def path(self) -> str:
        """The path of the public address, without a slash at its end; mostly empty."""
        return urlsplit(self.base_url).path

    @property
    def origin(self) -> str:
        """The origin of our own pages (RFC 6454)."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over https alone."""
        return self.base_url.startswith("https://")

    @property
    def lasts(self) -> int:
        """Seconds after which a session ends in any case."""
        return int(parse_span(self.ws.settings.sign_in.lasts).total_seconds())

    def trusts(self, peer: str) -> bool:
        """Whether the header is believed from this address."""
        try:
            found = ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None) or found
        return any(mapped in ip_network(one) for one in self.ws.settings.sign_in.proxies)

    def vouched(self, name: str, host: str) -> Visitor | None:
        """Whom a trusted proxy names; None where that is nobody who may sign in."""
        person = people_of(self.ws).get(parse_address(name).key)
        if person is None:
            return None
        self._note(person, host)
        return Visitor(person, person.who)

    def visitor(self, cookie: str) -> Visitor | None:
        """Whose session the cookie is."""
        return sessions.visitor_with(self.ws, cookie) if self.by_mail else None

    def person_of_link(self, token: str) -> Person | None:
        """Whom the link would sign in."""
        return sessions.person_of_link(self.ws, token)

    def sign_in(self, token: str, host: str, before: str) -> str | None:
        """Use the link up for a session; what its cookie holds."""
        return sessions.sign_in(self.ws, token, host, before)

    def sign_out(self, visitor: Visitor, host: str, *, everywhere: bool) -> None:
        """End the visitor's session, or all of them."""
        sessions.sign_out(self.ws, visitor, host, everywhere=everywhere)
        for told in self._of_ends:
            told()

    def tell_of_ends(self, told: Callable[[], None]) -> None:
        """Have `told` called, from any thread, whenever somebody signed out."""
        self._of_ends.append(told)

    def is_still_in(self, visitor: Visitor) -> bool:
        """Whether the visitor is signed in yet, in the same roles; to be asked so is no use of the session."""
        if visitor.session:
            return sessions.is_still_open(self.ws, visitor)
        return visitor.person in people_of(self.ws).values()

    def sessions_of(self, visitor: Visitor) -> tuple[Session, ...]:
        """The visitor's open sessions."""
        return sessions.sessions_of(self.ws, visitor)

    def fill(self, templates: Mapping[str, str], name: str, values: Mapping[str, object]) -> str:
        """A page of the sign-in."""
        return page(templates, name, {"community": self.ws.settings.community, **values}, TEMPLATES)

    def _note(self, person: Person, host: str) -> None:
        now = self.ws.clock()
        with self._lock:
            last = self._logged.get(person.who)
            if last is not None and now - last < LOGGED_AGAIN:
                return
            self._logged[person.who] = now
        sessions.note_proxied(self.ws, person, host)
