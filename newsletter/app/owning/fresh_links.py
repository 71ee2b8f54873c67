"""What a reader does with their own data behind a freshly mailed link: take it along, erase it, change the address.

Each link works for a day, and once for each of these; whoever needs more asks for another.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.engine import Connection

from newsletter.app.accounting.actors import reader
from newsletter.app.accounting.deeds import note_deed
from newsletter.app.membership import Event
from newsletter.app.owning.changing_address import OF_THE_PERSON, move, why_not
from newsletter.app.owning.data import as_json, own_data
from newsletter.app.owning.erasing import erase_subscriber
from newsletter.app.service_mails import ask_for_mail
from newsletter.app.workspace import Workspace
from newsletter.language.filling import N_
from newsletter.model.deeds import Deed
from newsletter.model.people import Subscriber
from newsletter.model.service import ServiceMail
from newsletter.people.address import Address, address_hash, parse_address
from newsletter.people.fresh import ADDRESS, LASTS, MINE, Fresh, fresh_scope, link_id, read_fresh
from newsletter.people.tokens import Claim, read_token
from newsletter.store import erasing, links, subscribers, suppressions
from newsletter.store.links import Waiting

#: How often one link may ask for a new address: two chances to mend a mistyped one.
TRIES = ("address", "address 2", "address 3")
#: Nobody is mailed a second link within this time, whoever asks.
BETWEEN_LINKS = timedelta(minutes=15)
#: How much of a hash binds a link to the address that it was mailed to.
BOUND = 32
NO_ADDRESS = N_("That is no address we can write to. Please look for a slip of the keys.")
SAME_ADDRESS = N_("This is your address already.")


@dataclass(frozen=True, slots=True)
class Own:
    """Whose link it is and whether it still holds; `used` are the acts it was used for. No `person`: erased."""

    claim: Claim
    fresh: Fresh | None
    person: Subscriber | None
    used: frozenset[str] = frozenset()
    list: str = ""

    @property
    def open(self) -> bool:
        """Whether anything can still be done with it."""
        return self.fresh is not None and self.person is not None


def look_up_own(ws: Workspace, token: str) -> Own | None:
    """What a freshly mailed link is for; None where we did not make it. Changes nothing."""
    claim = read_token(ws.keys, token, MINE)
    if claim is None:
        return None
    with ws.store.read() as connection:
        return _own(connection, ws, token, claim)


def mail_link(ws: Workspace, subscriber_id: str, list_name: str) -> None:
    """Mail the subscriber a fresh link, at most one in a while; the answer to whoever asked is always the same."""
    now = ws.clock()
    window = int(now.timestamp() // BETWEEN_LINKS.total_seconds())
    mail = ServiceMail("own_data", subscriber_id, list_name, purpose=MINE, scope=fresh_scope(list_name, now))
    with ws.store.begin() as connection:
        if subscribers.by_id(connection, ws.settings.community.id, subscriber_id) is not None:
            ask_for_mail(connection, ws, mail, now, request=f"own {subscriber_id} {window}")


def take_data(ws: Workspace, token: str) -> bytes | None:
    """All that is kept about the link's owner, as JSON; None where the link does not hold for that any more."""
    with ws.store.begin() as connection:
        person = _use(connection, ws, token, ("data",))
        if person is None:
            return None
        _note(connection, ws, person.id, "exported")
        return as_json(own_data(connection, ws, person))


def erase_own(ws: Workspace, token: str) -> bool:
    """Erase the link's owner; False where the link does not hold for that any more."""
    with ws.store.begin() as connection:
        person = _use(connection, ws, token, ("erase",))
        how = "freshly mailed link"
        words = erase_subscriber(connection, ws, person.id, how, reader(person.id)) if person else None
    if words is None:
        return False
    erasing.clear_traces(ws.store, words)
    return True


def ask_new_address(ws: Workspace, token: str, typed: str) -> str | None:
    """Mail the new address a link to confirm it; an English refusal, or empty; None where the link does not hold.

    Whether the address is somebody else's, or suppressed, is not told: then no mail goes there.
    """
    parsed = parse_address(typed)
    own = look_up_own(ws, token)
    if own is None or own.person is None or own.fresh is None:
        return None
    if parsed.problems:
        return NO_ADDRESS
    if parsed.address == own.person.address:
        return SAME_ADDRESS
    with ws.store.begin() as connection:
        person = _use(connection, ws, token, TRIES)
        if person is None:
            return None
        _ask(connection, ws, person, own.fresh.list, parsed)
    return ""


