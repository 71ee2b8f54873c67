from dataclasses import replace

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
GOOD = PreferencesForm(("weekly",), ("dives",), ("Europe/Berlin",), ("24",))


def fields(answer: object) -> list[tuple[str, bool]]:
    assert isinstance(answer, tuple)
    assert all(isinstance(one, Refusal) for one in answer)
    return [(one.field, one.empty) for one in answer]


def test_a_good_form_is_read_as_it_was_meant() -> None:
    assert read_form(GOOD, LIST, NOW) == Preferences(("weekly",), ("dives",), "Europe/Berlin", 24)


def test_choices_stand_in_the_lists_order_and_once() -> None:
    form = replace(GOOD, digests=("monthly", "weekly", "monthly"), topics=("jobs", "talks", "jobs"))
    read = read_form(form, LIST, NOW)
    assert isinstance(read, Preferences)
    assert (read.digests, read.topics) == (("weekly", "monthly"), ("talks", "jobs"))


def test_all_topics_ticked_means_those_to_come_too() -> None:
    read = read_form(replace(GOOD, topics=("jobs", "dives", "talks")), LIST, replace(NOW, topics=("talks",)))
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
    assert fields(read_form(form, LIST, NOW)) == refused


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
    read = read_form(replace(GOOD, timezones=(written,)), LIST, NOW)
    assert isinstance(read, Preferences)
    assert read.timezone == zone


def test_who_wanted_no_topic_before_may_change_the_rest() -> None:
    read = read_form(replace(GOOD, topics=()), LIST, replace(NOW, topics=()))
    assert isinstance(read, Preferences)
    assert (read.topics, read.clock) == ((), 24)


@pytest.mark.parametrize("topics", [None, (), ("talks",)])
def test_a_list_without_topics_asks_for_none_and_keeps_what_stood(topics: tuple[str, ...] | None) -> None:
    bare = ListSettings(title="Staff", digests=("weekly",))
    now = replace(NOW, topics=topics)
    read = read_form(replace(GOOD, topics=()), bare, now)
    assert isinstance(read, Preferences)
    assert read.topics == topics
    assert fields(read_form(replace(GOOD, topics=("talks",)), bare, now)) == [("topics", False)]


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
    assert read_form(filled_form(now, LIST, "America/Los_Angeles"), LIST, now) == now


texts = st.text(max_size=300)
pairs = st.tuples(st.sampled_from(["digest", "topic", "timezone", "clock", "state", "list"]) | texts, texts)


@given(st.lists(pairs, max_size=12))
def test_no_text_at_all_gets_past_what_is_offered(sent: list[tuple[str, str]]) -> None:
    read = read_form(sent_form(sent), LIST, NOW)
    if isinstance(read, Preferences):
        assert set(read.digests) <= set(LIST.digests)
        assert set(read.topics or ()) <= set(LIST.topics)
        assert read.clock in (12, 24)


@pytest.mark.parametrize(("sent", "compact"), [(("compact",), "compact"), (("full",), "full"), ((), "compact")])
def test_how_much_is_told_is_chosen_and_stays_where_a_form_does_not_ask(sent: tuple[str, ...], compact: str) -> None:
    read = read_form(replace(GOOD, densities=sent), LIST, replace(NOW, density="compact"))
    assert isinstance(read, Preferences)
    assert read.density == compact


@pytest.mark.parametrize(("sent", "text_only"), [(("text",), True), (("designed",), False), ((), True)])
def test_plain_text_is_chosen_and_stays_where_a_form_does_not_ask(sent: tuple[str, ...], text_only: bool) -> None:
    read = read_form(replace(GOOD, formats=sent), LIST, replace(NOW, text_only=True))
    assert isinstance(read, Preferences)
    assert read.text_only is text_only


def test_looks_that_there_are_not_are_refused() -> None:
    form = replace(GOOD, densities=("tiny",), formats=("text", "designed"))
    assert fields(read_form(form, LIST, NOW)) == [("density", False), ("format", False)]


@pytest.mark.parametrize(("sent", "language"), [(("ja",), "ja"), (("en",), "en"), (("",), ""), ((), "de")])
def test_a_language_is_chosen_and_stays_where_a_form_does_not_ask(sent: tuple[str, ...], language: str) -> None:
    read = read_form(replace(GOOD, languages=sent), LIST, replace(NOW, language="de"))
    assert isinstance(read, Preferences)
    assert read.language == language


@pytest.mark.parametrize("sent", [("pt",), ("Deutsch",), ("de", "fr"), ("de-AT",), ("\x00",)])
def test_a_language_there_are_no_words_for_is_refused(sent: tuple[str, ...]) -> None:
    assert fields(read_form(replace(GOOD, languages=sent), LIST, NOW)) == [("language", False)]
