"""Places for a person's values in a rendered mail.

A template prints a mark; after MJML the text is split at exactly those marks. A mark holds a digest of everything
that went into the mail, so no content can spell one: it would have to contain the digest of itself.
"""

import functools
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from newsletter.model.mail import SLOT_NAMES, Parts, SlotContext, SlotRef


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one mail; `digest` is 32 hexadecimal digits."""

    digest: str

    def by_name(self) -> dict[str, str]:
        """What a template prints for each slot."""
        return {name: f"slot.{self.digest}.{name}." for name in SLOT_NAMES}

    def split(self, text: str, context: SlotContext) -> Parts:
        """The text as static strings and slots, in order, without empty strings."""
        pieces = re.split(rf"slot\.{self.digest}\.({'|'.join(SLOT_NAMES)})\.", text)
        parts = [SlotRef(piece, context) if index % 2 else piece for index, piece in enumerate(pieces)]
        return tuple(part for part in parts if part)


def marks_for(issue: object, draft: object) -> Marks:
    """Marks that depend on both; these are frozen values whose repr tells them wholly."""
    digest = _begun_with(_Same(draft)).copy()
    digest.update(_told(issue))
    return Marks(digest.hexdigest()[:32])


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A frozen value, known again by being the same and not by being equal."""

    value: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


@functools.lru_cache(maxsize=2)
def _begun_with(draft: _Same) -> "hashlib._Hash":
    """A digest to go on with: a draft holds everything that was read, and has many editions."""
    digest = hashlib.sha256()
    for part in _parts_told(draft.value):
        digest.update(part)
    return digest


def _parts_told(draft: object) -> Iterator[bytes]:
    """What `_told` says of a draft, field by field; the next draft has the very same items, which are most of it."""
    if not is_dataclass(draft):
        yield _told(draft)
        return
    before = f"{type(draft).__qualname__}("
    for field in fields(draft):
        value = getattr(draft, field.name)
        yield f"{before}{field.name}=".encode()
        yield _told_once(_Same(value)) if field.name == "items" else _told(value)
        before = ", "
    yield b")"


@functools.lru_cache(maxsize=2)
def _told_once(value: _Same) -> bytes:
    return _told(value.value)


def _told(value: object) -> bytes:
    return repr(value).encode("utf-8", "backslashreplace")
