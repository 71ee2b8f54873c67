"""What editors may write in Markdown, and what becomes of the rest."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.render.markdown import markdown_html, markdown_text, wrap

SITE = "https://data.example.org/news/"


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("*soft* **loud** `x`", "<p><em>soft</em> <strong>loud</strong> <code>x</code></p>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("[a](b)", '<p><a href="https://data.example.org/news/b">a</a></p>'),
        ("[a](/b?c=d&e=f)", '<p><a href="https://data.example.org/b?c=d&amp;e=f">a</a></p>'),
        ("[a](#b)", '<p><a href="https://data.example.org/news/#b">a</a></p>'),
        ("[a](mailto:x@example.org)", '<p><a href="mailto:x@example.org">a</a></p>'),
        ("# Top", "<h3>Top</h3>"),
        ("#### Deep", "<h4>Deep</h4>"),
        ("<b>raw</b> and <i>more</b>", "<p><strong>raw</strong> and <em>more</em></p>"),
        ("<script>x</script>", ""),
        ("a <script>x</script> b", "<p>a  b</p>"),
        ('<a href="/b" onclick="x">a</a>', '<p><a href="https://data.example.org/b">a</a></p>'),
        ('<a href="javascript:x">a</a>', "<p>a</p>"),
        ("one<br>two<br/>three", "<p>one<br>\ntwo<br>\nthree</p>"),
        ("<div class='c'>\n<p>In a <b>box</b></p>\n</div>", "<p>In a <strong>box</strong></p>"),
        ("type <name> here", "<p>type &lt;name&gt; here</p>"),
        ("<name>\n\nhere", "<p>&lt;name&gt;</p>\n<p>here</p>"),
        ("a <!-- hidden --> b", "<p>a  b</p>"),
        ("[![a cat](cat.png)](/cats)", '<p><a href="https://data.example.org/cats">a cat</a></p>'),
        ("![a cat](data:image/png;base64,AAAA)", "<p>a cat</p>"),
        ("| a | b |\n|---|---|\n| *c* | d |", "<p>a · b</p>\n<p><em>c</em> · d</p>"),
        ("<img src='/map.png' alt='A map'>", '<p><a href="https://data.example.org/map.png">A map</a></p>'),
        ("see <img src='/map.png' alt='A map'>", '<p>see <a href="https://data.example.org/map.png">A map</a></p>'),
        ("<table><tr><td>a</td><td>b</td></table>", "<p>a b</p>"),
        ("![a cat](cat.png)", '<p><a href="https://data.example.org/news/cat.png">a cat</a></p>'),
    ],
)
def test_html_of_markdown(written: str, html: str) -> None:
    assert markdown_html(written, {}, SITE) == html


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "JaVaScRiPt:x", "file:///x"]
)
def test_a_link_that_runs_something_is_no_link(link: str) -> None:
    html = markdown_html(f"[a]({link})", {}, SITE)
    assert "href" not in html


def test_styles_go_into_every_tag_in_a_stable_order() -> None:
    html = markdown_html("a [b](c)", {"p": {"class": "ink", "style": "margin:0"}, "a": {"class": "link"}}, SITE)
    assert (
        html == '<p class="ink" style="margin:0">a <a class="link" href="https://data.example.org/news/c">b</a></p>'
    )


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("*soft* **loud**", "soft loud"),
        ("one\ntwo", "one two"),
        ("one  \ntwo", "one\ntwo"),
        ("[words](b)", "words (https://data.example.org/news/b)"),
        ("<https://data.example.org/x>", "https://data.example.org/x"),
        ("[x@example.org](mailto:x@example.org)", "x@example.org"),
        ("![a cat](cat.png)", "a cat (https://data.example.org/news/cat.png)"),
        ("a\n\n- b\n- c\n\nd", "a\n\n* b\n* c\n\nd"),
        ("3. b\n4. c", "3. b\n4. c"),
        ("- a\n  - b\n- c", "* a\n  * b\n* c"),
        ("> quoted\n> twice", "> quoted twice"),
        ("a\n\n---\n\nb", "a\n\n* * *\n\nb"),
        ("# Top\n\ntext", "Top\n\ntext"),
        ("    code\n    more", "code\nmore"),
        ("<b>loud</b> and <a href='b'>words</a>", "loud and words (https://data.example.org/news/b)"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("[![a cat](cat.png)](/cats)", "a cat (https://data.example.org/cats)"),
        ("![a cat](data:image/png;base64,AAAA)", "a cat"),
        ("[a](javascript:x)", "[a](javascript:x)"),
        ("| a | b |\n|---|---|\n| *c* | d |", "a · b\n\nc · d"),
    ],
)
def test_text_of_markdown(written: str, text: str) -> None:
    assert markdown_text(written, SITE) == text


def test_list_items_hang_below_their_marks() -> None:
    words = " ".join(["word"] * 30)
    lines = markdown_text(f"- {words}").split("\n")
    assert [line[:2] for line in lines] == ["* ", "  ", "  "]
    assert max(map(len, lines)) <= 72


def test_wrapping_never_breaks_an_address() -> None:
    address = "https://data.example.org/" + "-".join(["x"] * 60)
    assert address in wrap(f"Look here: {address} and there", 40).split("\n")


@given(
    st.text(st.sampled_from("ab-. \t\n\u00a0\u202f\u2009é"), max_size=24),
    st.integers(4, 30),
    st.sampled_from(["", "  ", "> "]),
)
@settings(deadline=None, max_examples=200)
def test_a_line_that_needs_no_wrapping_is_what_wrapping_makes_of_it(text: str, width: int, indent: str) -> None:
    lines = (
        textwrap.fill(
            line,
            width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )
    assert wrap(text, width, indent) == "\n".join(lines)
