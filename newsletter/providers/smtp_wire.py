"""The line between us and an SMTP server: what we write, and replies read within bounds of size and time.

A server may be hostile or broken. A reply is bounded in its length and in time as a whole, so that no server can fill
the memory or hold a worker by sending a byte now and then.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Sequence

from newsletter.providers.smtp_replies import NoReplyError, Replies, Reply

_CHUNK = 65536
#: Octets that the system holds unsent for a connection that must not wait: more would only hide how far a message is.
_UNSENT = 1 << 17
#: Pieces of one gathered write, as far as every system takes them.
_MOST_PIECES = 1000
#: Octets of the longest record of TLS (RFC 8446, 5.1).
_RECORD = 1 << 14
_WOULD_WAIT = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Wire:
    """One connection; `timeout` in seconds bounds each write and each whole reply. Failures are OSErrors."""

    def __init__(self, sock: socket.socket, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.timeout = timeout
        self._sock, self._clock = sock, clock
        self.replies = Replies()
        #: Whether what is said is hidden from the network.
        self.encrypted = isinstance(sock, ssl.SSLSocket)
        self._record = b""
        self._ended = False
        # The dot is a small write after a large one: without this it would wait for the acknowledgement, 40 ms each.
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

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
        while (reply := self.replies.next()) is None:
            self._wait(until)
        return reply

    def wait_no_more(self) -> int:
        """From now on `write_some` and `hear` return at once; the number by which the system knows the connection."""
        self._sock.settimeout(0)
        with contextlib.suppress(OSError, AttributeError):
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT)
        return self._sock.fileno()

    def write_some(self, pieces: Sequence[bytes | memoryview]) -> int:
        """Send as much of the pieces as goes without waiting, in one write; how many octets."""
        if self.encrypted:
            return self._write_record(pieces)
        try:
            return self._sock.sendmsg(pieces if len(pieces) <= _MOST_PIECES else pieces[:_MOST_PIECES])
        except BlockingIOError:
            return 0

    def _write_record(self, pieces: Sequence[bytes | memoryview]) -> int:
        """One record of TLS at most, and the very same again until it is gone.

        Of more, or of another, a part may have left when the library says that nothing has.
        """
        data = self._record or _first_octets(pieces, _RECORD)
        try:
            count = self._sock.send(data)
        except _WOULD_WAIT:
            self._record = data
            return 0
        self._record = b""
        return count

    def hear(self) -> bool:
        """Read what is there without waiting; False where the server hung up. What was said before can be had."""
        before = self.replies.unread
        try:
            # What TLS has decrypted already wakes nobody, so it is read to its end.
            while self._take() and self.encrypted and self.replies.unread <= _CHUNK:
                pass
        except _WOULD_WAIT:
            pass
        except OSError:
            if self.replies.unread == before:
                raise
            self._ended = True  # the answers that came before the line broke count all the same
        return not self._ended

    def has_spoken(self) -> bool:
        """Whether the server said something, or hung up, without being asked; waits for nothing."""
        if not self.replies.unread and not self._ended:
            self._sock.settimeout(0)
            try:
                self._take()
            except _WOULD_WAIT:
                pass
            except OSError:
                self._ended = True
        return self.replies.unread > 0 or self._ended

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS; what was sent in clear and not asked for is no part of it (RFC 3207, 6)."""
        if self.replies.unread:
            raise NoReplyError("the server said more before encryption began than it was asked")
        self._sock.settimeout(self.timeout)
        self._sock = context.wrap_socket(self._sock, server_hostname=host)
        self.encrypted = True

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._sock.close()

    def _wait(self, until: float) -> None:
        left = until - self._clock()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        self._take()
        if self._ended:
            raise ConnectionResetError("the server closed the connection")

    def _take(self) -> int:
        chunk = self._sock.recv(_CHUNK)
        self.replies.add(chunk)
        self._ended = not chunk
        return len(chunk)


def _first_octets(pieces: Sequence[bytes | memoryview], most: int) -> bytes:
    found = bytearray()
    for piece in pieces:
        found += piece[: most - len(found)]
        if len(found) == most:
            break
    return bytes(found)
