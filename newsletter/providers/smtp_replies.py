"""What an SMTP server says, parted into replies within bounds.

A server may be hostile or broken: a reply is bounded in the length of its lines and in their number. Servers repeat
themselves, so that for most messages one comparison reads what they say to a whole envelope.
"""

from functools import lru_cache
from typing import NamedTuple

from newsletter.redaction import redact

#: Octets of a line. RFC 5321, 4.5.3.1.5 allows 512; some servers write more.
LONGEST_LINE = 4096
MOST_LINES = 200
#: Characters of a server's words that are kept.
LONGEST_WORDS = 300
#: Octets of what is remembered of a server that repeats itself.
_REMEMBERED = 1024
_CODES = {b"%d" % code: code for code in range(200, 600)}
#: What stands behind the code: in the last line of a reply a space, if anything; in the others a hyphen.
_MARKS = (b"", b" ", b"-")


class NoReplyError(OSError):
    """What the server sent is no SMTP reply, or too much of one."""


class Reply(NamedTuple):
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
        return in_one_line(redact.known(f"{self.code} {self.text}"))


def in_one_line(text: str) -> str:
    """A server's words, whose lines and lengths are its own."""
    return " ".join(text.split())[:LONGEST_WORDS]


class Replies:
    """What was read of one connection and not taken yet."""

    def __init__(self) -> None:
        # What lies before `_at` was taken.
        self._held, self._at = b"", 0
        self._lines: list[str] = []
        self._usual: dict[str, bytes] = {}

    def add(self, data: bytes) -> None:
        """More was read."""
        self._held, self._at = self._held[self._at :] + data, 0

    @property
    def unread(self) -> int:
        """Octets that nobody has taken."""
        return len(self._held) - self._at

    def __bool__(self) -> bool:
        """Whether anything is there, be it the first lines of a reply alone."""
        return self._at < len(self._held) or bool(self._lines)

    def next(self) -> Reply | None:
        """The next reply; None while it is not whole."""
        while (line := self._line()) is not None:
            code, last, text = _parsed(line)
            if last and not self._lines:
                return Reply(code, text)
            self._lines.append(text)
            if last:
                reply = Reply(code, "\n".join(self._lines))
                self._lines.clear()
                return reply
            if len(self._lines) >= MOST_LINES:
                raise NoReplyError(f"the server's reply has more than {MOST_LINES} lines")
        return None

    def went(self, kinds: str) -> bool:
        """Take the next replies where all are there, a line each and of these kinds; else none of them is taken."""
        usual = self._usual.get(kinds)
        if usual is None or self._lines or not self._held.startswith(usual, self._at):
            usual = self._next_lines(len(kinds))
            if self._lines or len(usual) > _REMEMBERED or not _are(kinds, usual):
                return False
            self._usual[kinds] = usual
        self._at += len(usual)
        return True

    def _line(self) -> bytes | None:
        """The next line; None while it has no end."""
        end = self._held.find(b"\n", self._at)
        if (self.unread if end < 0 else end - self._at) > LONGEST_LINE:
            raise NoReplyError(f"the server's reply has a line of more than {LONGEST_LINE} octets")
        if end < 0:
            return None
        line, self._at = self._held[self._at : end], end + 1
        return line.removesuffix(b"\r")

    def _next_lines(self, count: int) -> bytes:
        """So many of the next lines, with their ends; empty where they are not all there."""
        end = self._at
        for _ in range(count):
            end = self._held.find(b"\n", end) + 1
            if not end:
                return b""
        return self._held[self._at : end]


@lru_cache(maxsize=256)
def _are(kinds: str, lines: bytes) -> bool:
    """Whether these lines are one reply each, of these kinds."""
    return "".join(map(_kind, lines.split(b"\n")[:-1])) == kinds


def _kind(line: bytes) -> str:
    """The first digit of a reply that is one whole line; empty where it is none."""
    whole = len(line) <= LONGEST_LINE and line.removesuffix(b"\r")[3:4] in (b"", b" ") and line[:3] in _CODES
    return chr(line[0]) if whole else ""


def _parsed(line: bytes) -> tuple[int, bool, str]:
    """Code, whether the reply ends here, and the text."""
    code, mark = _CODES.get(line[:3]), line[3:4]
    if code is None or mark not in _MARKS:
        raise NoReplyError(f"the server gave a reply that is none: {line[:100].decode('utf-8', 'replace')}")
    return code, mark != b"-", line[4:].decode("utf-8", "replace")
