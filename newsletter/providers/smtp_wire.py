"""The line between us and an SMTP server: what we write, and replies read within bounds of size and time.

A server may be hostile or broken. A reply is bounded in the length of its lines, in their number and in time as a
whole, so that no server can fill the memory or hold a worker by sending a byte now and then.
"""

import contextlib
import re
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsletter.redaction import redact

#: Octets of a line. RFC 5321, 4.5.3.1.5 allows 512; some servers write more.
LONGEST_LINE = 4096
MOST_LINES = 200
_CHUNK = 65536
#: Octets that the system holds unsent for a connection that must not wait: more would only hide how far a message is.
_UNSENT = 1 << 17
#: Pieces of one gathered write, as far as every system takes them.
_MOST_PIECES = 1000
#: Octets of the longest record of TLS (RFC 8446, 5.1).
_RECORD = 1 << 14
_WOULD_WAIT = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
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
        self._whole: deque[bytes] = deque()
        self._lines: list[str] = []
        self._record = b""
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
        while (reply := self.next_reply()) is None:
            self._wait(until)
        return reply

    def next_reply(self) -> Reply | None:
        """The next reply of what was read already; None while it is not whole."""
        while (line := self._line()) is not None:
            if not self._lines and (reply := _one_line(line)) is not None:
                return reply
            code, last, text = _parsed(line)
            self._lines.append(text)
            if last:
                reply = Reply(code, "\n".join(self._lines))
                self._lines.clear()
                return reply
            if len(self._lines) >= MOST_LINES:
                raise NoReplyError(f"the server's reply has more than {MOST_LINES} lines")
        return None

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
            return self._sock.sendmsg(pieces[:_MOST_PIECES])
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
        before = len(self._held)
        try:
            # What TLS has decrypted already wakes nobody, so it is read to its end.
            while self._take() and self.encrypted and len(self._held) <= _CHUNK:
                pass
        except _WOULD_WAIT:
            pass
        except OSError:
            if len(self._held) == before:
                raise
            self._ended = True  # the answers that came before the line broke count all the same
        return not self._ended

    @property
    def has_more(self) -> bool:
        """Whether there is more of what was said than was asked for."""
        return bool(self._held or self._whole or self._lines)

    def has_spoken(self) -> bool:
        """Whether the server said something, or hung up, without being asked; waits for nothing."""
        if not self._held and not self._whole and not self._ended:
            self._sock.settimeout(0)
            try:
                self._take()
            except _WOULD_WAIT:
                pass
            except OSError:
                self._ended = True
        return bool(self._held or self._whole) or self._ended

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS; what was sent in clear and not asked for is no part of it (RFC 3207, 6)."""
        if self._held or self._whole:
            raise NoReplyError("the server said more before encryption began than it was asked")
        self._sock.settimeout(self.timeout)
        self._sock = context.wrap_socket(self._sock, server_hostname=host)

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._sock.close()

    def _line(self) -> bytes | None:
        """The next line of what was read; None while it has no end."""
        if not self._whole:
            self._part_lines()
        line = self._whole.popleft() if self._whole else None
        if len(self._held if line is None else line) > LONGEST_LINE:
            raise NoReplyError(f"the server's reply has a line of more than {LONGEST_LINE} octets")
        return None if line is None else line.removesuffix(b"\r")

    def _part_lines(self) -> None:
        """All lines that have come to their end, at once."""
        end = self._held.rfind(b"\n")
        if end >= 0:
            self._whole.extend(bytes(self._held[:end]).split(b"\n"))
            del self._held[: end + 1]

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
        self._held += chunk
        self._ended = not chunk
        return len(chunk)


def _first_octets(pieces: Sequence[bytes | memoryview], most: int) -> bytes:
    found = bytearray()
    for piece in pieces:
        found += piece[: most - len(found)]
        if len(found) == most:
            break
    return bytes(found)


@lru_cache(maxsize=256)
def _one_line(line: bytes) -> Reply | None:
    """The reply that a line is by itself; None where more lines follow. Servers repeat themselves."""
    code, last, text = _parsed(line)
    return Reply(code, text) if last else None


def _parsed(line: bytes) -> tuple[int, bool, str]:
    """Code, whether the reply ends here, and the text."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise NoReplyError(f"the server gave a reply that is none: {line[:100].decode('utf-8', 'replace')}")
    return int(found[1]), found[2] != b"-", (found[3] or b"").decode("utf-8", "replace")
