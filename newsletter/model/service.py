"""Mails that answer one person about their own subscription: which there are, and to whom each may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsletter.model.people import SubscriptionState, SuppressionReason

ServiceMailName = Literal["confirm", "welcome", "goodbye", "sign_in", "own_data", "new_address", "address_changed"]
#: Whatever the reader's standing: who left may still take their data along, or erase it.
ANY_STATE: frozenset[SubscriptionState | None] = frozenset(
    {None, "pending", "active", "left", "bounced", "complained"}
)

#: The states of a membership to which each may go; None is somebody who never was on the list.
MAY_GET: Mapping[ServiceMailName, frozenset[SubscriptionState | None]] = {
    "confirm": frozenset({None, "pending", "left", "bounced"}),
    "welcome": frozenset({"active"}),
    "goodbye": frozenset({"left"}),
    "sign_in": ANY_STATE,
    "own_data": ANY_STATE,
    "new_address": ANY_STATE,
    "address_changed": ANY_STATE,
}
#: Suppressions that do not stand against it: an address that bounced or was erased may ask to be asked again.
DESPITE: Mapping[ServiceMailName, frozenset[SuppressionReason]] = {"confirm": frozenset({"bounced", "erased"})}
#: Those that are of the list and can be left by the mail's own header; the others answer once.
OF_THE_LIST: frozenset[str] = frozenset({"welcome"})


@dataclass(frozen=True, slots=True)
class ServiceMail:
    """A mail to one subscriber about one list; its one link is a token for `purpose`, which holds in `scope`.

    An empty `scope` is the list's name. `address` is where it goes, if not to the subscriber's own; `language` is a
    tag, empty for the subscriber's own. No `purpose` links to the page where people sign up.
    """

    name: ServiceMailName
    subscriber_id: str
    list: str
    purpose: str = ""
    scope: str = ""
    address: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class AskedMail:
    """A mail that was asked for and is not in the ledger yet."""

    id: int
    mail: ServiceMail
    at: datetime
