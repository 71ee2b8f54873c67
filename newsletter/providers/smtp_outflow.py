"""What is to leave over one connection, piece by piece, and which messages are whole: their last byte is taken."""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

from newsletter.providers.smtp_wire import Wire

Message = TypeVar("Message")
#: Pieces that are offered to the system at once.
_AT_ONCE = 512


class Outflow(Generic[Message]):
    """Pieces in order, and marks at the ends of messages."""

    def __init__(self) -> None:
        # Those before `_at` are gone.
        self._pieces: list[bytes | memoryview] = []
        self._at = 0
        self._ends: deque[tuple[int, Message]] = deque()
        self._sent = 0
        #: Octets that wait to be sent.
        self.left = 0

    def add(self, pieces: Sequence[bytes], octets: int) -> None:
        """More to send behind the rest; so many octets are in these pieces."""
        self._pieces.extend(pieces)
        self.left += octets

    def end(self, message: Message) -> None:
        """What was added last ends this message."""
        self._ends.append((self._sent + self.left, message))

    def push(self, wire: Wire, is_whole: Callable[[Message], None]) -> int:
        """Send as far as goes without waiting: how many octets. OSError where the connection is lost.

        Each message that becomes whole is told before anything more is tried: what fails then takes nothing back.
        """
        before = self._sent
        while self.left:
            offered = self._pieces[self._at : self._at + _AT_ONCE]
            taken = wire.write_some(offered)
            if not taken:
                break
            self._sent += taken
            self.left -= taken
            self._forget(offered, taken)
            while self._ends and self._ends[0][0] <= self._sent:
                is_whole(self._ends.popleft()[1])
        return self._sent - before

    def _forget(self, offered: Sequence[bytes | memoryview], taken: int) -> None:
        """Go on behind what was taken; of a piece that was taken in part, the rest is left."""
        if not self.left:
            self._pieces.clear()
            self._at = 0
            return
        ends = list(accumulate(map(len, offered)))
        gone = bisect_right(ends, taken)
        self._at += gone
        if gone < len(ends):
            self._pieces[self._at] = memoryview(offered[gone])[-(ends[gone] - taken) :]
        if self._at >= _AT_ONCE:
            del self._pieces[: self._at]
            self._at = 0
