from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.workspace import ListSettings
from newsletter.people.preferences import (
    Preferences,
    PreferencesForm,
    Refusal,
    filled_form,
    read_form,
    sent_form,
)

LIST = ListSettings(title="Common Hours", digests=("weekly", "monthly"), topics=("talks", "dives", "jobs"))
NOW = Preferences(("weekly",), None, "", 12)
TODAY = date(2026, 12, 4)
GOOD = PreferencesForm(("weekly",), ("dives",), ("Europe/Berlin",), ("24",))


def fields(answer: object) -> list[tuple[str, bool]]:
    assert isinstance(answer, tuple)
    assert all(isinstance(one, Refusal) for one in answer)
    return [(one.field, one.empty) for one in answer]


def test_a_good_form_is_read_as_it_was_meant() -> None:
    assert read_form(GOOD, LIST, NOW, TODAY) == Preferences(("weekly",), ("dives",), "Europe/Berlin", 24)


def test_choices_stand_in_the_lists_order_and_once() -> None:
    form = replace(GOOD, digests=("monthly", "weekly", "monthly"), topics=("jobs", "talks", "jobs"))
    read = read_form(form, LIST, NOW, TODAY)
    assert isinstance(read, Preferences)
    assert (read.digests, read.topics) == (("weekly", "monthly"), ("talks", "jobs"))


def test_all_topics_ticked_means_those_to_come_too() -> None:
    read = read_form(replace(GOOD, topics=("jobs", "dives", "talks")), LIST, replace(NOW, topics=("talks",)), TODAY)
    assert isinstance(read, Preferences)
    assert read.topics is None


@pytest.mark.parametrize(
    ("form", "refused"),
    [
        (replace(GOOD, digests=()), [("digests", True)]),
        (replace(GOOD, topics=()), [("topics", True)]),
        (replace(GOOD, digests=("weekly", "daily")), [("digests", False)]),
        (replace(GOOD, topics=("Dives",)), [("topics", False)]),
        (replace(GOOD, timezones=("Atlantis/Centre",)), [("timezone", False)]),
        (replace(GOOD, timezones=("localtime",)), [("timezone", False)]),
        (replace(GOOD, timezones=("Factory",)), [("timezone", False)]),
        (replace(GOOD, timezones=("UTC+2",)), [("timezone", False)]),
        (replace(GOOD, timezones=()), [("timezone", False)]),
        (replace(GOOD, timezones=("Europe/Berlin", "UTC")), [("timezone", False)]),
        (replace(GOOD, clocks=("13",)), [("clock", False)]),
        (replace(GOOD, clocks=()), [("clock", False)]),
        (replace(GOOD, clocks=("12", "24")), [("clock", False)]),
        (
            PreferencesForm((), (), (), ()),
            [("digests", True), ("topics", True), ("timezone", False), ("clock", False)],
        ),
    ],
)
def test_what_cannot_be_saved_is_said_for_every_field_at_once(form: PreferencesForm, refused: list[object]) -> None:
    assert fields(read_form(form, LIST, NOW, TODAY)) == refused


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("  europe/berlin ", "Europe/Berlin"),
        ("PT", "America/Los_Angeles"),
        ("Melbourne", "Australia/Melbourne"),
        ("", ""),
    ],
)
def test_a_zone_may_be_written_as_people_write_it(written: str, zone: str) -> None:
    read = read_form(replace(GOOD, timezones=(written,)), LIST, NOW, TODAY)
    assert isinstance(read, Preferences)
    assert read.timezone == zone


def test_who_wanted_no_topic_before_may_change_the_rest() -> None:
    read = read_form(replace(GOOD, topics=()), LIST, replace(NOW, topics=()), TODAY)
    assert isinstance(read, Preferences)
    assert (read.topics, read.clock) == ((), 24)


@pytest.mark.parametrize("topics", [None, (), ("talks",)])
def test_a_list_without_topics_asks_for_none_and_keeps_what_stood(topics: tuple[str, ...] | None) -> None:
    bare = ListSettings(title="Staff", digests=("weekly",))
    now = replace(NOW, topics=topics)
    read = read_form(replace(GOOD, topics=()), bare, now, TODAY)
    assert isinstance(read, Preferences)
    assert read.topics == topics
    assert fields(read_form(replace(GOOD, topics=("talks",)), bare, now, TODAY)) == [("topics", False)]


some = st.sets(st.sampled_from(LIST.topics), min_size=1).map(
    lambda named: tuple(t for t in LIST.topics if t in named)
)
chosen = st.builds(
    Preferences,
    digests=st.sampled_from([("weekly",), ("monthly",), ("weekly", "monthly")]),
    topics=some.map(lambda topics: None if topics == LIST.topics else topics),
    timezone=st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "UTC", "Etc/GMT-2", "Asia/Kathmandu"]),
    clock=st.sampled_from([12, 24]),
    language=st.sampled_from(["", "en", "de", "ar"]),
)


