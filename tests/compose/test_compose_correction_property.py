"""Whoever was told of an event otherwise is told what has changed, of exactly that, and once."""

from dataclasses import replace
from datetime import datetime, timedelta

from compose_builders import IN_SEATTLE, at, draft_of, event, local
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.compose.correction import compose_correction
from newsletter.compose.issue import compose
from newsletter.compose.programme import HORIZON, programme_of
from newsletter.model.issue import Choices, Draft, Issue, Window
from newsletter.model.item import Item, Place
from newsletter.model.memory import Memory

TAGS = ("deep-dive", "datathon")
GRAVE = ("cancelled", "postponed", "moved", "place", "gone")
CHANGES = ("", *GRAVE, "words", "registration")
TOPICS = {"deep-dive": "deep-dives", "datathon": "datathons"}

#: For each event: its day and hour, its tag, and what becomes of it.
lives = st.lists(
    st.tuples(st.integers(0, 6), st.integers(8, 18), st.sampled_from(TAGS), st.sampled_from(CHANGES)),
    min_size=1,
    max_size=6,
)
topics = st.one_of(st.none(), st.sampled_from([("deep-dives",), ("datathons",)]))
moments = st.integers(0, 7 * 24).map(lambda hours: local("2026-12-07") + timedelta(hours=hours))


def written(number: int, day: int, hour: int, tag: str) -> Item:
    return event(f"Event {number}", at(f"2026-12-{7 + day:02d} {hour:02d}:00"), tag)


def changed(item: Item, what: str) -> Item | None:
    if what in ("cancelled", "postponed"):
        return replace(item, status=what)  # type: ignore[arg-type]  # drawn from the words of a status
    if what == "moved":
        return replace(item, when=at("2026-12-20 12:00"))
    if what == "place":
        return replace(item, place=Place("in_person", "Another hall"))
    if what == "words":
        return replace(item, summary="Other words.", body="Other words.")
    if what == "registration":
        return replace(item, registration_url="https://data.example.org/rsvp")
    return None if what == "gone" else item


def correction(items: tuple[Item, ...], about: tuple[str, ...], now: datetime) -> Draft:
    midnight = now.replace(hour=0, minute=0)
    slot = replace(
        draft_of().slot, key="correction", send_at=now, draft_at=now, window=Window(midnight, now + HORIZON)
    )
    return draft_of(*items, key="correction", slot=slot, as_of=now, kind="correction", about=about)


def told_in(issue: Issue | None) -> set[str]:
    return {entry.id for section in issue.sections for entry in section.entries} if issue else set()


def corrected(draft: Draft, memory: Memory, choices: Choices) -> Issue | None:
    return compose_correction(programme_of(draft), choices, memory)


@settings(max_examples=150)
@given(lives=lives, topics=topics, now=moments, data=st.data())
def test_exactly_what_was_told_otherwise_and_lies_ahead_is_corrected_once(lives, topics, now, data) -> None:
    choices = replace(IN_SEATTLE, topics=topics)
    old = {number: written(number, *life[:3]) for number, life in enumerate(lives)}
    new = {number: changed(item, lives[number][3]) for number, item in old.items()}
    here = tuple(item for item in new.values() if item)
    # A source of which nothing is left is taken for unread, so that nothing in it is called off.
    here = (*here, event("Always there", at("2027-03-01 12:00")))
    memory = compose(draft_of(*old.values()), choices).memory
    about = data.draw(st.lists(st.sampled_from(sorted(item.id for item in old.values())), unique=True))

    def is_due(number: int) -> bool:
        followed = topics is None or TOPICS[lives[number][2]] in topics
        ahead = now < old[number].when.end.replace(tzinfo=now.tzinfo)  # type: ignore[union-attr]  # all are instants
        return followed and lives[number][3] in GRAVE and ahead

    due = {old[number].id for number in old if is_due(number)}
    issue = corrected(correction(here, tuple(about), now), memory, choices)
    assert told_in(issue) == due & set(about)

    after = issue.memory if issue else memory
    assert corrected(correction(here, tuple(about), now), after, choices) is None
    rest = corrected(correction(here, tuple(sorted(due)), now), after, choices)
    assert told_in(rest) == due - set(about)
