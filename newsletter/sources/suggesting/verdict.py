"""Whether a sentence that names times tells of something one could go to. In doubt it does not.

Each rule looks at words only; what is refused here is refused for a reason that a person could name.
"""

from collections.abc import Iterator, Sequence

from newsletter.sources.suggesting.spans import Kind, Span
from newsletter.sources.suggesting.vocabulary import (
    AHEAD,
    BOUND,
    CUE,
    FORMALITY,
    NOT_PEOPLE,
    OFF,
    PASSIVE,
    PAST,
    RANGE,
    STRONG,
)

#: How far before a date the words are looked for that make it a bound.
_BEFORE = 80
#: Words beside the time that a bare line of a list may have.
_FEW = 3


def candidates(text: str, spans: Sequence[Span]) -> tuple[tuple[Span, ...], ...]:
    """The spans of each event that the sentence tells of; none for the most sentences."""
    useful = [span for span in spans if not _is_bound(text, span)]
    if any(span.kind == "opening" for span in spans) or _is_refused(text):
        return ()
    groups = _groups(_telling(useful))
    return tuple(group for group in groups if _is_event(text, group))


def _is_bound(text: str, span: Span) -> bool:
    return span.kind == "date" and bool(BOUND.search(text[max(0, span.start - _BEFORE) : span.start]))


def _is_refused(text: str) -> bool:
    past = PAST.search(text) and not AHEAD.search(text)
    return bool(past or OFF.search(text) or NOT_PEOPLE.search(text) or FORMALITY.search(text))


def _telling(spans: Sequence[Span]) -> list[Span]:
    """Without the weekday that only repeats what a date or a pattern says."""
    kinds = {span.kind for span in spans}
    return [span for span in spans if span.kind != "weekday" or not kinds & {"date", "weekly"}]


def _groups(spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """One group, or one for each date where several dates have clocks of their own."""
    if _count(spans, "date") < 2 or _count(spans, "clock") < 2:
        yield tuple(spans)
        return
    group: list[Span] = []
    for span in spans:
        if span.kind == "date" and any(one.kind == "date" for one in group):
            yield tuple(group)
            group = []
        group.append(span)
    yield tuple(group)


def _is_event(text: str, spans: Sequence[Span]) -> bool:
    kinds = {span.kind for span in spans}
    told = bool(CUE.search(text) or STRONG.search(text)) or _is_bare(text, spans) or _lasts(text, spans)
    if "date" in kinds and "clock" in kinds:
        return True
    if kinds & {"date", "weekly"}:
        return bool(STRONG.search(text)) or ("clock" in kinds and told)
    if "period" in kinds:
        return "weekday" in kinds or "clock" in kinds
    return kinds >= {"weekday", "clock"} and bool(STRONG.search(text))


def _lasts(text: str, spans: Sequence[Span]) -> bool:
    """Whether it goes on from one hour to another, which machines and posts seldom do."""
    ranges = (text[span.start : span.end] for span in spans if span.kind == "clock")
    return any(RANGE.search(words) for words in ranges) and not PASSIVE.search(text)


def _is_bare(text: str, spans: Sequence[Span]) -> bool:
    """Whether it says hardly more than the time, as the lines of a list do."""
    rest = text
    for span in reversed(spans):
        rest = rest[: span.start] + rest[span.end :]
    return len(rest.split()) <= _FEW


def _count(spans: Sequence[Span], kind: Kind) -> int:
    return sum(span.kind == kind for span in spans)
