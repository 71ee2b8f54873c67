"""The engine for MJML has traps; what the guard lets through is right, what it refuses is named with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from render_builders import a_draft, an_issue, theme, with_template

from newsletter.render.edition import render
from newsletter.render.errors import RenderError
from newsletter.render.mjml_guard import compile_mjml, first_leak


def document(body: str) -> str:
    return (
        f"<mjml><mj-body><mj-section><mj-column><mj-text>{body}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )


def only_problem(caught: pytest.ExceptionInfo[RenderError]) -> str:
    (problem,) = caught.value.problems
    assert problem.level == "error"
    return str(problem)


@pytest.mark.parametrize(
    "text", ["été > hiver", "ß<b>x</b>", "e\u0301 > o", "👩\u200d🔬 > x", "\u00a0>\u200b>\u00ad>", "\\u{301} \\ back"]
)
def test_text_that_panics_the_engine_goes_through(text: str) -> None:
    assert "</html>" in compile_mjml(document(text), "issue.mjml")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<>&{"), max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_letters_in_text_and_attributes_come_out_unharmed(text: str) -> None:
    attribute = text.replace('"', "&#34;")
    html = compile_mjml(document(f'<a href="https://a.example.org/" title="{attribute}">{text}</a>'), "issue.mjml")
    assert "\\u{" not in html.replace(text, "")
    assert html.isprintable() or "\n" in html


def test_a_style_keeps_its_meaning_in_plain_ascii() -> None:
    style = "<mj-head><mj-style>.a > b{content:'é'}</mj-style></mj-head>"
    html = compile_mjml(f"<mjml>{style}<mj-body></mj-body></mjml>", "issue.mjml")
    assert ".a > b{content:'\\e9 '}" in html


def test_line_ends_of_any_system_are_read() -> None:
    source = "<mjml>\r\n<mj-head>\r\n\t<mj-title>x</mj-title></mj-head>\r<mj-body></mj-body></mjml>"
    assert "<title>x</title>" in compile_mjml(source, "issue.mjml")


def test_no_font_is_fetched_from_anywhere() -> None:
    assert "fonts.googleapis" not in compile_mjml(document("x"), "issue.mjml")


def test_a_broken_document_names_the_line() -> None:
    with pytest.raises(RenderError) as caught:
        compile_mjml(document("a < b").replace("<mj", "\n<mj"), "x.mjml")
    assert only_problem(caught).startswith("x.mjml:6: error: MJML cannot be read near '<mj-text>a < b")


def test_an_unclosed_document_is_refused() -> None:
    with pytest.raises(RenderError) as caught:
        compile_mjml("<mjml><mj-body>", "x.mjml")
    assert [problem.text.split(";")[0] for problem in caught.value.problems] == [
        "<mjml> is never closed",
        "<mj-body> is never closed",
    ]


def test_a_rust_panic_becomes_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def explode(source: str, **_: object) -> str:
        raise panic("start byte index 1 is not a char boundary")

    monkeypatch.setattr("newsletter.render.mjml_guard.mjml2html", explode)
    with pytest.raises(RenderError, match="char boundary"):
        compile_mjml(document("x"), "x.mjml")


def test_stopping_the_program_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(source: str, **_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("newsletter.render.mjml_guard.mjml2html", stop)
    with pytest.raises(KeyboardInterrupt):
        compile_mjml(document("x"), "x.mjml")


@pytest.mark.parametrize("leak", ["<mj-section>", "</mj-text>", "{{ x }}", "{% if %}"])
def test_unprocessed_source_never_gets_out(leak: str) -> None:
    assert first_leak(f"<p>{leak}</p>") is not None
    assert first_leak("<p>{ x } 100% mj-text &#123;&#123; x</p>") is None


def test_a_raw_block_left_open_is_refused() -> None:
    body = "<mj-raw><div></mj-raw><mj-section><mj-column></mj-column></mj-section><mj-raw></div></mj-raw>"
    with pytest.raises(RenderError) as caught:
        compile_mjml(f"<mjml><mj-body>{body}</mj-body></mjml>", "x.mjml")
    assert "came through into the mail; close every tag of mj-raw" in only_problem(caught)


def test_a_fault_in_a_section_is_found_in_the_sections_file() -> None:
    good = dict(theme())["sections/thanks.mjml"]
    bad = good.replace("{% for entry in section.entries %}", "{% for entry in section.entries %}\n<p>five < six</p>")
    line = 1 + bad[: bad.index("five < six")].count("\n")
    with pytest.raises(RenderError) as caught:
        render(an_issue(), with_template(a_draft(), "sections/thanks.mjml", bad))
    assert only_problem(caught).startswith(f"templates/hours/sections/thanks.mjml:{line}: error: MJML cannot be read")
