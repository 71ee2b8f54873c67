"""Why an item is in the issue or not: the explanation agrees with the issue, and names the decision."""

from dataclasses import replace
from datetime import date

import pytest
from compose_builders import (
    IN_SEATTLE,
    WEEKLY,
    at,
    cancelled,
    days,
    draft_of,
    event,
    local,
    mondays,
    news,
    page,
    plain,
    weekly,
    winter,
)
from compose_strategies import items
from hypothesis import given
from hypothesis import strategies as st

from newsletter.compose.explain import ASIDE, Explanation, explain
from newsletter.compose.issue import compose
from newsletter.compose.locating import close_items, find_items, unread_problems
from newsletter.compose.when_words import when_words
from newsletter.model.issue import Choices, Draft
from newsletter.model.item import Deadline, Item
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import Sessions, Vague
from newsletter.model.workspace import SectionSettings

DIVE = event("Missing data", at("2026-12-08 12:00", 1.5), "deep-dive")
DATATHON_ONLY = Choices(timezone="America/Los_Angeles", topics=("datathons",))


def trace(
    item: Item, *others: Item, choices: Choices = IN_SEATTLE, baseline: Draft | None = None, **values
) -> Explanation:
    return explain(draft_of(item, *others, **values), item.id, choices, baseline)


def why(found: Explanation) -> list[str]:
    return [reason.code for reason in found.reasons]


def with_sections(*names: str) -> dict[str, object]:
    return {"settings": WEEKLY.model_copy(update={"sections": names})}


def test_what_is_in_the_issue_names_its_sections_and_no_reason() -> None:
    found = trace(DIVE)
    assert [one.section for one in found.told] == ["glance", "events"]
    assert plain(found.told[1].when_text) == "Tue 8 Dec, 12–1:30 PM PST"
    assert found.reasons == ()
    assert found.topics == ("deep-dives",)


def test_the_trace_names_time_zone_and_every_place_it_was_read() -> None:
    calendar = Origin("calendar", "lab.ics", 40)
    found = trace(replace(DIVE, origins=(*DIVE.origins, calendar)))
    assert plain(found.when_text) == "Tue 8 Dec 2026, 12–1:30 PM"
    assert (found.timezone, found.zone_source) == ("America/Los_Angeles", "source_default")
    assert found.item.origins[1] == calendar


def test_the_occurrences_around_the_window_are_named() -> None:
    found = trace(event("Tables", weekly("2026-11-02 12:00", "FREQ=WEEKLY;BYDAY=MO"), "co-working"))
    assert found.before is not None
    assert found.before.start == local("2026-11-30 12:00")
    assert [one.start for one in found.inside] == [local("2026-12-07 12:00")]
    assert found.after is not None
    assert found.after.start == local("2026-12-14 12:00")
    assert plain(found.pattern) == "Mondays 12–1 PM"
    assert [one.section for one in found.told] == ["glance", "recurring"]


@pytest.mark.parametrize(
    ("item", "code", "words"),
    [
        (replace(DIVE, held_back=True), "held-back", "errors"),
        (replace(DIVE, status="draft"), "draft", "draft"),
        (event("Later", at("2026-12-15 12:00")), "no-occurrence", "Mon 7 Dec 2026 to Sun 13 Dec 2026"),
        (event("Vague", Vague("end of the quarter")), "vague", "'end of the quarter' names no day"),
        (event("Spring", Vague("spring", date(2027, 3, 1), date(2027, 5, 31))), "no-occurrence", "2027-03-01"),
        (event("Gone", Vague("autumn", date(2026, 10, 1), date(2026, 11, 30))), "over", "2026-10-01 to 2026-11-30"),
        (
            event("Ended", weekly("2026-11-02 12:00", "FREQ=WEEKLY;BYDAY=MO"), expires=date(2026, 12, 1)),
            "expired",
            "2026-12-01",
        ),
        (news("Early", publish=date(2026, 12, 5)), "not-yet-published", "2026-12-05"),
        (news("Late", publish=date(2026, 11, 1), expires=date(2026, 12, 3)), "expired", "2026-12-03"),
        (news("Old", publish=date(2026, 8, 1)), "stale", "62 days"),
        (news("Off", status="cancelled"), "called-off", "cancelled"),
        (page("Values"), "no-place", "tags"),
        (
            page("Thanks", "thanks", body="- **Ana**, for tea.", publish=date(2026, 12, 9)),
            "not-yet-published",
            "12-09",
        ),
    ],
)
def test_what_is_missing_says_which_decision_left_it_out(item: Item, code: str, words: str) -> None:
    found = trace(item)
    assert found.told == ()
    assert why(found) == [code]
    assert words in found.reasons[0].text


