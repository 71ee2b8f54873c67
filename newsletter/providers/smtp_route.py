"""Where and how an SMTP server is reached."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

PORTS = {"none": 25, "starttls": 587, "tls": 465}

#: From a whole message (CRLF) to the header field that signs it, line end included.
Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class SmtpRoute:
    """Host, port (0 is the usual one of the security) and how to behave there; times in seconds.

    `dot_timeout` is how long to wait for the reply to a whole message: RFC 5321 asks for ten minutes, since giving
    up earlier is what makes duplicates. `connections` carry a batch side by side, each `messages_per_connection` at
    most. `tls` says which certificates are believed; None believes those the system does. `sign` signs each message.
    """

    host: str
    port: int = 0
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password: SecretStr | None = None
    timeout: float = 60.0
    dot_timeout: float = 600.0
    tls: ssl.SSLContext | None = None
    connections: int = 1
    messages_per_connection: int = 100
    sign: Sign | None = None

    @property
    def at(self) -> tuple[str, int]:
        """Host and port for the network."""
        return self.host, self.port or PORTS[self.security]

    @property
    def place(self) -> str:
        """Host and port for people."""
        host, port = self.at
        return f"{host}:{port}"
