"""The bytes of a file as text: byte order marks, UTF-8, UTF-16, or Windows-1252 of an old office."""

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PART = 1 << 20
#: How to open the file from its beginning; it is read twice, since its encoding shows at its end.
Opener = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes are read; `guessed` where nothing in them says so."""

    name: str
    guessed: bool = False


def encoding_of(open_file: Opener) -> Encoding:
    """The encoding of a file: by its mark, UTF-8 where all of it is, else Windows-1252."""
    with open_file() as file:
        head = file.read(4)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return Encoding(name)
        file.seek(0)
        return Encoding("utf-8") if _is_utf8(file) else Encoding("cp1252", guessed=True)


def text_of(file: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    """The file as text; what no character stands for becomes U+FFFD. Line ends stay as they are."""
    return io.TextIOWrapper(file, encoding=encoding.name, errors="replace", newline="")


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for part in _parts(file):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(_PART):
        yield part
