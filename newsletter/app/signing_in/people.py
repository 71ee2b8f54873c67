"""Who may sign in, and what as: whoever the settings name now, which nobody keeps who is taken out of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.app.workspace import Workspace
from newsletter.model.signing_in import Role
from newsletter.people.address import address_hash, parse_address

#: Where the studio hangs below the public address.
STUDIO = "studio"
#: Where the operator's pages hang.
OPERATOR = "operator"
#: Where a request's own peer is kept, before a proxy's word for whom it serves is taken.
PEER = "newsletter.peer"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in; `who` is the keyed hash that sessions and the log know them by."""

    address: str
    who: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in; `seed` is what the forms of this sign-in are bound to.

    `session` is the id of their session, empty where a proxy vouches for each of their requests.
    """

    person: Person
    seed: str
    session: str = ""


def people_of(ws: Workspace) -> Mapping[str, Person]:
    """Everybody who may sign in, by the key of their address."""
    named: dict[str, tuple[str, set[Role]]] = {}
    settings = ws.settings.sign_in
    roles: tuple[tuple[Role, tuple[str, ...]], ...] = (
        ("editor", settings.editors),
        ("operator", settings.operators),
    )
    for role, addresses in roles:
        for text in addresses:
            found = parse_address(text)
            if found.key:
                named.setdefault(found.key, (found.address, set()))[1].add(role)
    return {
        key: Person(address, address_hash(ws.hash_key, key), frozenset(has)) for key, (address, has) in named.items()
    }


def person_known_as(ws: Workspace, who: str) -> Person | None:
    """The person behind a keyed hash; None where the settings do not name them any more."""
    return next((one for one in people_of(ws).values() if one.who == who), None)
