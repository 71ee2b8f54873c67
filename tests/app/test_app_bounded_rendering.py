"""A template that never ends or eats all memory is stopped and named, and the next mail is rendered as ever."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
from render_builders import a_draft, an_issue, with_template

from newsletter.app.bounded_rendering import BoundedRenderer
from newsletter.render.edition import render
from newsletter.render.errors import RenderError


@pytest.fixture(scope="module")
def renderer() -> Iterator[BoundedRenderer]:
    renderer = BoundedRenderer(seconds=1.0, memory=200 << 20)
    yield renderer
    renderer.close()


def refused(renderer: BoundedRenderer, section: str) -> str:
    text = f"{{# One. #}}\n{section}\n"
    with pytest.raises(RenderError) as caught:
        renderer.render(an_issue(), with_template(a_draft(), "sections/thanks.mjml", text))
    return str(caught.value.problems[0])


def test_a_good_mail_is_the_same_as_without_limits(renderer: BoundedRenderer) -> None:
    for _ in range(2):
        assert renderer.render(an_issue(), a_draft()) == render(an_issue(), a_draft())


def test_an_endless_loop_is_stopped_at_its_line(renderer: BoundedRenderer) -> None:
    assert refused(renderer, "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}") == (
        "templates/hours/sections/thanks.mjml:2: error: this did not end within 1 seconds; "
        "look for a loop in a loop [src.endless]"
    )


@pytest.mark.parametrize(
    "section",
    [
        "{% set text = 'x' * 1000000000 %}",
        "{{ 'x'.ljust(1000000000) }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ 'x'|center(1000000000) }}",
    ],
)
def test_a_gigabyte_is_refused_at_its_line(renderer: BoundedRenderer, section: str) -> None:
    found = refused(renderer, section)

    assert found.startswith("templates/hours/sections/thanks.mjml:2: error: ")
    assert found.endswith("[src.memory]")


@pytest.mark.parametrize(
    "section",
    [
        "{% for a in range(99999) %}{% for b in range(9999) %}{{ '' }}{% endfor %}{% endfor %}",
        "{% set big = 'x' * 1000000 %}{% set more %}{% for a in range(9999) %}{{ big }}{% endfor %}{% endset %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{{ [1, 2, 3, 4, 5, 6, 7, 8, 9]|map('string')|batch(2, '-'.ljust(9000000))|join * 99 }}",
    ],
)
def test_whatever_goes_on_and_on_is_stopped_and_named(renderer: BoundedRenderer, section: str) -> None:
    found = refused(renderer, section)

    assert found.startswith("templates/hours/")
    assert found.endswith(("[src.endless]", "[src.memory]", "[src.undefined]"))


def test_a_long_call_that_hears_no_second_hand_is_ended_from_outside(renderer: BoundedRenderer) -> None:
    assert refused(renderer, "{{ ([[1]] * 99999)|sum(start=[]) }}") == (
        "templates/hours/issue.mjml: error: rendering took more than 1 seconds [src.endless]"
    )


def test_after_every_refusal_the_next_mail_is_rendered(renderer: BoundedRenderer) -> None:
    refused(renderer, "{% set text = 'x' * 1000000000 %}")

    assert renderer.render(an_issue(), a_draft()) == render(an_issue(), a_draft())


def test_a_worker_that_was_killed_is_started_again(renderer: BoundedRenderer) -> None:
    renderer.render(an_issue(), a_draft())
    worker = renderer._worker
    assert worker is not None
    worker.kill()
    worker.join()

    assert renderer.render(an_issue(), a_draft()) == render(an_issue(), a_draft())


def test_a_fault_of_a_template_is_told_as_ever(renderer: BoundedRenderer) -> None:
    assert refused(renderer, "{{ nobody.knows }}").endswith("[src.undefined]")


def two_loops(text: str) -> str:
    """A page whose template never ends."""
    from newsletter.render.archive.pages import FOLDER
    from newsletter.render.templates import plain_environment, render_template

    return render_template(plain_environment({"index.html": text}, FOLDER, {}), FOLDER, "index.html", {"who": "all"})


def test_a_page_of_the_archive_keeps_to_the_same_limits(renderer: BoundedRenderer) -> None:
    folder = "templates/pages/archive"
    assert renderer.page(folder, two_loops, "Hello, {{ who }}") == "Hello, all"
    for text, code in (
        ("\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "src.endless"),
        ("\n{{ 'x'.ljust(1000000000) }}", "src.memory"),
        ("\n{{ nobody_knows }}", "src.undefined"),
    ):
        with pytest.raises(RenderError) as caught:
            renderer.page(folder, two_loops, text)
        (problem,) = caught.value.problems
        assert (problem.code, str(problem.origin)) == (code, f"{folder}/index.html:2")
