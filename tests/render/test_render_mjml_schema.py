"""MJML is held to its own rules: what the engine would drop in silence is named, with line and remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_builders import a_draft, an_issue, with_template

from newsletter.render.edition import render
from newsletter.render.errors import RenderError
from newsletter.render.mjml_guard import compile_mjml
from newsletter.render.mjml_schema import ELEMENTS, KINDS
from newsletter.render.mjml_validation import validate

GOOD = (
    '<mjml lang="en" dir="ltr"><mj-head><mj-attributes><mj-all font-family="serif" /><mj-text padding="0" />'
    '<mj-class name="wide" padding="0 20px" /></mj-attributes><mj-title>Hours</mj-title></mj-head>'
    '<mj-body width="560px"><mj-wrapper><mj-section padding="10px 0" mj-class="wide"><mj-column width="50%">'
    '<mj-text color="#222" line-height="1.5">a <b title="x > y">b</b> & c</mj-text><mj-spacer height="4px" />'
    '<mj-button href="https://data.example.org/" background-color="rgb(1, 2, 3)">RSVP</mj-button>'
    "</mj-column></mj-section></mj-wrapper></mj-body></mjml>"
)


def said(source: str) -> list[str]:
    return [fault.text for fault in validate(source)]


def test_good_mjml_is_let_through() -> None:
    assert said(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<mj-spacer ", "<mj-spacr ", "<mj-spacr> is no element of MJML; did you mean `mj-spacer`?"),
        (
            'padding="10px 0"',
            'paddings="10px 0"',
            "<mj-section> has no attribute `paddings`; did you mean `padding`?",
        ),
        ('height="4px"', 'zebra="4px"', "<mj-spacer> has no attribute `zebra`; take it out"),
        ('height="4px"', 'height="4 px"', "`height` in <mj-spacer> is '4 px'; write a length such as 16px or 50%"),
        ('height="4px"', "height", '`height` in <mj-spacer> has no value; write height="..."'),
        ('height="4px"', 'height="4px" height="5px"', "`height` stands twice in <mj-spacer>; keep one"),
        ('color="#222"', 'color="#22 2"', "`color` in <mj-text> is '#22 2'; write a colour such as #8C2A12"),
        ('dir="ltr"', 'dir="left"', "`dir` in <mjml> is 'left'; write ltr or rtl"),
        (
            'href="https://data.example.org/"',
            'href="data.example.org"',
            "`href` in <mj-button> is 'data.example.org'; write an address such as https://example.org",
        ),
        (
            '<mj-all font-family="serif" />',
            '<mj-all font-familiy="serif" />',
            "<mj-all> has no attribute `font-familiy`; take it out",
        ),
        ("<mj-title>Hours</mj-title>", "<mj-title>Hours", "<mj-title> is never closed; write </mj-title>"),
        ("</mj-column>", "", "<mj-column> is never closed; write </mj-column>"),
        ("</mj-wrapper>", "</mj-wrapper></mj-hero>", "</mj-hero> closes nothing; take it out"),
    ],
)
def test_each_fault_is_named_with_its_remedy(old: str, new: str, expected: str) -> None:
    assert GOOD.count(old) == 1
    assert expected in said(GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<mjml><mj-text>x</mj-text></mjml>", "<mj-text> stands in <mjml>; it belongs in <mj-column>, <mj-hero>"),
        ("<mj-body></mj-body>", "<mj-body> stands in no element; it belongs in <mjml>"),
        ("<mjml><mj-body><mj-all color='red' /></mj-body></mjml>", "<mj-all> stands in <mj-body>"),
    ],
)
def test_what_stands_in_the_wrong_place_is_named(source: str, expected: str) -> None:
    assert said(source)[0].startswith(expected)


def test_html_inside_an_element_is_not_looked_at() -> None:
    html = '<table role="presentation"><tr><td colour=x>1 < 2</td></tr></table>'

    assert said(GOOD.replace("RSVP", html)) == []
    assert said(f"<!-- <mj-nothing> -->{GOOD}") == []


def test_every_kind_of_value_that_the_table_names_is_there() -> None:
    assert {kind for one in ELEMENTS.values() for kind in one.attributes.values()} <= KINDS.keys()
    assert {parent for one in ELEMENTS.values() for parent in one.parents} <= ELEMENTS.keys()


def test_a_fault_in_a_theme_names_the_template_and_its_line() -> None:
    text = "{# One. #}\n{# Two. #}\n<mj-section><mj-colum><mj-text>x</mj-text></mj-colum></mj-section>\n"

    with pytest.raises(RenderError) as caught:
        render(an_issue(), with_template(a_draft(), "sections/thanks.mjml", text))

    first = caught.value.problems[0]
    assert (first.code, first.origin.path, first.origin.line) == (
        "mjml.schema",
        "templates/hours/sections/thanks.mjml",
        3,
    )
    assert first.text == "<mj-colum> is no element of MJML; did you mean `mj-column`?"


def test_the_engine_is_not_asked_about_what_mjml_does_not_allow() -> None:
    with pytest.raises(RenderError, match=r"mjml\.schema"):
        compile_mjml(GOOD.replace("<mj-spacer ", "<mj-spacr "), "issue.mjml")


@given(st.text("<>mj-abc/ =\"'x#", max_size=80))
def test_any_text_is_judged_and_every_fault_lies_inside_it(text: str) -> None:
    for source in (text, f"<mjml>{text}</mjml>"):
        assert all(0 <= fault.offset <= len(source) and fault.text for fault in validate(source))
