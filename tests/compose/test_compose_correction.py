from dataclasses import replace

import pytest
from compose_builders import (
    HOME,
    IN_BERLIN,
    IN_SEATTLE,
    NARROW,
    at,
    cancelled,
    days,
    draft_of,
    event,
    local,
    mondays,
    moved,
    news,
    weekly,
)

from newsletter.compose.correction import compose_correction
from newsletter.compose.issue import compose
from newsletter.compose.programme import HORIZON, programme_of
from newsletter.model.issue import Choices, Draft, Issue, Window
from newsletter.model.item import Item, Place
from newsletter.model.memory import Memory

DIVE = event("Data Deep Dive: Missing data", at("2026-12-10 12:00", 1.5), "deep-dive")
TALK = event("Talk", at("2026-12-08 09:00"), place="Online")


def told(*items: Item, choices: Choices = IN_SEATTLE) -> Memory:
    """What a reader knows after the issue of 4 December."""
    return compose(draft_of(*items), choices).memory


def correction_draft(*items: Item, about: tuple[Item, ...], now: str = "2026-12-07 08:00") -> Draft:
    moment = local(now)
    window = Window(local(now[:10]), local(now[:10]) + HORIZON)
    slot = replace(draft_of().slot, key="correction-2026-12-07-dive", send_at=moment, draft_at=moment, window=window)
    ids = tuple(item.id for item in about)
    return draft_of(*items, key=slot.key, slot=slot, as_of=moment, kind="correction", about=ids)


def corrected(
    old: Item, new: Item | None, *others: Item, choices: Choices = IN_SEATTLE, now: str = "2026-12-07 08:00"
) -> Issue | None:
    here = (*((new,) if new else ()), *others)
    draft = correction_draft(*here, about=(old,), now=now)
    return compose_correction(programme_of(draft), choices, told(old, *others, choices=choices))


def test_a_cancelled_event_is_told_with_its_day() -> None:
    issue = corrected(DIVE, replace(DIVE, status="cancelled"), TALK)
    assert issue is not None
    assert issue.subject == "Cancelled: Data Deep Dive on 10 December"
    (entry,) = issue.sections[0].entries
    assert (entry.change, entry.cancelled, entry.was) == ("cancelled", True, f"Thu 10 Dec, 12–1:30{NARROW}PM")
    assert issue.preheader.startswith(f"Was Thu 10 Dec, 12–1:30{NARROW}PM. Cascadia Data Science Lab told you")


@pytest.mark.parametrize(
    ("new", "subject", "now"),
    [
        (
            replace(DIVE, when=at("2026-12-11 14:00", 1.5)),
            "Moved: Data Deep Dive, now on 11 December",
            f"Fri 11 Dec, 2–3:30{NARROW}PM",
        ),
        (
            replace(DIVE, place=Place("in_person", "Library")),
            "New place: Data Deep Dive on 10 December",
            "Library",
        ),
        (replace(DIVE, status="postponed"), "Postponed: Data Deep Dive on 10 December", ""),
        (None, "Cancelled: Data Deep Dive on 10 December", ""),
    ],
)
def test_what_became_of_it_is_told(new: Item | None, subject: str, now: str) -> None:
    issue = corrected(DIVE, new, TALK)
    assert issue is not None
    assert (issue.subject, issue.sections[0].entries[0].now) == (subject, now)


def test_each_reads_it_in_their_own_zone_and_clock() -> None:
    late = event("Late", at("2026-12-10 18:00"))
    issue = corrected(late, replace(late, status="cancelled"), choices=IN_BERLIN)
    assert issue is not None
    assert issue.subject == "Cancelled: Late on 11 December"
    assert "Fri 11 Dec, 03:00–04:00" in issue.sections[0].entries[0].was


def test_whole_days_stay_on_their_day_everywhere() -> None:
    fair = event("Fair", days("2026-12-10"))
    issue = corrected(fair, replace(fair, status="cancelled"), choices=Choices("Pacific/Honolulu"))
    assert issue is not None
    assert issue.subject == "Cancelled: Fair on 10 December"


@pytest.mark.parametrize(
    "new",
    [
        DIVE,
        replace(DIVE, title="Data Deep Dive: Missing data, honestly", body="Other words."),
        replace(DIVE, registration_url="https://data.example.org/rsvp"),
    ],
    ids=["nothing", "words", "registration"],
)
def test_what_sends_nobody_astray_is_left_to_the_next_issue(new: Item) -> None:
    assert corrected(DIVE, new, TALK) is None


def test_what_was_never_told_is_no_correction() -> None:
    draft = correction_draft(replace(DIVE, status="cancelled"), TALK, about=(DIVE,))
    assert compose_correction(programme_of(draft), IN_SEATTLE, told(TALK)) is None


