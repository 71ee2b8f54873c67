"""Where an issue leaves by the reader's clock, what is over is over for each reader at another moment."""

from compose_builders import WEEKLY, at, draft_of, event, local, titles

from newsletter.compose.history import read_late
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft

BY_READER = WEEKLY.model_copy(update={"send_at": "reader"})
#: Friday 4 December in Seattle: one before and one after the 09:00 at which the issue leaves there.
BREAKFAST = event("Breakfast", at("2026-12-04 08:00", 0.5))
LUNCH = event("Lunch", at("2026-12-04 10:00", 0.5))


def told(zone: str, draft: Draft) -> list[str]:
    return titles(compose(draft, Choices(timezone=zone)), "events")


def friday(**values) -> Draft:
    return draft_of(BREAKFAST, LUNCH, window=("2026-12-04", "2026-12-11"), **{"as_of": local("2026-12-03"), **values})


def test_by_the_communitys_clock_all_read_at_one_moment() -> None:
    for zone in ("America/Los_Angeles", "Asia/Tokyo", "Pacific/Honolulu"):
        assert told(zone, friday()) == ["Lunch"]


def test_by_the_readers_clock_the_east_reads_earlier_and_the_west_later() -> None:
    draft = friday(settings=BY_READER)

    assert told("America/Los_Angeles", draft) == ["Lunch"]
    assert told("Asia/Tokyo", draft) == ["Breakfast", "Lunch"]
    assert told("Pacific/Honolulu", draft) == []


def test_no_reader_gets_it_later_than_the_last_moment_allowed() -> None:
    at_once = BY_READER.model_copy(update={"send_by": "30 minutes"})

    assert told("Pacific/Honolulu", friday(settings=at_once)) == ["Lunch"]


def test_an_issue_says_when_it_reaches_its_reader() -> None:
    issue = compose(friday(settings=BY_READER), Choices(timezone="Asia/Tokyo"))

    assert issue.read_at == local("2026-12-03 16:00")


def test_who_gets_it_later_than_the_others_reads_it_at_that_very_moment() -> None:
    late = read_late(friday(settings=BY_READER), local("2026-12-04 09:30"))

    assert [told(zone, late) for zone in ("Asia/Tokyo", "Pacific/Honolulu")] == [["Lunch"], ["Lunch"]]
    assert read_late(late, local("2026-12-01")) == late