def _ask(connection: Connection, ws: Workspace, person: Subscriber, list_name: str, new: Address) -> None:
    now, who = ws.clock(), address_hash(ws.hash_key, new.key)
    old = subscribers.who_of(connection, ws.settings.community.id, person.id) or ""
    barred = suppressions.reason_of(connection, ws.settings.community.id, old) in OF_THE_PERSON
    if barred or (who != old and why_not(connection, ws, person.id, new, who)):
        return
    links.put_waiting(connection, ws.settings.community.id, person.id, Waiting(new.address, new.key, who, now))
    scope = fresh_scope(list_name, now, who[:BOUND])
    ask_for_mail(
        connection, ws, ServiceMail("new_address", person.id, list_name, ADDRESS, scope, address=new.address), now
    )


@dataclass(frozen=True, slots=True)
class NewAddress:
    """The page behind the link to a new address: the address, and whether it is theirs `now` or can be (`open`)."""

    address: str
    language: str
    now: bool
    open: bool


def look_up_new_address(ws: Workspace, token: str) -> NewAddress | None:
    """What the link is for; None where we did not make it. Changes nothing."""
    claim = read_token(ws.keys, token, ADDRESS)
    if claim is None:
        return None
    with ws.store.read() as connection:
        return _new_address(connection, ws, claim)[0]


def confirm_new_address(ws: Workspace, token: str) -> NewAddress | None:
    """Make it the reader's address, and tell the old one; again is no change. None where we did not make the link."""
    claim = read_token(ws.keys, token, ADDRESS)
    if claim is None:
        return None
    with ws.store.begin() as connection:
        page, fresh, waiting = _new_address(connection, ws, claim)
        if not page.open or fresh is None or waiting is None:
            return page
        _move(connection, ws, fresh, waiting)
        return _new_address(connection, ws, claim)[0]


def _move(connection: Connection, ws: Workspace, fresh: Fresh, waiting: Waiting) -> None:
    community = ws.settings.community.id
    person = subscribers.by_id(connection, community, fresh.subject)
    old_who = subscribers.who_of(connection, community, fresh.subject)
    if person is None or old_who is None:
        return
    event = Event("moved", ws.clock(), "page")
    move(connection, ws, person, old_who, Address(waiting.address, waiting.key), event)
    _note(connection, ws, person.id, "address changed")
    links.drop_waiting(connection, community, fresh.subject)
    told = ServiceMail("address_changed", person.id, fresh.list, address=person.address)
    ask_for_mail(connection, ws, told, ws.clock())


def _note(connection: Connection, ws: Workspace, subscriber_id: str, deed: Deed) -> None:
    """Write down what a reader did with what is their own."""
    community = ws.settings.community.id
    note_deed(connection, community, reader(subscriber_id), deed, subscriber_id, at=ws.clock())


def _new_address(
    connection: Connection, ws: Workspace, claim: Claim
) -> tuple[NewAddress, Fresh | None, Waiting | None]:
    community, fresh = ws.settings.community.id, read_fresh(claim, ws.clock())
    person = subscribers.by_id(connection, community, claim.subject)
    bound = claim.scope.split(" ")[1] if claim.scope.count(" ") > 1 else ""
    if person is None:
        return NewAddress("", "", now=False, open=False), None, None
    if (subscribers.who_of(connection, community, person.id) or "")[:BOUND] == bound:
        return NewAddress(person.address, person.language, now=True, open=False), fresh, None
    waiting = links.waiting_of(connection, community, person.id)
    mine = waiting is not None and waiting.who[:BOUND] == bound and fresh is not None
    if waiting is None or not mine:
        return NewAddress("", person.language, now=False, open=False), fresh, None
    new = Address(waiting.address, waiting.key)
    free = not why_not(connection, ws, person.id, new, waiting.who)
    return NewAddress(waiting.address if free else "", person.language, now=False, open=free), fresh, waiting


def forget_links(ws: Workspace) -> int:
    """Delete what is kept of links that are over, and addresses that nobody confirmed; how many."""
    with ws.store.begin() as connection:
        return links.forget_before(connection, ws.settings.community.id, ws.clock() - max(LASTS.values()))


def _use(connection: Connection, ws: Workspace, token: str, acts: tuple[str, ...]) -> Subscriber | None:
    """The owner of a link that holds, which is used up for the first free one of these acts."""
    claim = read_token(ws.keys, token, MINE)
    own = _own(connection, ws, token, claim) if claim else None
    if own is None or not own.open:
        return None
    community = ws.settings.community.id
    free = any(links.spend(connection, community, link_id(token), act, ws.clock()) for act in acts)
    return own.person if free else None


def _own(connection: Connection, ws: Workspace, token: str, claim: Claim) -> Own:
    community = ws.settings.community.id
    person = subscribers.by_id(connection, community, claim.subject)
    used = links.acts_of(connection, community, link_id(token))
    parts = claim.scope.split(" ", 2)
    return Own(claim, read_fresh(claim, ws.clock()), person, used, parts[-1])
