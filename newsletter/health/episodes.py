"""Troubles over time: each is told once when it begins and once when it is over, and one that flaps seldom.

What is gone must stay gone for a while before it is over, and for twice as long each time it came back lately.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.dates.spans import span_words
from newsletter.model.alerting import Episode, Trouble
from newsletter.model.issue import IssueState

#: Episodes of the same trouble within this time make it one that flaps.
LATELY = timedelta(days=1)
LONGEST_SETTLE = timedelta(days=1)
#: That a trouble is still there is written down no more often than this.
TOUCH = timedelta(minutes=5)

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Began:
    """A trouble that is new, or new again."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Lasts:
    """A trouble that is still there, with its words of now."""

    episode: Episode
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Cleared:
    """A trouble that is gone, and may come back."""

    episode: Episode


@dataclass(frozen=True, slots=True)
class Over:
    """A trouble that is gone for good: since when, and how it ended."""

    episode: Episode
    since: datetime
    ending: str


Change = Began | Lasts | Cleared | Over


def follow(
    open_ones: Sequence[Episode],
    before: Mapping[Name, int],
    found: Collection[Trouble],
    now: datetime,
    settle: timedelta,
    states: Mapping[str, IssueState],
) -> tuple[Change, ...]:
    """What the troubles found at `now` make of the episodes that are open.

    `before` counts the other episodes of each kind and subject that began lately (any, for what is final), and
    `states` are the states of the issues that the open ones are about.
    """
    known = {_name(one.trouble): one for one in open_ones}
    seen = {_name(one) for one in found}
    changes: list[Change] = [change for one in found for change in _seen(one, known.get(_name(one)), before, now)]
    for name, episode in known.items():
        if name not in seen:
            changes += _gone(episode, now, _settle(settle, before.get(name, 0)), states)
    return tuple(changes)


def lasted(episode: Episode) -> timedelta:
    """How long it lasted, or has lasted as far as was seen."""
    return (episode.ended_at or episode.last_seen) - episode.first_seen


def _name(trouble: Trouble) -> Name:
    return trouble.kind, trouble.subject


def _seen(one: Trouble, episode: Episode | None, before: Mapping[Name, int], now: datetime) -> Iterator[Change]:
    if episode is None:
        if not (one.final and before.get(_name(one))):
            yield Began(one)
    elif one.final:
        yield Over(episode, now, one.text)
    elif episode.clear_since is not None or now - episode.last_seen >= TOUCH:
        yield Lasts(episode, one)


def _settle(settle: timedelta, before: int) -> timedelta:
    return min(settle * (1 << min(before, 12)), LONGEST_SETTLE)


def _gone(episode: Episode, now: datetime, settle: timedelta, states: Mapping[str, IssueState]) -> Iterator[Change]:
    trouble = episode.trouble
    since = episode.clear_since or now
    state = states.get(trouble.subject) if trouble.kind == "issue-late" else None
    if now - since >= settle or state in ("sent", "cancelled", "skipped") or trouble.final:
        yield Over(episode, since, _ending(trouble, state))
    elif episode.clear_since is None:
        yield Cleared(episode)


def _ending(trouble: Trouble, state: IssueState | None) -> str:
    if state is not None:
        return f"{trouble.subject} is {state}"
    return _ENDINGS.get(trouble.kind, "it is found no more").format(trouble.subject)


_ENDINGS = {
    "issue-late": "{} is on its way",
    "no-slot": "digest {} has a next issue",
    "held": "it goes on",
    "queue": "{} moves again",
    "unknown": "nothing of {} is unknown any more",
    "rate": "it is not that high any more",
    "events-silent": "events come in",
    "source": "source {} is read and holds something",
    "disk": "there is room again",
    "joining": "no more sign-ups are turned away",
}


def words(episode: Episode) -> str:
    """The line that says that it is over, and how long it lasted."""
    return f"over after {span_words(lasted(episode))}: {episode.ending}"
