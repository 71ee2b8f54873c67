"""Plain words are told from markup without parsing, and come out as a parser would give them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.sources import plain
from newsletter.sources.cleaning import clean_markdown
from newsletter.sources.links import Base, absolute_links
from newsletter.sources.plain import first_paragraph, html_to_markdown

MARKS = list("\\ \t\n\r.-=*_!|:&`é日٣²")
WORDS = [
    "Tea",
    "and",
    "é́",
    "\n\n",
    "  \n",
    "    ",
    "\x0c",
    "1.",
    "1)",
    "- ",
    "# ",
    "===",
    "---",
    "***",
    "> ",
    "```",
    "~~~",
]
MARKUP = [
    "\\\n",
    "&amp;",
    "\u00a0",
    "\u2028",
    "[a]",
    "[a]: https://example.org",
    "](",
    "<b>",
    "<https://example.org>",
]
PIECES = st.sampled_from([*MARKS, *WORDS, *MARKUP, "https://example.org"])


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=12).map("".join))
@example("Setext heading\n===\n\nWords here")
@example("https://example.org\n\nWords here")
@example("Words here\n1. a list\n\nmore")
def test_plain_beginnings_read_as_the_parser_reads_them(text: str) -> None:
    quick = first_paragraph(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "_PLAIN_START", plain.re.compile(r"(?!)"))
        assert quick == first_paragraph(text)


@given(st.lists(PIECES | st.sampled_from(["](/x)", "href='/x'", 'src = "/y"', "\ue000"]), max_size=10).map("".join))
def test_a_text_without_links_is_left_as_it_is(text: str) -> None:
    quick = absolute_links(text, Base("https://lab.example.org"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsletter.sources.links._MARKS", ("",))
        patch.setattr("newsletter.sources.links._LINKING", plain.re.compile(""))
        assert quick == absolute_links(text, Base("https://lab.example.org"))


SITE = st.sampled_from(
    ["https://lab.example.org", "{{ site.url }}", "{% if %}", "{{<", "<!--", "-->", ":::", "{.a}", "{", "x]"]
)


@given(st.lists(PIECES | SITE, max_size=10).map("".join), st.booleans())
def test_a_text_without_machinery_is_cleaned_of_nothing(text: str, named: bool) -> None:
    site = "https://lab.example.org/" if named else ""
    quick = clean_markdown(text, site)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsletter.sources.cleaning._MACHINERY", ("",))
        assert quick == clean_markdown(text, site)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("one<br>two", "one  \ntwo"),
        ("one<BR/>two", "one  \ntwo"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div>two", "one\n\ntwo"),
        ("<ul><li>one</li><li>two</li></ul>three", "- one\n- two\n\nthree"),
        ("<ol><li>one</li></ol>two", "- one\n\ntwo"),
        ("one<h2>two</h2>three", "one\n\ntwo\n\nthree"),
        ("<table><tr><th>one</th><td>two</td></tr><tr><td>three</td></tr></table>", "one two \n\nthree"),
        ('<a href="https://x.example.org/">here</a> now', "[here](https://x.example.org/) now"),
        ("<b>bold</b> <i>thin</i>", "bold thin"),
        ("one<script>x()</script> <b>two</b>", "one two"),
        ("<style>p{}</style><b>two</b>", "two"),
        ("a < b", "a < b"),
    ],
)
def test_the_html_of_calendars_keeps_its_words_lines_and_links_apart(html: str, words: str) -> None:
    assert html_to_markdown(html) == words
