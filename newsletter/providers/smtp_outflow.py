"""What is to leave over one connection, piece by piece, and which messages are whole: their last byte is taken."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Generic, TypeVar

from newsletter.providers.smtp_wire import Wire

Message = TypeVar("Message")
#: Pieces that are offered to the system at once.
_AT_ONCE = 256


class Outflow(Generic[Message]):
    """Pieces in order, and marks at the ends of messages."""

    def __init__(self) -> None:
        self._pieces: deque[bytes | memoryview] = deque()
        self._ends: deque[tuple[int, Message]] = deque()
        self._added = self._sent = 0

    def __bool__(self) -> bool:
        """Whether anything waits to be sent."""
        return bool(self._pieces)

    def add(self, pieces: Sequence[bytes]) -> None:
        """More to send, behind the rest."""
        self._pieces.extend(filter(None, pieces))
        self._added += sum(map(len, pieces))

    def end(self, message: Message) -> None:
        """What was added last ends this message."""
        self._ends.append((self._added, message))

    def push(self, wire: Wire, is_whole: Callable[[Message], None]) -> int:
        """Send as far as goes without waiting: how many octets. OSError where the connection is lost.

        Each message that becomes whole is told before anything more is tried: what fails then takes nothing back.
        """
        before = self._sent
        while self._pieces:
            taken = wire.write_some(list(islice(self._pieces, _AT_ONCE)))
            if not taken:
                break
            self._sent += taken
            self._forget(taken)
            self._tell_ends(is_whole)
        return self._sent - before

    def _forget(self, taken: int) -> None:
        pieces = self._pieces
        if self._sent == self._added:
            pieces.clear()
            return
        while taken:
            first = pieces.popleft()
            if len(first) > taken:
                pieces.appendleft(memoryview(first)[taken:])
                return
            taken -= len(first)

    def _tell_ends(self, is_whole: Callable[[Message], None]) -> None:
        while self._ends and self._ends[0][0] <= self._sent:
            is_whole(self._ends.popleft()[1])
