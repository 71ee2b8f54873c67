"""Where in a conversation a client is: before the message, within it, at its last byte. Read from the bytes alone."""

import re
from collections.abc import Iterator
from typing import Literal, Protocol

#: `before` is when the message is announced (the head of a request; DATA), `within` when a part of it has passed,
#: `after` when its last byte has.
Moment = Literal["before", "within", "after"]
#: A piece of what the client says, and the moment it brings about: `before` and `within` as it comes, `after` once
#: it has passed.
Piece = tuple[Moment | None, bytes]

#: So many bytes of a message have passed when it is `within`.
WITHIN = 100
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d+)")
_END = b"\r\n.\r\n"


class Stages(Protocol):
    """Cuts what a client says at the moments."""

    def feed(self, data: bytes) -> Iterator[Piece]:
        """The same bytes in pieces, in order."""
        ...

    def replied(self, data: bytes) -> None:
        """What the other side said, as it says it."""
        ...

    def is_whole(self, reply: bytes) -> bool:
        """Whether this ends where a reply ends."""
        ...


class HttpStages:
    """Requests whose length is announced, one after the other."""

    def __init__(self) -> None:
        self._said = b""
        self._at = self._length = 0

    def feed(self, data: bytes) -> Iterator[Piece]:
        """The head comes as one piece, once it is whole."""
        self._said += data
        while self._said:
            if self._at < self._length:
                yield from self._body()
            elif head := self._head():
                yield ("before" if self._length else None), head
            else:
                return

    def replied(self, data: bytes) -> None:
        """A server that answers early changes nothing."""

    def is_whole(self, reply: bytes) -> bool:
        """As its own length says; without one, its head is enough."""
        head, found, body = reply.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return bool(found) and len(body) >= (int(length[1]) if length else 0)

    def _head(self) -> bytes:
        head, found, rest = self._said.partition(b"\r\n\r\n")
        if not found:
            return b""
        length = _LENGTH.search(head)
        self._said, self._at, self._length = rest, 0, int(length[1]) if length else 0
        return head + found

    def _body(self) -> Iterator[Piece]:
        data, self._said = self._said[: self._length - self._at], self._said[self._length - self._at :]
        moments: dict[int, Moment] = {min(WITHIN, self._length // 2): "within", self._length - 1: "after"}
        cuts = [one - self._at for one in sorted(moments) if self._at < one < self._at + len(data)]
        for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            yield moments.get(self._at + start), data[start:end]
        self._at += len(data)


class SmtpStages:
    """Commands line by line, and messages up to the final dot; commands may come ahead of their replies."""

    def __init__(self) -> None:
        self._line = self._reply = b""
        self._waiting = [b"GREETING"]  # what has no reply yet
        self._at: int | None = None  # how much of a message has passed, if it has begun
        self._tail = b""
        self._secret = False

    def feed(self, data: bytes) -> Iterator[Piece]:
        """Each command is a piece of its own; what follows STARTTLS cannot be read, and has no moments."""
        while data:
            if self._secret:
                yield None, data
                return
            if self._at is not None:
                pieces, data = self._message(self._at, data)
                yield from pieces
            else:
                line, found, data = (self._line + data).partition(b"\n")
                self._line = b"" if found else line
                if found:
                    yield self._command(line.strip().upper()), line + found

    def replied(self, data: bytes) -> None:
        """354 to DATA lets the message begin."""
        *lines, self._reply = (self._reply + data).split(b"\n")
        for line in lines:
            if line[3:4] != b"-" and self._waiting:
                verb = self._waiting.pop(0)
                self._secret = self._secret or (verb == b"STARTTLS" and line.startswith(b"220"))
                if verb == b"DATA" and line.startswith(b"354"):
                    self._at, self._tail = 0, b"\r\n"

    def is_whole(self, reply: bytes) -> bool:
        """The last line of a reply has no dash behind its number."""
        return reply.endswith(b"\n") and reply.splitlines()[-1][3:4] != b"-"

    def _command(self, verb: bytes) -> Moment | None:
        self._waiting.append(verb)
        return "before" if verb == b"DATA" else None

    def _message(self, at: int, data: bytes) -> tuple[list[Piece], bytes]:
        seen = self._tail + data
        end = seen.find(_END)
        if end < 0:
            self._tail, self._at = seen[-4:], at + len(data)
            return _within(at, data), b""
        last = end + len(_END) - len(self._tail)
        self._at = None
        self._waiting.append(b".")
        return [*_within(at, data[: last - 1]), ("after", data[last - 1 : last])], data[last:]


def _within(at: int, data: bytes) -> list[Piece]:
    cut = WITHIN - at
    if not 0 <= cut < len(data):
        return [(None, data)] if data else []
    return [(None, data[:cut]), ("within", data[cut:])] if cut else [("within", data)]
