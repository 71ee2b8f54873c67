"""The sender's mailbox as roads need it."""

from email.utils import parseaddr


def mailbox(sender: str) -> tuple[str, str]:
    """Display name and bare address; the domain in its ASCII form (IDNA)."""
    name, address = parseaddr(sender)
    local, at, domain = address.rpartition("@")
    return name, f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
