"""The page as the rules see it: the same as a browser's reading, for what rules look at."""

from xml.etree.ElementTree import Element

import html5lib
from hypothesis import given
from hypothesis import strategies as st
from render_builders import a_draft, a_row, an_issue

from newsletter.checks.page import attributes_of, read_page
from newsletter.model.mail import fill_text
from newsletter.render.edition import render

PAGE = (
    '<!doctype html><html lang="en"><head><title>a &amp; b</title><style>p > b{x:"<p>"}</style></head><body>'
    '<div lang="en"><table role=presentation><tr><td><p>One <b>two</b><br>three &lt;4&gt;</p>'
    '<table><tr><th scope="row">x</th></tr></table></td></tr></table><img src="a.png" alt=""></div></body></html>'
)


def test_words_elements_and_attributes() -> None:
    page = read_page(PAGE)

    assert (page.language, page.body_languages) == ("en", ("en",))
    assert page.of("title")[0].text == "a & b"
    assert page.of("style")[0].text == 'p > b{x:"<p>"}'
    assert page.of("p")[0].text == "One twothree <4>"
    outer, inner = page.of("table")
    assert ("th" in outer.tags, "th" in outer.own_tags, "th" in inner.own_tags) == (True, False, True)
    assert page.of("body")[0].alts == ("",)


def test_attributes_as_they_may_be_written() -> None:
    rest = ' a="1 > 0" b=\'2\' c=3 d e="" A=9 f="&quot;"'

    assert attributes_of(rest) == {"a": "1 > 0", "b": "2", "c": "3", "d": None, "e": "", "f": '"'}


def test_a_mail_reads_like_in_a_browser() -> None:
    text = fill_text(render(an_issue(), a_draft()).html, a_row().values)
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    page = read_page(text)

    for tag in ("a", "h1", "h2", "h3", "table", "td", "th", "img", "p"):
        assert [element.get("style") for element in page.of(tag)] == [
            found.get("style", "") for found in tree.iter(tag)
        ]
    assert [link.text for link in page.of("a")] == [shown(link) for link in tree.iter("a")]


def shown(element: Element) -> str:
    """The words in it, without comments."""
    own = (element.text or "") if isinstance(element.tag, str) else ""
    return own + "".join(shown(child) + (child.tail or "") for child in element)


@given(st.text("<>/=\"' ab!-tdp", max_size=60))
def test_broken_markup_is_read_as_far_as_it_goes(text: str) -> None:
    page = read_page(text)

    assert all(0 <= element.place < element.last <= len(page.elements) for element in page.elements)
    assert "".join(words.text for words in page.words) is not None
