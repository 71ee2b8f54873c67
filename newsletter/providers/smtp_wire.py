"""The line between us and an SMTP server: what we write, and replies read within bounds of size and time.

A server may be hostile or broken. A reply is bounded in the length of its lines, in their number and in time as a
whole, so that no server can fill the memory or hold a worker by sending a byte now and then.
"""

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.redaction import redact

#: Octets of a line. RFC 5321, 4.5.3.1.5 allows 512; some servers write more.
LONGEST_LINE = 4096
MOST_LINES = 200
_CHUNK = 65536
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)


class NoReplyError(OSError):
    """What the server sent is no SMTP reply, or too much of one."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Code and text of one reply, the lines of the text parted by line feeds."""

    code: int
    text: str

    @property
    def kind(self) -> int:
        """The first digit: 2 done, 3 go on, 4 not now, 5 never."""
        return self.code // 100

    @property
    def words(self) -> str:
        """In one line, for people."""
        return " ".join(redact.known(f"{self.code} {self.text}").split())[:300]


class Wire:
    """One connection; `timeout` in seconds bounds each write and each whole reply. Failures are OSErrors."""

    def __init__(self, sock: socket.socket, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.timeout = timeout
        self._sock, self._clock = sock, clock
        self._held = bytearray()
        self._ended = False
        # The dot is a small write after a large one: without this it would wait for the acknowledgement, 40 ms each.
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def encrypted(self) -> bool:
        """Whether what is said is hidden from the network."""
        return isinstance(self._sock, ssl.SSLSocket)

    @property
    def peer(self) -> str:
        """The server's address; empty where there is none."""
        found = self._sock.getpeername()
        return str(found[0]) if isinstance(found, tuple) else ""

    def write(self, data: bytes) -> None:
        """Send everything, or raise."""
        for start in range(0, len(data), _CHUNK):
            self._sock.settimeout(self.timeout)
            self._sock.sendall(data[start : start + _CHUNK])

    def reply(self, timeout: float | None = None) -> Reply:
        """The next reply; `timeout` in seconds in place of the usual one."""
        until = self._clock() + (self.timeout if timeout is None else timeout)
        lines: list[str] = []
        while len(lines) < MOST_LINES:
            code, last, text = _parsed(self._line(until))
            lines.append(text)
            if last:
                return Reply(code, "\n".join(lines))
        raise NoReplyError(f"the server's reply has more than {MOST_LINES} lines")

    def has_spoken(self) -> bool:
        """Whether the server said something, or hung up, without being asked; waits for nothing."""
        if not self._held and not self._ended:
            self._sock.settimeout(0)
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
                self._take()
        return bool(self._held) or self._ended

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS; what was sent in clear and not asked for is no part of it (RFC 3207, 6)."""
        if self._held:
            raise NoReplyError("the server said more before encryption began than it was asked")
        self._sock.settimeout(self.timeout)
        self._sock = context.wrap_socket(self._sock, server_hostname=host)

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._sock.close()

    def _line(self, until: float) -> bytes:
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > LONGEST_LINE:
                break
            self._wait(until)
        if end < 0 or end > LONGEST_LINE:
            raise NoReplyError(f"the server's reply has a line of more than {LONGEST_LINE} octets")
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line.removesuffix(b"\r")

    def _wait(self, until: float) -> None:
        left = until - self._clock()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        self._take()
        if self._ended:
            raise ConnectionResetError("the server closed the connection")

    def _take(self) -> None:
        chunk = self._sock.recv(_CHUNK)
        self._held += chunk
        self._ended = not chunk


def _parsed(line: bytes) -> tuple[int, bool, str]:
    """Code, whether the reply ends here, and the text."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise NoReplyError(f"the server gave a reply that is none: {line[:100].decode('utf-8', 'replace')}")
    return int(found[1]), found[2] != b"-", (found[3] or b"").decode("utf-8", "replace")
