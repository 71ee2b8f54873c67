"""Whether the sources are still read, and still say something: a digest that runs dry does so without a word."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from newsletter.dates.spans import parse_span, span_words
from newsletter.model.alert_settings import AlertSettings
from newsletter.model.alerting import Severity, SourceReading, Trouble


def stale_sources(sources: Iterable[SourceReading], now: datetime, settings: AlertSettings) -> Iterator[Trouble]:
    """At most one trouble for each source: the first that applies is its cause."""
    for one in sources:
        text = (
            _unread(one, now, settings) or _empty(one, now, settings) or _unchanged(one, now, settings) or one.unmet
        )
        if text:
            severity: Severity = "error" if one.fault else "warning"
            advice = "newsletter collect reads every source and says what it finds"
            yield Trouble("source", one.name, severity, f"source {one.name}: {text}", advice)


def _unread(one: SourceReading, now: datetime, settings: AlertSettings) -> str:
    """Not read because nobody tried is as bad as not read because it failed."""
    quiet = now - one.read_at
    if not settings.source_unread or quiet < parse_span(settings.source_unread):
        return ""
    why = one.fault or f"nobody tried since {one.tried_at:%Y-%m-%d %H:%M}"
    return f"not read for {span_words(quiet)} ({why}); its last reading is used: {_items(one)}"


def _items(one: SourceReading) -> str:
    return "1 item" if one.items == 1 else f"{one.items} items"


def _empty(one: SourceReading, now: datetime, settings: AlertSettings) -> str:
    if not settings.source_empty or one.items or one.filled_at is None:
        return ""
    quiet = now - one.filled_at
    if quiet < parse_span(settings.source_empty):
        return ""
    return f"0 items for {span_words(quiet)}, and it had some before"


def _unchanged(one: SourceReading, now: datetime, settings: AlertSettings) -> str:
    if not settings.source_unchanged or not one.items:
        return ""
    quiet = now - one.changed_at
    if quiet < parse_span(settings.source_unchanged):
        return ""
    return f"nothing in it changed for {span_words(quiet)}: {_items(one)}"
