"""What a source is given: bytes with a path, and what they are read against; and how bytes become text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from newsletter.model.workspace import TermSettings

MEGABYTE = 1024 * 1024
MAX_BYTES = 5 * MEGABYTE

#: First bytes of what people save under the wrong name.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive (or an Office document)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3", "an SQLite database"),
)


@dataclass(frozen=True, slots=True)
class Blob:
    """One file's bytes and its path as the reader of a problem would type it."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What every source is read against: the community's zone (IANA), its named terms, and its day."""

    timezone: str
    terms: Mapping[str, TermSettings] = field(default_factory=dict)
    today: date | None = None


class UnreadableError(ValueError):
    """A file or row that cannot be read at all; becomes a Problem where the file is known."""

    def __init__(self, code: str, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.line = line


def check_bytes(data: bytes, limit: int = MAX_BYTES) -> None:
    """Raise UnreadableError for what is too large, UTF-16 or not text at all."""
    if len(data) > limit:
        megabytes = len(data) / MEGABYTE
        raise UnreadableError(
            "E-SIZE", f"The file has {megabytes:.1f} MB; more than {limit / MEGABYTE:g} MB is not read."
        )
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise UnreadableError(
                "E-FORMAT", f"The file is {name}, not text; check its name and the source's format."
            )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("E-ENCODING", "The file is UTF-16; save it as UTF-8.")
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise UnreadableError(
            "E-ENCODING", "The file holds a NUL byte, so it is not UTF-8 text; save it as UTF-8.", line
        )


def decode(data: bytes) -> str:
    """UTF-8 text, lines ended by \\n, without byte order mark; UnreadableError names the line that is not UTF-8."""
    check_bytes(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, error.start) from error
    return unify_lines(text)


def decode_or_windows(data: bytes) -> tuple[str, int | None]:
    """UTF-8 text, or Windows-1252 as spreadsheets write it, with the line that showed that it is not UTF-8."""
    check_bytes(data)
    try:
        return unify_lines(data.decode("utf-8-sig")), None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        try:
            return unify_lines(data.decode("cp1252")), line
        except UnicodeDecodeError:
            raise _not_utf8(data, error.start) from error


def unify_lines(text: str) -> str:
    """The text with \\n as its only line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf8(data: bytes, at: int) -> UnreadableError:
    line = data.count(b"\n", 0, at) + 1
    return UnreadableError("E-ENCODING", f"Byte 0x{data[at]:02x} is not UTF-8; save the file as UTF-8.", line)
