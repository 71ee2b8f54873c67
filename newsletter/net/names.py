"""Asking the DNS, through dnspython: TXT records alone, each as one text."""

from collections.abc import Sequence
from typing import Protocol

import dns.exception
import dns.resolver

#: Seconds for one name, all retries together.
PATIENCE = 5.0


class NamesError(OSError):
    """The DNS did not answer, or refused to: nothing is known then, and that is no "no"."""


class Names(Protocol):
    """Where names are looked up."""

    def texts(self, name: str) -> Sequence[str]:
        """The TXT records of the name, parts joined (RFC 7208, 3.3); none where there is none. NamesError."""
        ...


class DnsNames:
    """What `resolver` says within so many seconds; by default one of those that this machine is set to."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None, patience: float = PATIENCE) -> None:
        self._resolver, self._patience = resolver, patience
        self._known: dict[str, tuple[str, ...]] = {}

    def texts(self, name: str) -> Sequence[str]:
        """The TXT records of the name; the same name is asked for once."""
        if name not in self._known:
            self._known[name] = self._ask(name)
        return self._known[name]

    def _ask(self, name: str) -> tuple[str, ...]:
        try:
            resolver = self._resolver or dns.resolver.get_default_resolver()
            answer = resolver.resolve(name, "TXT", lifetime=self._patience, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise NamesError(f"{name}: {type(error).__name__}") from error
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)