def test_a_topic_that_the_reader_did_not_choose_is_named_beside_those_chosen() -> None:
    found = trace(DIVE, choices=DATATHON_ONLY)
    assert why(found) == ["topic-not-chosen"]
    assert found.reasons[0].text == "It belongs to deep-dives; this reader chose datathons."


def test_what_is_over_when_the_issue_is_read_says_so() -> None:
    found = trace(event("Dawn walk", at("2026-12-04 08:00")), window=("2026-12-04", "2026-12-11"))
    assert why(found) == ["over"]
    assert "2026-12-04 09:00" in found.reasons[0].text


def test_a_section_that_the_digest_does_not_list_is_named() -> None:
    found = trace(DIVE, **with_sections("announcements"))
    assert why(found) == ["no-section"]
    assert "'glance'" in found.reasons[0].text
    assert why(trace(news("Hello"), **with_sections("events"))) == ["no-section"]
    group = page("R circle", "learning-community")
    assert why(trace(group)) == ["no-section"]
    assert [one.section for one in explain(winter(group), group.id, IN_SEATTLE).told] == ["open"]


def test_what_stands_in_a_section_of_the_workspaces_own_is_told_there() -> None:
    own = {
        "sections": (("jobs", SectionSettings(title="Jobs", tags=("job",))),),
        **with_sections("announcements", "jobs"),
    }
    assert [one.section for one in trace(news("Engineer", "job"), **own).told] == ["jobs"]


def test_what_was_told_off_before_is_not_told_again() -> None:
    off = replace(DIVE, status="cancelled")
    before = draft_of(off, sent="2026-11-27 09:00", window=("2026-11-30", "2026-12-14"))
    assert why(trace(off, baseline=before)) == ["told-before"]
    assert [one.section for one in trace(off).told] == ["glance"]


def test_news_that_never_expires_is_told_once() -> None:
    once = news("New room", publish=date(2026, 11, 20))
    assert why(trace(once, baseline=draft_of(once, sent="2026-11-27 09:00"))) == ["told-before"]


def test_only_a_deadline_in_the_issue_leaves_the_event_itself_explained() -> None:
    deadline = Deadline("register", date(2026, 12, 9), "America/Los_Angeles")
    found = trace(event("Summer school", at("2027-01-20 09:00"), deadlines=(deadline,)))
    assert [one.section for one in found.told] == ["deadlines"]
    assert why(found) == ["no-occurrence"]


def test_problems_are_those_of_the_items_own_lines() -> None:
    first, second = (replace(DIVE, id=f"talks#{n}", origins=(Origin("talks", "talks.csv", n),)) for n in (2, 5))
    mine = Problem("warning", "W-PLACE", "no place", Origin("talks", "talks.csv", 3))
    whole = Problem("info", "I-FILE", "the file", Origin("talks", "talks.csv"))
    other = Problem("error", "E-DATE", "no date", Origin("talks", "talks.csv", 5))
    elsewhere = Problem("error", "E-DATE", "no date", Origin("talks", "others.csv", 3))
    found = trace(first, second, problems=(mine, whole, other, elsewhere))
    assert found.problems == (mine, whole)


def test_an_unknown_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        explain(draft_of(DIVE), "events:nothing", IN_SEATTLE)


def test_an_item_is_found_by_id_title_path_and_beginning() -> None:
    other = event("Missing pieces", at("2026-12-09 12:00"))
    everything = (DIVE, other)
    for name in (
        "events:missing-data",
        "MISSING  data",
        "content/events/missing-data.md",
        "missing d",
        "events:missing-d",
    ):
        assert find_items(everything, name) == (DIVE,)
    assert find_items(everything, "missing") == everything
    assert find_items(everything, "") == ()
    assert find_items(everything, "data") == ()


def test_a_copy_that_was_joined_is_found_under_its_own_id() -> None:
    joined = replace(DIVE, origins=(*DIVE.origins, Origin("site", "content/dive.md", 1)))
    assert find_items((joined,), "site:content/dive.md") == (joined,)


