"""The pages a reader meets when leaving: they show, they post, they run nothing and fetch nothing."""

from pathlib import Path

import html5lib
import pytest
from render_builders import TEMPLATES, a_draft

from newsletter.render.pages import page

PAGES = {path.name: path.read_text(encoding="utf-8") for path in Path(TEMPLATES / "pages").glob("*.*")}
VALUES = {"community": a_draft().community, "list_title": "Common Hours", "address": "ad…@example.org"}


@pytest.mark.parametrize("name", ["unsubscribe.html", "left.html", "invalid.html"])
def test_a_page_is_whole_and_names_who_it_is_from(name: str) -> None:
    html = page(PAGES, name, VALUES).lstrip()
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(html)
    assert tree.get("lang") == "en"
    assert "".join(tree.find("head/title").itertext()).strip()
    assert len(list(tree.iter("h1"))) == 1
    assert [found.tag for found in tree.iter() if found.tag in ("script", "img", "iframe", "link")] == []
    assert "1100 Shore Avenue N" in html


def test_leaving_takes_one_button_and_a_rest_instead_another_with_no_token_in_a_form() -> None:
    tree = html5lib.parse(page(PAGES, "unsubscribe.html", VALUES), namespaceHTMLElements=False)
    for form, name, words in zip(
        tree.iter("form"), ("leave", "rest"), ("Unsubscribe", "Just pause for four weeks"), strict=True
    ):
        assert (form.get("method"), form.get("action")) == ("post", "")
        assert [(field.get("name"), field.get("value")) for field in form.iter("input")] == [(name, "yes")]
        assert ["".join(button.itertext()) for button in form.iter("button")] == [words]


def test_the_page_shows_whose_mail_it_ends() -> None:
    html = page(PAGES, "unsubscribe.html", VALUES | {"address": "<b>@example.org"})
    assert "&#60;b&#62;@example.org" in html
    assert "Leave Common Hours?" in html


def test_a_dead_link_needs_to_know_only_the_community() -> None:
    assert "does not work" in page(PAGES, "invalid.html", {"community": a_draft().community})
