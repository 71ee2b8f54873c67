"""A language: which one a tag means, how values stand in its words, and whose words stand above whose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.language.catalogue import CatalogueError, read_catalogue
from newsletter.language.filling import fill, isolated, opening, places
from newsletter.language.languages import (
    ENGLISH,
    known_codes,
    known_languages,
    language_in,
    language_of,
    words_code,
)

ISOLATED = "\u2068{}\u2069".format
GERMAN_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'


@pytest.mark.parametrize(
    ("tag", "words", "printed"),
    [
        ("de", "de", "de"),
        ("de-AT", "de", "de-AT"),
        ("de_AT", "de", "de-AT"),
        ("DE-at", "de", "de-AT"),
        ("fr-CA", "fr", "fr-CA"),
        ("de-ZZ", "de", "de"),
        ("de-nonsense-words", "de", "de"),
        ("en", "en", "en"),
        ("en-GB", "en", "en"),
        ("pt-BR", "", "en"),
        ("", "", "en"),
        ("../../etc/passwd", "", "en"),
    ],
)
def test_a_tag_means_the_nearest_language_there_is(tag: str, words: str, printed: str) -> None:
    assert words_code(tag) == words
    assert language_of(tag).code == printed


@given(st.text(max_size=30))
def test_any_tag_gives_a_language_that_speaks(tag: str) -> None:
    language = language_of(tag)
    assert language.gettext("Come along")
    assert words_code(language.code)


def test_languages_are_offered_by_their_own_names() -> None:
    assert known_languages() == (
        ("en", "English"),
        ("ar", "العربية"),
        ("de", "Deutsch"),
        ("es", "Español"),
        ("fr", "Français"),
        ("ja", "日本語"),
    )


def test_english_is_what_the_program_says_itself() -> None:
    assert ENGLISH.gettext("{title} moved", title="Datathon") == "Datathon moved"
    assert ENGLISH.gettext("") == ""
    assert language_of("de").gettext("") == ""
    assert ENGLISH.listing(["Ada", "Lin", "Jo"]) == "Ada, Lin and Jo"
    assert ENGLISH.listing(["Ada"]) == "Ada"
    assert ENGLISH.listing([]) == ""


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("en", {1: "1 more change", 2: "2 more changes"}),
        ("de", {1: "1 weitere Änderung", 3: "3 weitere Änderungen"}),
        ("fr", {0: "0 autre changement", 1: "1 autre changement", 2: "2 autres changements"}),
        ("ja", {1: "ほか1件の変更", 7: "ほか7件の変更"}),
        (
            "ar",
            {
                1: "تغيير واحد آخر",
                2: "تغييران آخران",
                3: "3 تغييرات أخرى",
                10: "10 تغييرات أخرى",
                11: "11 تغييرًا آخر",
                99: "99 تغييرًا آخر",
                100: "100 تغيير آخر",
                103: "103 تغييرات أخرى",
            },
        ),
    ],
)
def test_numbers_take_the_form_that_goes_with_them(code: str, counts: dict[int, str]) -> None:
    for count, words in counts.items():
        assert language_of(code).ngettext("{count} more change", "{count} more changes", count) == words


def test_what_runs_the_other_way_is_isolated_once() -> None:
    arabic = language_of("ar")
    moved = arabic.gettext("{title} moved", title="Datathon")
    assert moved == f"تغيّر موعد {ISOLATED('Datathon')}"
    assert arabic.gettext("Also: {titles}", titles=moved) == f"أيضًا: {moved}"
    assert arabic.gettext("{title} moved", title="هاكاثون") == "تغيّر موعد هاكاثون"
    assert arabic.row(["A", "ب"]) == f"{ISOLATED('A')}، ب"
    assert language_of("de").gettext("{title} moved", title="هاكاثون") == f"{ISOLATED('هاكاثون')} verlegt"


@given(st.text(max_size=60), st.booleans())
def test_isolating_again_changes_nothing(text: str, right_to_left: bool) -> None:
    once = isolated(text, right_to_left=right_to_left)
    assert isolated(once, right_to_left=right_to_left) == once or "\u2068" in text or "\u2069" in text


@given(st.text(max_size=40))
def test_a_value_is_never_read_as_a_place(value: str) -> None:
    assert fill("<{title}>", {"title": value, "now": "no"}) == f"<{value}>"


def test_a_place_that_nobody_fills_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        ENGLISH.gettext("{title} moved")
    assert places("{now}, was {was} {} {Now} {0}") == {"now", "was"}


def test_a_line_opens_with_a_capital_where_there_are_capitals() -> None:
    assert [opening(text) for text in ("montags", "été", "月曜日", "أيام", "")] == [
        "Montags",
        "Été",
        "月曜日",
        "أيام",
        "",
    ]


def theme(text: str, path: str = "words/de.po") -> tuple[tuple[str, str], ...]:
    return ((path, GERMAN_HEAD + text),)


def test_a_themes_own_words_stand_above_ours() -> None:
    own = theme('msgid "Come along"\nmsgstr "Auf geht es"\n')
    assert language_in("de", own).gettext("Come along") == "Auf geht es"
    assert language_in("de-CH", own).gettext("Come along") == "Auf geht es"
    assert language_in("de", own).gettext("Deadlines") == "Fristen"
    assert language_in("fr", own).gettext("Come along") == language_of("fr").gettext("Come along")
    english = theme('msgid "Come along"\nmsgstr "Events"\n', "words/en.po")
    assert language_in("en-GB", english).gettext("Come along") == "Events"
    assert language_in("pt", english).gettext("Come along") == "Events"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('msgid "{title} moved"\nmsgstr "{titel} verlegt"\n', 3, "{titel}"),
        ("this is no catalogue", 3, "not a gettext catalogue"),
    ],
)
def test_own_words_at_fault_are_named_or_passed_over(text: str, line: int, words: str) -> None:
    with pytest.raises(CatalogueError, match=words) as caught:
        language_in("de", theme(text), strict=True)
    assert caught.value.line == line
    assert language_in("de", theme(text)).gettext("Come along") == language_of("de").gettext("Come along")


def test_what_a_translator_is_unsure_of_is_not_said() -> None:
    catalogue = read_catalogue(GERMAN_HEAD + '\n#, fuzzy\nmsgid "Come along"\nmsgstr "Vielleicht"\n', "de")
    assert catalogue["Come along"].fuzzy
    own = theme('\n#, fuzzy\nmsgid "Come along"\nmsgstr "Vielleicht"\n')
    assert language_in("de", own).gettext("Come along") == language_of("de").gettext("Come along")


@pytest.mark.parametrize("code", known_codes())
def test_every_language_knows_its_direction(code: str) -> None:
    assert language_of(code).direction == ("rtl" if code == "ar" else "ltr")
