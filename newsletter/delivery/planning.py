"""From readers to planned deliveries: who shares an edition, and the ids that never change for the same thing."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from types import MappingProxyType

from newsletter.model.delivery import DeliveryState, MailingKind
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline, Planned

EMPTY = "nothing in this issue is for this reader"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one edition is made for: choices, and what its readers had before; `late` is when it is read, if later.

    Readers with equal wishes, the same last issue and the same memory share one edition: its `key` is a digest of
    these, worked out once for a value that many readers may share.
    """

    choices: Choices
    baseline: Baseline | None = None
    late: str = ""
    key: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _key(self.choices, self.baseline, self.late))

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Reader:
    """One sendable subscriber, the edition they are to get, and the list they are on; `bar` is why they get none.

    `wished` is the edition they chose, where they get another.
    """

    subscriber_id: str
    wanted: Wanted
    list: str = ""
    bar: str = ""
    wished: Wanted | None = None


def late(reader: Reader, now: datetime) -> Reader:
    """The reader with an edition of their own moment: what is over by then is not in it."""
    return replace(reader, wanted=replace(reader.wanted, late=now.astimezone(UTC).isoformat()))


def editions_wanted(readers: Iterable[Reader]) -> dict[str, Wanted]:
    """The distinct editions, by key."""
    return {reader.wanted.key: reader.wanted for reader in readers}


def plan(
    community: str,
    kind: MailingKind,
    key: str,
    readers: Iterable[Reader],
    empty: Collection[str] = (),
    leaving: Mapping[str, datetime] = MappingProxyType({}),
) -> tuple[Planned, ...]:
    """One delivery for each reader; skipped where their edition is one of the `empty` ones.

    `leaving` says when readers of a zone get it; the others get it at once.
    """
    return tuple(_planned(community, kind, key, reader, empty, leaving) for reader in readers)


def delivery_id(community: str, kind: MailingKind, key: str, subscriber_id: str) -> str:
    """The id of one mailing's delivery to one subscriber: the same however often it is planned or tried."""
    parts = "\0".join((community, kind, key, subscriber_id))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def message_id(of_delivery: str, domain: str) -> str:
    """The Message-ID (RFC 5322, 3.6.4) of a delivery, stable over retries."""
    return f"<{of_delivery}@{domain}>"


def sender_domain(sender: str) -> str:
    """The domain of a From address, which may carry a display name; ValueError where it has none."""
    _, at, domain = parseaddr(sender)[1].rpartition("@")
    if not at or not domain:
        raise ValueError(f"the sender {sender!r} has no domain")
    return domain.lower()


def _key(choices: Choices, baseline: Baseline | None, late: str) -> str:
    before = asdict(baseline) if baseline else None
    parts = [asdict(choices), before, *([late] if late else ())]
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _planned(
    community: str,
    kind: MailingKind,
    key: str,
    reader: Reader,
    empty: Collection[str],
    leaving: Mapping[str, datetime],
) -> Planned:
    edition = reader.wanted.key
    one = delivery_id(community, kind, key, reader.subscriber_id)
    why = reader.bar or (EMPTY if edition in empty else "")
    state: DeliveryState = "skipped" if why else "pending"
    not_before = leaving.get(reader.wanted.choices.timezone)
    return Planned(one, reader.subscriber_id, edition, state, why, reader.list, not_before)