@given(chosen)
def test_saving_the_form_as_it_was_shown_changes_nothing(now: Preferences) -> None:
    assert read_form(filled_form(now, LIST, "America/Los_Angeles", TODAY), LIST, now, TODAY) == now


texts = st.text(max_size=300)
pairs = st.tuples(st.sampled_from(["digest", "topic", "timezone", "clock", "state", "list"]) | texts, texts)


@given(st.lists(pairs, max_size=12))
def test_no_text_at_all_gets_past_what_is_offered(sent: list[tuple[str, str]]) -> None:
    read = read_form(sent_form(sent), LIST, NOW, TODAY)
    if isinstance(read, Preferences):
        assert set(read.digests) <= set(LIST.digests)
        assert set(read.topics or ()) <= set(LIST.topics)
        assert read.clock in (12, 24)


@pytest.mark.parametrize(("sent", "compact"), [(("compact",), "compact"), (("full",), "full"), ((), "compact")])
def test_how_much_is_told_is_chosen_and_stays_where_a_form_does_not_ask(sent: tuple[str, ...], compact: str) -> None:
    read = read_form(replace(GOOD, densities=sent), LIST, replace(NOW, density="compact"), TODAY)
    assert isinstance(read, Preferences)
    assert read.density == compact


@pytest.mark.parametrize(("sent", "text_only"), [(("text",), True), (("designed",), False), ((), True)])
def test_plain_text_is_chosen_and_stays_where_a_form_does_not_ask(sent: tuple[str, ...], text_only: bool) -> None:
    read = read_form(replace(GOOD, formats=sent), LIST, replace(NOW, text_only=True), TODAY)
    assert isinstance(read, Preferences)
    assert read.text_only is text_only


def test_looks_that_there_are_not_are_refused() -> None:
    form = replace(GOOD, densities=("tiny",), formats=("text", "designed"))
    assert fields(read_form(form, LIST, NOW, TODAY)) == [("density", False), ("format", False)]


@pytest.mark.parametrize(("sent", "language"), [(("ja",), "ja"), (("en",), "en"), (("",), ""), ((), "de")])
def test_a_language_is_chosen_and_stays_where_a_form_does_not_ask(sent: tuple[str, ...], language: str) -> None:
    read = read_form(replace(GOOD, languages=sent), LIST, replace(NOW, language="de"), TODAY)
    assert isinstance(read, Preferences)
    assert read.language == language


@pytest.mark.parametrize("sent", [("pt",), ("Deutsch",), ("de", "fr"), ("de-AT",), ("\x00",)])
def test_a_language_there_are_no_words_for_is_refused(sent: tuple[str, ...]) -> None:
    assert fields(read_form(replace(GOOD, languages=sent), LIST, NOW, TODAY)) == [("language", False)]


@pytest.mark.parametrize(
    ("sent", "now", "paused"),
    [
        ((), None, None),
        ((), date(2027, 1, 4), date(2027, 1, 4)),
        (("",), date(2027, 1, 4), None),
        (("2026-12-05",), None, date(2026, 12, 5)),
        ((" 2027-12-05 ",), None, date(2027, 12, 5)),
    ],
)
def test_a_pause_is_a_day_on_which_mail_comes_again(
    sent: tuple[str, ...], now: date | None, paused: date | None
) -> None:
    read = read_form(replace(GOOD, pauses=sent), LIST, replace(NOW, pause=now), TODAY)
    assert isinstance(read, Preferences)
    assert read.pause == paused


@pytest.mark.parametrize(
    "sent", [("2026-12-04",), ("2026-12-03",), ("2027-12-06",), ("soon",), ("2027-02-30",), ("2027-01-01", "")]
)
def test_a_pause_that_is_over_too_long_or_no_day_is_refused(sent: tuple[str, ...]) -> None:
    assert fields(read_form(replace(GOOD, pauses=sent), LIST, NOW, TODAY)) == [("pause", False)]


def test_a_pause_that_is_over_is_not_shown_as_one() -> None:
    for day, shown in ((TODAY, ""), (TODAY + timedelta(days=1), "2026-12-05")):
        form = filled_form(replace(NOW, pause=day), LIST, "America/Los_Angeles", TODAY)
        assert form.pauses == (shown,)


def test_events_may_be_online_alone_and_a_stopped_series_told_again() -> None:
    now = replace(NOW, stopped=("clinic", "coffee"))
    read = read_form(replace(GOOD, places=("online",), resumed=("coffee", "nothing known")), LIST, now, TODAY)
    assert isinstance(read, Preferences)
    assert (read.online_only, read.stopped) == (True, ("clinic",))
    kept = read_form(GOOD, LIST, replace(now, online_only=True), TODAY)
    assert isinstance(kept, Preferences)
    assert (kept.online_only, kept.stopped) == (True, ("clinic", "coffee"))
    assert fields(read_form(replace(GOOD, places=("moon",)), LIST, NOW, TODAY)) == [("place", False)]
