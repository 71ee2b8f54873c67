"""Every message of the program in every language, with the same places, and nothing that is said nowhere."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file

from newsletter.language.catalogue import packaged_codes, packaged_text, read_catalogue
from newsletter.language.filling import places

# The program is read here, and hardly run.
pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parents[2]
#: Babel's own names for how Python code and Jinja templates are read.
SOURCES = (("newsletter", (".py",), "python"), ("templates", (".mjml", ".txt", ".html"), "jinja2"))
#: Words that one language happens to share with English.
SHARED = {"Online", "Newsletter", "Online ({place})"}

Key = tuple[str, str]


@cache
def said() -> dict[Key, str]:
    """Context and message of everything that code and templates say, with a place where it is said."""
    found: dict[Key, str] = {}
    for folder, suffixes, method in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes:
                for line, message, _, context in extract_from_file(method, path):
                    text = message if isinstance(message, str) else message[0]
                    found[context or "", text] = f"{path.relative_to(ROOT)}:{line}"
    return found


def translated(code: str) -> dict[Key, Message]:
    return {
        (message.context or "", _forms(message.id)[0]): message
        for message in read_catalogue(packaged_text(code), code)
        if message.id
    }


def _forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_there_are_six_languages_and_one_runs_from_right_to_left() -> None:
    assert packaged_codes() == ("ar", "de", "es", "fr", "ja")


@pytest.mark.parametrize("code", packaged_codes())
def test_everything_that_is_said_is_translated(code: str) -> None:
    there = {key for key, message in translated(code).items() if all(_forms(message.string))}
    missing = {where: key for key, where in said().items() if key not in there}
    assert missing == {}, f"add these to newsletter/language/catalogues/{code}.po"


@pytest.mark.parametrize("code", packaged_codes())
def test_nothing_is_translated_that_nobody_says(code: str) -> None:
    assert sorted(set(translated(code)) - set(said())) == []


@pytest.mark.parametrize("code", packaged_codes())
def test_every_translation_has_the_places_of_its_message(code: str) -> None:
    for message in translated(code).values():
        wanted = places(" ".join(_forms(message.id)))
        forms = _forms(message.string)
        assert places(" ".join(forms)) == wanted, message.id
        # A single form may leave its number out ("one deadline"); no other value may be lost.
        for form in forms:
            assert places(form) | {"count"} == wanted | {"count"}, form


@pytest.mark.parametrize("code", packaged_codes())
def test_there_is_a_form_for_every_plural_of_the_language(code: str) -> None:
    catalogue = read_catalogue(packaged_text(code), code)
    for message in catalogue:
        if message.pluralizable:
            assert len(_forms(message.string)) == catalogue.num_plurals, message.id


@pytest.mark.parametrize("code", packaged_codes())
def test_no_translation_is_english_left_standing(code: str) -> None:
    same = {key[1] for key, message in translated(code).items() if _forms(message.string) == _forms(message.id)}
    assert {text for text in same if re.search("[a-z]{3}", re.sub(r"\{.*?\}", "", text))} <= SHARED


@pytest.mark.parametrize("code", packaged_codes())
def test_no_translation_is_marked_unsure(code: str) -> None:
    assert [message.id for message in read_catalogue(packaged_text(code), code) if message.id and message.fuzzy] == []


def test_the_messages_are_found_at_all() -> None:
    assert len(said()) > 150
    assert said()["", "Come along"].startswith("newsletter/compose/sections/events.py:")
    assert said()["", "Unsubscribe"].startswith("templates/")
