from collections.abc import Iterable

from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import Blob, SourceContext
from newsletter.sources.record import Record
from newsletter.sources.report import Report


def read_ics(blob: Blob, source: SourceSettings, context: SourceContext, report: Report) -> Iterable[Record]:
    return []
