"""Which of the due deliveries make the next batch, and which of them must not be sent any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.delivery import poison
from newsletter.model.delivery import DeliveryState
from newsletter.model.ledger import Due
from newsletter.model.service import DESPITE, MAY_GET, ServiceMailName

Aside = tuple[str, DeliveryState, str]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The next batch, all of one edition, and what is set aside as (delivery id, state, why)."""

    batch: tuple[Due, ...]
    aside: tuple[Aside, ...]


def sort_out(due: Sequence[Due], digest: str, size: int) -> Sorted:
    """Decide on deliveries that the ledger calls due; `digest` is empty for mailings that are no digest's issue."""
    refused = {one.delivery_id: why for one in due if (why := bar(one, digest))}
    sendable = poison.pick([one for one in due if one.delivery_id not in refused])
    batch = tuple(one for one in sendable if one.edition_key == sendable[0].edition_key)[:size]
    return Sorted(batch, tuple((one, state, why) for one, (state, why) in refused.items()))


def bar(due: Due, digest: str) -> tuple[DeliveryState, str] | None:
    """Why this delivery must not be sent at this moment, or None: consent is asked again at every claim."""
    if given_up := poison.bar(due):
        return given_up
    if due.service:
        return service_bar(due, due.service)
    if due.suppressed:
        return "suppressed", f"the address is suppressed ({due.suppressed})"
    if not due.address:
        return "suppressed", "the subscriber is gone"
    if due.subscription is None:
        return "suppressed", "the subscriber is not on the list any more"
    if due.subscription != "active":
        return "suppressed", f"the subscription is {due.subscription}"
    if due.paused:
        return "skipped", "the reader has paused their mail"
    if digest and digest not in due.digests:
        return "skipped", f"the reader does not choose {digest} any more"
    return None


def service_bar(due: Due, name: ServiceMailName) -> tuple[DeliveryState, str] | None:
    """Why a mail that answers one reader must not be sent, or None; the tables of `model.service` say it."""
    if due.suppressed and due.suppressed not in DESPITE.get(name, ()):
        return "suppressed", f"the address is suppressed ({due.suppressed})"
    if not due.address:
        return "suppressed", "the subscriber is gone, or what they asked for is forgotten"
    if due.subscription not in MAY_GET[name]:
        return "skipped", f"the subscription is {due.subscription or 'none'}: there is nothing to {name} any more"
    return None