def test_close_items_are_offered_for_a_misspelt_one() -> None:
    assert close_items((DIVE, event("Datathon", days("2026-12-11"))), "mising dta") == (DIVE,)
    assert close_items((DIVE, event("Datathon", days("2026-12-11"))), "the data talk") == (DIVE,)


def test_a_file_that_gave_no_item_is_explained_by_its_problems() -> None:
    draft_page = Problem(
        "info", "I-DRAFT", "'Spring party' is left out, because draft = true.", Origin("s", "content/p.md", 1)
    )
    frozen = draft_of(DIVE, problems=(draft_page,))
    for name in ("content/p.md", "s:content/p.md", "Spring Party"):
        assert unread_problems(frozen, name) == (draft_page,)
    assert unread_problems(frozen, "missing data") == ()


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (None, "no time"),
        (at("2026-12-08 12:00", 0), "Tue 8 Dec 2026, 12 PM"),
        (days("2026-12-09", "2026-12-10"), "Wed 9 Dec 2026 to Thu 10 Dec 2026, all day"),
        (mondays("2027-01-04", "2027-03-15", approximate=True, excluded=(date(2027, 1, 18),)),
         "Mondays, usually 12–1 PM, Mon 4 Jan 2027 to Mon 15 Mar 2027, without Mon 18 Jan"),
        (weekly("2027-01-04 12:00", "FREQ=WEEKLY;UNTIL=20270315", overrides=(cancelled("2027-01-18 12:00"),)),
         "from Mon 4 Jan 2027, 12–1 PM, by FREQ=WEEKLY;UNTIL=20270315 until Mon 15 Mar 2027, without Mon 18 Jan"),
        (Sessions((at("2026-12-08 12:00"), days("2026-12-09"))), "Tue 8 Dec 2026, 12–1 PM; Wed 9 Dec 2026, all day"),
        (Vague("late winter"), 'only "late winter"'),
        (Vague("May", date(2027, 5, 1), date(2027, 5, 31)), 'only "May", which is Sat 1 May 2027 to Mon 31 May 2027'),
        (at("2026-12-31 22:00", 26), "Thu 31 Dec 2026, 10 PM to Sat 2 Jan 2027, 12 AM"),
    ],
)  # fmt: skip
def test_a_time_is_said_as_it_was_read(when, words: str) -> None:
    assert plain(when_words(when)) == words


flags = st.booleans()
some_items = st.lists(
    st.builds(lambda item, held: replace(item, held_back=held), items, st.sampled_from([False, False, True])),
    min_size=1,
    max_size=5,
    unique_by=lambda item: item.id,
)
some_choices = st.sampled_from([IN_SEATTLE, DATATHON_ONLY, Choices(timezone="Europe/Berlin", topics=())])
some_sections = st.sets(st.sampled_from(["glance", "events", "recurring", "deadlines", "announcements", "open"]))


@given(some_items, some_choices, some_sections, flags, flags)
def test_the_explanation_agrees_with_the_issue(
    found: list[Item], choices: Choices, sections: set[str], is_long: bool, again: bool
) -> None:
    settings = WEEKLY.model_copy(update={"sections": (*sorted(sections), "changes")})
    frozen = (winter if is_long else draft_of)(*found, settings=settings)
    baseline = draft_of(*found, sent="2026-11-27 09:00", settings=settings) if again else None
    issue = compose(frozen, choices, baseline)
    for item in found:
        told = [section.kind for section in issue.sections for entry in section.entries if entry.id == item.id]
        explained = explain(frozen, item.id, choices, baseline)
        assert [one.section for one in explained.told] == told
        assert bool(explained.reasons) == (set(told) <= ASIDE)
        assert item.kind == "page" or "no-place" not in why(explained)


@given(some_items, flags)
def test_a_topic_is_blamed_only_where_choosing_it_would_change_the_matter(found: list[Item], is_long: bool) -> None:
    topical = [replace(item, tags=("deep-dive",)) for item in found]
    frozen = (winter if is_long else draft_of)(*topical)
    for item in topical:
        with_all = explain(frozen, item.id, IN_SEATTLE)
        if why(explain(frozen, item.id, DATATHON_ONLY)) == ["topic-not-chosen"]:
            assert why(with_all) != ["topic-not-chosen"]
        else:
            assert why(with_all) in (["held-back"], ["draft"])
