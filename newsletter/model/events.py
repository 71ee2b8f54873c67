"""One event of a provider's webhook or log, read once and the same for both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsletter.model.delivery import Notice

#: What is done with an event: it is a notice; it is kept, because nobody knows it or nothing follows; it is about the
#: account and an operator is told; or it is counted and forgotten (opens, clicks).
EventUse = Literal["notice", "kept", "account", "forgotten"]


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """What an event says. `notice` is set where its use is that; `payload` holds nothing of a person.

    `kind` is the provider's own word, `fingerprint` the same for an event that is sent again under another id.
    """

    kind: str
    use: EventUse
    fingerprint: str
    at: datetime | None = None
    event_id: str = ""
    delivery_id: str = ""
    attempt_id: str = ""
    address: str = ""
    notice: Notice | None = None
    why: str = ""
    payload: Mapping[str, object] | None = None