def test_what_is_over_is_no_correction() -> None:
    assert corrected(DIVE, replace(DIVE, status="cancelled"), TALK, now="2026-12-10 13:30") is None
    assert corrected(DIVE, replace(DIVE, status="cancelled"), TALK, now="2026-12-10 13:29") is not None


def test_other_events_are_not_spoken_of_and_their_change_is_not_forgotten() -> None:
    off = replace(DIVE, status="cancelled")
    later = replace(TALK, when=at("2026-12-09 09:00"))
    draft = correction_draft(off, later, about=(DIVE,))
    issue = compose_correction(programme_of(draft), IN_SEATTLE, told(DIVE, TALK))
    assert issue is not None
    assert [entry.title for entry in issue.sections[0].entries] == [DIVE.title]
    second = compose_correction(programme_of(correction_draft(off, later, about=(TALK,))), IN_SEATTLE, issue.memory)
    assert second is not None
    assert second.subject == "Moved: Talk, now on 9 December"


def test_several_events_share_one_mail() -> None:
    off, later = replace(DIVE, status="cancelled"), replace(TALK, when=at("2026-12-09 09:00"))
    draft = correction_draft(off, later, about=(DIVE, TALK))
    issue = compose_correction(programme_of(draft), IN_SEATTLE, told(DIVE, TALK))
    assert issue is not None
    assert issue.subject == "2 events have changed: Talk, Data Deep Dive"
    assert [entry.change for entry in issue.sections[0].entries] == ["moved", "cancelled"]


def test_after_it_the_same_correction_is_nothing() -> None:
    off = replace(DIVE, status="cancelled")
    draft = correction_draft(off, TALK, about=(DIVE,))
    first = compose_correction(programme_of(draft), IN_SEATTLE, told(DIVE, TALK))
    assert first is not None
    assert compose_correction(programme_of(draft), IN_SEATTLE, first.memory) is None


@pytest.mark.parametrize(
    "new", [replace(DIVE, status="cancelled"), replace(DIVE, when=at("2026-12-17 12:00", 1.5)), None]
)
def test_the_next_issue_does_not_tell_it_again(new: Item | None) -> None:
    first = draft_of(DIVE, TALK, news("Prize"))
    here = (*((new,) if new else ()), TALK, news("Prize"))
    knows = compose(first, IN_SEATTLE).memory
    note = compose_correction(programme_of(correction_draft(*here, about=(DIVE,))), IN_SEATTLE, knows)
    assert note is not None
    second = draft_of(*here, sent="2026-12-09 09:00")
    assert "changes" in [part.kind for part in compose(second, IN_SEATTLE, first, knows).sections]
    after = compose(second, IN_SEATTLE, first, note.memory)
    assert "changes" not in [part.kind for part in after.sections]
    assert "news:Prize" in {one.item.id for one in note.memory.told}


def test_a_date_of_a_series_that_falls_out_is_told_alone() -> None:
    work = event("Co-working", weekly("2026-09-03 15:00", "FREQ=WEEKLY", 2))
    off = replace(work, when=replace(work.when, overrides=(cancelled("2026-12-10 15:00"),)))
    issue = corrected(work, off)
    assert issue is not None
    assert issue.subject == "Cancelled: Co-working on 10 December"
    (entry,) = issue.sections[0].entries
    assert entry.exceptions == ("Back on Thu 17 Dec",)


def test_a_date_of_a_series_that_moves_is_told_with_both() -> None:
    work = event("Co-working", weekly("2026-09-03 15:00", "FREQ=WEEKLY", 2))
    on = replace(work, when=replace(work.when, overrides=(moved("2026-12-10 15:00", "2026-12-11 15:00"),)))
    issue = corrected(work, on)
    assert issue is not None
    assert issue.subject == "Moved: Co-working, now on 11 December"


def test_of_many_dates_some_are_named_and_the_others_counted() -> None:
    work = event("Reading group", mondays("2026-09-07", "2027-06-07"))
    short = replace(work, when=mondays("2026-09-07", "2026-12-14"))
    issue = corrected(work, short)
    assert issue is not None
    entries = issue.sections[0].entries
    assert 1 <= len(entries) <= 6
    again = compose_correction(programme_of(correction_draft(short, about=(work,))), IN_SEATTLE, issue.memory)
    assert again is None


def test_the_editors_words_come_first() -> None:
    off = replace(DIVE, status="cancelled")
    draft = correction_draft(off, about=(DIVE,))
    draft = replace(
        draft, note=replace(draft.note, subject="No Deep Dive this week", preheader="The room is flooded")
    )
    issue = compose_correction(programme_of(draft), IN_SEATTLE, told(DIVE))
    assert issue is not None
    assert (issue.subject, issue.preheader) == ("No Deep Dive this week", "The room is flooded")
    assert issue.window.start == local("2026-12-07").astimezone(HOME)
