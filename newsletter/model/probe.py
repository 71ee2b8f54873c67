"""What a provider says when it is asked whether it would take mail, or post its events, and none is sent."""

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


@runtime_checkable
class HookProbed(Protocol):
    """A provider that posts events, and can be had to post some for a test."""

    def probe_hook(self, url: str, keys: str) -> Probe:
        """Ask whether it posts to `url`, signed by one of `keys`; where all is well, test events are on their way.

        With a `code` and no `fault` it could not be asked. Nothing is raised, and nothing changed there.
        """
        ...
