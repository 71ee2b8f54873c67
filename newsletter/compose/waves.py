"""A programme as one zone reads it, where a digest leaves by the reader's own clock."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from newsletter.compose.programme import Programme, programme_of
from newsletter.dates.spans import parse_span
from newsletter.dates.waves import wave_time
from newsletter.model.issue import Choices


def as_read(programme: Programme, choices: Choices) -> Programme:
    """The programme at the moment at which these readers get it: nothing that is over for them is told."""
    draft = programme.draft
    if draft.settings.send_at != "reader" or draft.kind != "issue" or choices.shared:
        return programme
    send_at, send_by = draft.slot.send_at.astimezone(programme.home), parse_span(draft.settings.send_by)
    moment = max(draft.as_of, wave_time(send_at, ZoneInfo(choices.timezone), send_by))
    return programme if moment == programme.moment else _at(programme, moment)


@lru_cache(maxsize=64)
def _at(programme: Programme, moment: datetime) -> Programme:
    return programme_of(programme.draft, moment)
