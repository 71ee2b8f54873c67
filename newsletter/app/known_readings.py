"""What was read lately, so that files that have not changed are not read again.

A program that serves looks at its sources before every draft, sending and correction, and the preview at every change
of any file. Reading is a function of the source's settings, the files' bytes and, seldom, the day; so its result is
kept by their digest.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from newsletter.app.lately import Lately
from newsletter.model.item import Reading
from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import Blob, SourceContext, read_source

#: Bytes of sources whose readings are kept; a reading takes some ten times as much memory.
ROOM = 4 << 20
#: What a reading counts for in any case.
LEAST = 1024


class KnownReadings:
    """Readings by what was read; any thread may ask."""

    def __init__(self, room: int = ROOM) -> None:
        self._lately: Lately[bytes, Reading] = Lately(room)

    def read(self, source: SourceSettings, blobs: Sequence[Blob], context: SourceContext) -> Reading:
        """As `read_source` reads it; the day matters only where the map of fields is to be found out."""
        if source.fields != "auto":
            context = replace(context, today=None)
        key = _digest(source, blobs, context)
        known = self._lately.get(key)
        if known is None:
            known = read_source(source, blobs, context)
            self._lately.keep(key, known, LEAST + sum(len(blob.data) for blob in blobs))
        return known

    def forget(self) -> None:
        """Keep nothing, as a program that has just begun."""
        self._lately.forget()


def _digest(source: SourceSettings, blobs: Sequence[Blob], context: SourceContext) -> bytes:
    digest = hashlib.sha256(source.model_dump_json().encode())
    digest.update(repr((context, [(blob.path, len(blob.data)) for blob in blobs])).encode())
    for blob in blobs:
        digest.update(blob.data)
    return digest.digest()


#: What all of this program's workspaces share.
KNOWN = KnownReadings()
