"""Which network addresses may be asked: public ones alone, in whatever form they are written."""

import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from newsletter.net.answer import RefusedError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
#: Host and port -> the addresses behind the name, best first; raises OSError where there is none.
Resolver = Callable[[str, int], Sequence[str]]

#: 64:ff9b::/96 carries an IPv4 address in its last 32 bits (RFC 6052); the others are tunnels nobody publishes at.
_TRANSLATED = ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ip_network("2000::/3")
# The standard library's idea of "global" has changed between versions; these are refused under all of them.
_REFUSED = tuple(
    ip_network(network)
    for network in (
        "::/96",  # IPv4-compatible, deprecated
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b:1::/48",  # locally translated
        "100::/64",  # discarded
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local, deprecated
        "3fff::/20",  # documentation
        "192.0.0.0/24",  # protocol assignments, and the metadata of one cloud
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # the host of a cloud's machines, though the number is a public one
    )
)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)", re.IGNORECASE)


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks such as 10.1.2.0/24 or single addresses; ValueError for anything else."""
    return tuple(ip_network(text) for text in texts)


def is_public(address: Address) -> bool:
    """Whether the address can be somebody else's on the internet."""
    if isinstance(address, IPv6Address) and address in _TRANSLATED:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address.version == network.version and address in network for network in _REFUSED):
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def pick_address(host: str, port: int, resolver: Resolver, allowed: Sequence[Network] = ()) -> str:
    """The one address to connect to; RefusedError if any address of the host is not public or allowed.

    A name that leads both out and in is refused whole: which of its addresses answers is its owner's choice.
    """
    if odd_number(host):
        raise RefusedError("its host is a number in a form that hides which address is meant")
    literal = _literal(host)
    texts = [host] if literal else resolver(host, port)
    addresses = [_parsed(text) for text in texts]
    if not addresses:
        raise RefusedError("its host has no address")
    for address in addresses:
        if not _permitted(address, allowed):
            raise RefusedError("its host is an address of this machine or of a private network")
    return str(addresses[0])


def odd_number(host: str) -> bool:
    """Whether the host ends in a number and is no plain IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1, 127.1."""
    last = host.rstrip(".").rpartition(".")[2]
    return _NUMBER.fullmatch(last) is not None and not isinstance(_literal(host), IPv4Address)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _parsed(text: str) -> Address:
    try:
        return ip_address(text)
    except ValueError:
        raise RefusedError("its host has an address that cannot be read") from None


def _permitted(address: Address, allowed: Sequence[Network]) -> bool:
    if any(address.version == network.version and address in network for network in allowed):
        return True
    return getattr(address, "scope_id", None) is None and is_public(address)
