"""The public pages in the reader's language: chosen there, kept, and the community's where nobody chose."""

from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from support_loopback import Served, ask, served
from support_public_pages import ADDRESS, FORM, read

from newsletter.app.public_pages import PublicPages
from newsletter.app.sample import init_workspace
from newsletter.app.sending.addressing import LEAVE, PREFERENCES
from newsletter.app.subscribing import SubscriberError, add, show
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.language.languages import known_languages, language_of
from newsletter.people.tokens import make_token
from newsletter.web.public import public_app

SENT = {"save": "yes", "digest": "weekly", "topic": "datathons", "timezone": "Europe/Berlin", "clock": "24"}


def links(ws: Workspace, language: str = "") -> tuple[str, str]:
    """The paths to the choices and to leaving, of a reader with this language."""
    reader = add(ws, ADDRESS, "community", language=language).subscriber.id
    return tuple(
        f"/{place}/{make_token(ws.secret, purpose, reader, 'community')}"
        for place, purpose in (("p", PREFERENCES), ("u", LEAVE))
    )


def choose(server: Served, path: str, language: str) -> tuple[int, str]:
    answer, text = ask(server, "POST", path, urlencode({**SENT, "language": language}), FORM)
    return answer.status, unescape(text)


def test_the_page_offers_every_language_by_its_own_name(ws: Workspace, server: Served) -> None:
    page = read(server, links(ws)[0])
    assert '<option value="" selected>English</option>' in page
    for code, name in known_languages()[1:]:
        assert f'<option value="{code}" lang="{code}">{name}</option>' in page


def test_a_chosen_language_is_kept_and_spoken_from_then_on(ws: Workspace, server: Served) -> None:
    choices, leaving = links(ws)
    assert '<html lang="en" dir="ltr">' in read(server, choices)
    status, page = choose(server, choices, "ar")
    assert status == 200
    assert '<html lang="ar" dir="rtl">' in page
    assert "تم الحفظ." in page
    assert show(ws, ADDRESS).subscriber.language == "ar"
    for path in (choices, leaving):
        assert '<html lang="ar" dir="rtl">' in read(server, path)
    assert "إلغاء الاشتراك" in read(server, leaving)
    assert choose(server, choices, "")[0] == 200
    assert show(ws, ADDRESS).subscriber.language == ""


def test_a_refusal_is_said_in_the_readers_language(ws: Workspace, server: Served) -> None:
    choices, _ = links(ws, "de")
    status, page = choose(server, choices, "tlh")
    assert status == 422
    assert "In dieser Sprache schreiben wir noch nicht." in page
    assert show(ws, ADDRESS).subscriber.language == "de"


@pytest.mark.parametrize("code", ["ar", "de", "es", "fr", "ja"])
def test_no_english_is_left_on_the_pages(ws: Workspace, server: Served, code: str) -> None:
    language = language_of(code)
    choices, leaving = links(ws, code)
    pages = f"{read(server, choices)}{read(server, leaving)}"
    for words in ("Your choices", "Time zone", "Save", "Unsubscribe", "Clock", "Language", "No more of this list?"):
        assert f">{words}<" not in pages
        assert language.gettext(words) in pages
    answer, after = ask(server, "POST", leaving, "leave=yes", FORM)
    assert answer.status in (200, 303)
    assert language.gettext("Thank you for reading along.") in (unescape(after) or read(server, leaving))


def test_a_link_that_is_nobodys_speaks_the_communitys_language(tmp_path: Path) -> None:
    init_workspace(tmp_path / "lab")
    config = tmp_path / "lab/config.toml"
    config.write_text(config.read_text("utf-8").replace("[community]", '[community]\nlanguage = "de"'), "utf-8")
    ws = open_workspace(tmp_path / "lab", environ={})
    with served(public_app(PublicPages(ws))) as server:
        page = unescape(ask(server, "GET", "/p/nobodys")[1])
        assert '<html lang="de" dir="ltr">' in page
        assert "Dieser Link funktioniert nicht." in page
        choices = read(server, links(ws)[0])
        assert '<html lang="de" dir="ltr">' in choices
        assert '<option value="" selected>Deutsch</option>' in choices
    ws.store.close()


def test_nobody_is_put_on_a_list_in_a_language_there_is_not(ws: Workspace) -> None:
    with pytest.raises(SubscriberError, match="no words for the language 'tlh'"):
        add(ws, ADDRESS, "community", language="tlh")
