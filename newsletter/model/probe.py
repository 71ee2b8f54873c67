"""What a provider says when it is asked whether it would take mail, and none is sent."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Probe:
    """`fault` is empty where all is well; `code` names it, and `advice` says what to do. `date` is its HTTP Date."""

    text: str = ""
    fault: str = ""
    code: str = ""
    advice: str = ""
    date: str = ""


@runtime_checkable
class Probed(Protocol):
    """A provider that can be asked so."""

    def probe(self, sender: str) -> Probe:
        """Ask it, as who sends as `sender`; nothing is sent, and nothing raised."""
        ...
