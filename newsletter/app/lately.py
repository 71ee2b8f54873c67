"""What was made lately, by what it was made of, as long as there is room for it."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Lately(Generic[Key, Value]):
    """Values of together at most `room`, the least recently asked for going first; any thread may ask.

    What takes more than the whole room is not kept.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._taken = 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        """The value, which is now the last that was asked for; None where it is not there."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: Key, value: Value, size: int = 1) -> None:
        """Keep a value that takes so much room, in the place of whatever was there by that key."""
        with self._lock:
            _, before = self._kept.pop(key, (None, 0))
            self._taken -= before
            if size > self._room:
                return
            self._kept[key] = value, size
            self._taken += size
            while self._taken > self._room:
                _, (_, gone) = self._kept.popitem(last=False)
                self._taken -= gone

    def forget(self) -> None:
        """Keep nothing, as a program that has just begun."""
        with self._lock:
            self._kept.clear()
            self._taken = 0
