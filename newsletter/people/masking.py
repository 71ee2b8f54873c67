"""Addresses for an operator's eyes: enough to tell two apart, too little to write to."""


def masked(address: str) -> str:
    """The first letter and the domain; empty for what is no address."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if at and local else ""
