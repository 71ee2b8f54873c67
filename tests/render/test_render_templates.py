"""Templates belong to editors: their mistakes are named with file and line, and nothing in them can reach out."""

import pytest
from render_builders import a_draft, an_issue, theme, with_template

from newsletter.render.edition import render
from newsletter.render.errors import RenderError
from newsletter.render.pages import page


def refusal(path: str, text: str | None) -> str:
    """What rendering the good issue says when one template is other than it was."""
    with pytest.raises(RenderError) as caught:
        render(an_issue(), with_template(a_draft(), path, text))
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    "path", ["issue.mjml", "issue.txt", "sections/events.mjml", "sections/thanks.txt", "theme.toml"]
)
def test_a_missing_template_is_named_as_the_file_to_create(path: str) -> None:
    said = refusal(path, None)
    assert said.startswith(f"templates/hours/{path}: error:")
    assert f"create the file templates/hours/{path}" in said


def test_a_syntax_error_names_file_and_line() -> None:
    said = refusal("sections/thanks.mjml", "\n\n{% for x in %}")
    assert said.startswith("templates/hours/sections/thanks.mjml:3: error:")


def test_an_unknown_name_is_an_error_with_file_and_line() -> None:
    said = refusal("sections/thanks.mjml", "{# one #}\n{{ subscriber.naem }}")
    assert said == "templates/hours/sections/thanks.mjml:2: error: 'subscriber' is undefined [src.undefined]"


def test_an_unknown_slot_is_an_error() -> None:
    said = refusal("sections/thanks.txt", "{{ slot.password }}")
    assert "has no attribute 'password'" in said


def test_a_template_may_divide_by_zero_without_a_traceback() -> None:
    assert "sections/thanks.txt:1" in refusal("sections/thanks.txt", "{{ 1 / 0 }}")


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ issue.__class__.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ issue.sections.append(1) }}",
        "{{ [].append(1) }}",
        "{% for x in range(10000000) %}x{% endfor %}",
        "{% include '../../../etc/passwd' %}",
        "{% import '/etc/passwd' as x %}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ self._TemplateReference__context }}",
        "{{ 'x'.format.__globals__ }}",
        "{{ '{0.__class__}'.format(issue) }}",
    ],
)
def test_a_template_cannot_get_out_of_its_box(attack: str) -> None:
    said = refusal("sections/thanks.txt", attack)
    assert "templates/hours" in said


def test_content_is_never_read_as_a_template() -> None:
    issue = an_issue(title="{{ 7 * 7 }}", subject="{{ 7 * 7 }} and more")
    edition = render(issue, a_draft())
    assert edition.subject == "{{ 7 * 7 }} and more"
    assert "49" not in "".join(part for part in edition.text if isinstance(part, str)).split("\n")[0]


def test_one_template_may_be_replaced() -> None:
    edition = render(an_issue(), with_template(a_draft(), "sections/thanks.txt", "Merci!\n"))
    assert "Merci!" in "".join(part for part in edition.text if isinstance(part, str))


def test_a_section_of_ones_own_may_have_a_template_of_its_own() -> None:
    from newsletter.model.issue import Section

    issue = an_issue(sections=(Section("jobs", "Work with us"),))
    draft = with_template(a_draft(), "sections/jobs.txt", "Jobs, set by hand.\n")
    assert "Jobs, set by hand." in "".join(part for part in render(issue, draft).text if isinstance(part, str))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ink = "#1B2333"', 'ink = "navy"', "palette.light.ink is 'navy'; it must be a colour such as #1B2333"),
        ('serif = "', 'serif = "x;}body{display:none', "fonts.serif is"),
        ('fg = "#8C2A12"\n', "", "[tracks.dive] lacks fg"),
        ("[palette.dark]", "[palette.night]", "the table [dark] is missing"),
        ('name = "Hours"', "name = Hours", "not valid TOML"),
        ("[tracks.dive]", "[tracks]\nx = 1\n[tracks.dive]", "the table [x] is missing"),
    ],
)
def test_a_wrong_theme_setting_is_named(old: str, new: str, said: str) -> None:
    settings = dict(theme())["theme.toml"]
    assert old in settings
    refused = refusal("theme.toml", settings.replace(old, new, 1))
    assert refused.startswith("templates/hours/theme.toml")
    assert said in refused


def test_a_page_escapes_what_it_is_given() -> None:
    html = page({"a.html": "<p title='{{ name }}'>{{ name }}</p>"}, "a.html", {"name": "<b>'Ada'</b> \\ é"})
    assert html == (
        "<p title='&#60;b&#62;&#39;Ada&#39;&#60;/b&#62; &#92; &#233;'>"
        "&#60;b&#62;&#39;Ada&#39;&#60;/b&#62; &#92; &#233;</p>"
    )


def test_a_text_page_prints_what_it_is_given() -> None:
    assert page({"a.txt": "Hello {{ name }}\n"}, "a.txt", {"name": "<Ada> é"}) == "Hello <Ada> é\n"


def test_a_pages_missing_value_is_an_error() -> None:
    with pytest.raises(RenderError, match=r"templates/pages/a\.html:1: error: 'name' is undefined"):
        page({"a.html": "{{ name }}"}, "a.html", {})
