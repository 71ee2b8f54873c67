"""What the stage does to a mail: schemes, styles, pictures, zoom; and the marks by which words belong to entries."""

import html as escapes
import re
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.app.studio.desk import Studio
from newsletter.app.studio.marks import CLOSE, OPEN, STOP, with_elements, without_marks
from newsletter.app.studio.stage import Stage, staged
from newsletter.app.workspace import Workspace

MAIL = """<!doctype html><html lang="en"><head><meta name="color-scheme" content="light dark">
<style>:root{color-scheme:light dark}.a{color:#1b2333}@media (prefers-color-scheme: dark){.a{color:#fff !important}}
</style></head><body bgcolor="#ffffff"><p class="a" style="color:#000;background:white">white words, #123456</p>
<img alt="A bus" src="https://x.example.org/a.png" srcset='b.png 2x' width="20"></body></html>"""


def test_dark_is_the_authors_own_and_light_has_none_of_it() -> None:
    dark, light = staged(MAIL, Stage("dark")), staged(MAIL, Stage("light"))

    assert "@media (min-width:0px)" in dark
    assert 'content="dark"' in dark
    assert "@media (max-width:0px)" in light
    assert "prefers-color-scheme" not in dark + light


def test_forced_turns_the_colours_that_the_mail_names_and_no_words() -> None:
    forced = staged(MAIL, Stage("forced"))

    assert 'bgcolor="#000000"' in forced
    assert 'style="color:#FFFFFF;background:#000000"' in forced
    assert "white words, #123456" in forced
    assert "@media (max-width:0px)" in forced, "clients that darken by force do not know the author's dark"


def test_without_style_blocks_and_pictures() -> None:
    bare = staged(MAIL, Stage(styles=False, images=False))

    assert "<style" not in bare
    assert 'style="color:#000' in bare, "what stands at an element stays"
    assert '<img alt="A bus" width="20">' in bare


def test_zoomed() -> None:
    assert '<html lang="en" style="zoom:2">' in staged(MAIL, Stage(zoom=200))
    assert staged(MAIL, Stage()) == staged(MAIL, Stage(zoom=100))


TITLE = f"{OPEN}\ue011\ue012{CLOSE}Maps &amp; tea{STOP}"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<td>{TITLE}</td>", '<td><span data-entry="12">Maps &amp; tea</span></td>'),
        (f'<a title="{TITLE}">a</a>', '<a title="Maps &amp; tea">a</a>'),
        (f"<!-- {TITLE} -->", "<!-- Maps &amp; tea -->"),
        (f"<td>{TITLE[:6]}…</td>", "<td>Ma…</td>"),
        (f"<td>{TITLE[:6]}<b>ps</b>{STOP}</td>", "<td>Ma<b>ps</b></td>"),
    ],
)  # fmt: skip
def test_a_mark_becomes_an_element_where_there_can_be_one(html: str, expected: str) -> None:
    assert with_elements(html) == expected


@given(st.text(alphabet=st.sampled_from(f"{OPEN}{CLOSE}{STOP}\ue010\ue011<>/!-ab\"'")))
def test_whatever_is_done_to_marks_none_is_left(text: str) -> None:
    assert without_marks(with_elements(text)) == with_elements(text)


@given(st.text(max_size=20))
def test_a_title_reads_the_same_through_its_mark(words: str) -> None:
    plain = without_marks(words)
    shown = with_elements(f"<p>{OPEN}\ue010{CLOSE}{escapes.escape(plain)}{STOP}</p>")
    assert shown == f'<p><span data-entry="0">{escapes.escape(plain)}</span></p>'


def test_every_entry_of_the_outline_is_found_in_the_mail_as_a_theme_renders_it(ws: Workspace) -> None:
    with closing(Studio(ws.root, "2026-12-01 10:00")) as studio:
        view = studio.show().view
    assert view is not None
    numbers = {str(one.number) for part in view.outline for one in part.entries}
    assert len(numbers) > 20
    assert set(re.findall(r'data-entry="(\d+)"', view.framed)) == numbers
    assert without_marks(escapes.unescape(view.framed)) == escapes.unescape(view.framed)
    assert "data-entry" not in view.html
