"""The workspace's own look: a colour is taken where it can be read, and refused with one that can where it cannot."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_builders import a_draft, a_row, an_issue, theme

from newsletter.checks.registry import run_checks
from newsletter.model.mail import fill_text
from newsletter.model.workspace import LookSettings
from newsletter.render.colour import contrast
from newsletter.render.edition import render
from newsletter.render.errors import RenderError
from newsletter.render.look import PAIRS, with_look
from newsletter.render.theme import Theme, read_theme

PATHS = {name: f"templates/{name}/theme.toml" for name in ("hours", "letter")}


def plain(name: str = "hours") -> Theme:
    return read_theme(dict(theme(name))["theme.toml"], PATHS[name])


def html(**look: object) -> str:
    draft = a_draft(look=LookSettings(**look))
    return fill_text(render(an_issue(), draft).html, a_row().values)


def refusal(**look: object) -> list[str]:
    with pytest.raises(RenderError) as caught:
        with_look(plain(), LookSettings(**look), PATHS["hours"])
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", PATHS)
def test_the_themes_own_colours_pass(name: str) -> None:
    assert with_look(plain(name), LookSettings(), PATHS[name]) == plain(name)


def test_a_colour_of_ones_own_is_in_the_mail() -> None:
    assert "#0A3C7D" not in html()
    assert "#0A3C7D" in html(light={"link": "#0A3C7D"})
    assert "Verdana" in html(fonts={"sans": "Verdana,sans-serif"})


def test_a_logo_stands_in_the_masthead_and_passes_every_check() -> None:
    look = LookSettings(logo="https://data.example.org/logo.png", logo_width=96)
    draft = a_draft(look=look)
    edition = render(an_issue(), draft)

    shown = fill_text(edition.html, a_row().values)
    assert '<img src="https://data.example.org/logo.png" alt="Cascadia Data Science Lab" width="96"' in shown
    assert run_checks(an_issue(), edition, draft) == ()


def test_what_cannot_be_read_is_refused_with_the_nearest_that_can() -> None:
    found = refusal(light={"link": "#8FD3FF"})

    assert [line.partition(": ")[0] for line in found] == ["config.toml", "config.toml"]
    assert "`look.light`: link #8FD3FF on sheet #FFFEFB has a contrast of 1.6; 4.5 is the least" in found[0]
    offered = found[0].rpartition(" is ")[2].partition(" ")[0]
    assert contrast(offered, "#FFFEFB") >= 4.5


def test_a_ground_of_ones_own_is_held_to_all_that_stands_on_it() -> None:
    found = refusal(dark={"sheet": "#777777"})

    assert {line.split("look.dark`: ")[1].split()[0] for line in found} >= {"ink", "mute", "link"}


def test_what_the_theme_has_not_is_named() -> None:
    (found,) = refusal(light={"linc": "#0A3C7D"})
    assert "`look.light` names 'linc', which this theme has not; did you mean 'link'?" in found


def test_no_look_can_break_out_of_its_style() -> None:
    for value in ("red;}</style><script>", "#12", "url(https://x.example.org)"):
        assert "must be a colour" in refusal(light={"link": value})[0]
    assert "must be font names" in refusal(fonts={"sans": "x;} body{display:none"})[0]


colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@given(st.sampled_from(sorted({text for text, _ in PAIRS})), colours)
def test_whatever_is_let_through_can_be_read(name: str, colour: str) -> None:
    hours = plain()
    try:
        own = with_look(hours, LookSettings(light={name: colour}), PATHS["hours"])
    except RenderError:
        return
    assert own == replace(hours, light={**hours.light, name: colour})
    assert all(contrast(own.light[text], own.light[ground]) >= 4.5 for text, ground in PAIRS)
