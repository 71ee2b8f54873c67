"""What lies outside of the workspace: the DNS, servers, and the disk; a test puts its own in their place."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from newsletter.net.asking import Said, ask
from newsletter.net.names import DnsNames, Names


class Ask(Protocol):
    """One HTTP request; see `newsletter.net.asking.ask`."""

    def __call__(self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Said:
        """What the server said."""
        ...


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where names are looked up, how servers are asked, and how many bytes are free in a folder."""

    names: Names = field(default_factory=DnsNames)
    ask: Ask = ask
    free: Callable[[Path], int] = _free
