"""The way from one event to the next, in both directions, wherever the other end stands."""

from dataclasses import replace

from compose_builders import IN_SEATTLE, SEATTLE, at, draft_of, entries, event, only, page, weekly

from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Link

DIVE = event("Deep Dive on trees", at("2026-12-08 12:00"), "deep-dive", url="https://data.example.org/trees")
COURSE = event("Trees in practice", at("2026-12-10 12:00"), "learning-community", follows="deep dive on trees")


def test_the_link_is_told_at_both_ends() -> None:
    issue = compose(draft_of(DIVE, COURSE), IN_SEATTLE)

    told = {entry.title: (entry.follows, entry.followed_by) for entry in entries(issue, "events")}
    assert told["Trees in practice"] == (Link(DIVE.title, "https://data.example.org/trees"), ())
    assert told[DIVE.title] == (None, (Link("Trees in practice", ""),))


def test_the_other_end_may_lie_before_or_after_the_window() -> None:
    for when in (at("2026-11-10 12:00"), at("2027-02-10 12:00")):
        issue = compose(draft_of(replace(DIVE, when=when), COURSE), IN_SEATTLE)

        assert only(entries(issue, "events")).follows == Link(DIVE.title, "https://data.example.org/trees")


def test_the_other_end_may_belong_to_a_topic_that_the_reader_left_out() -> None:
    learning = Choices(timezone=SEATTLE, topics=("learning-communities",))

    entry = only(entries(compose(draft_of(DIVE, COURSE), learning), "events"))

    assert (entry.title, entry.follows) == (COURSE.title, Link(DIVE.title, "https://data.example.org/trees"))


def test_what_is_held_back_is_no_way_to_anywhere() -> None:
    entry = only(entries(compose(draft_of(replace(DIVE, held_back=True), COURSE), IN_SEATTLE), "events"))

    assert entry.follows is None


def test_a_series_and_an_open_group_follow_too() -> None:
    club = event("Tree club", weekly("2026-12-09 15:00", "FREQ=WEEKLY"), follows=DIVE.title)
    group = page("Tree friends", "learning-community", follows=DIVE.title)
    settings = draft_of().settings.model_copy(update={"sections": ("recurring", "open")})

    issue = compose(draft_of(DIVE, club, group, settings=settings), IN_SEATTLE)

    for kind in ("recurring", "open"):
        assert only(entries(issue, kind)).follows == Link(DIVE.title, "https://data.example.org/trees")
