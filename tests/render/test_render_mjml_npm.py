"""Every template before the MJML of npm: it has nothing to say, and makes of it what our engine makes."""

import re
from collections.abc import Callable

import html5lib
import pytest
from every_mail import THEMES, every_mail
from jinja2 import Environment
from render_builders import theme
from support_mjml import Made, compile_all

from newsletter.render import edition
from newsletter.render.mjml_guard import compile_mjml
from newsletter.render.templates import render_template

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The MJML of each theme's mails, as it was handed to the engine."""
    found: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, (issue, draft) in every_mail().items():
            patch.setattr(edition, "compile_mjml", keep(found, name))
            edition.render(issue, draft)
    return found


def keep(found: dict[str, str], name: str) -> Callable[..., str]:
    def compiled(source: str, *rest: object) -> str:
        found[name] = source
        return compile_mjml(source, *rest)

    return compiled


@pytest.fixture(scope="module")
def judged(sources: dict[str, str]) -> dict[str, Made]:
    return dict(zip(sources, compile_all(list(sources.values())), strict=True))


def test_it_has_nothing_to_say_of_any_template(judged: dict[str, Made]) -> None:
    assert {name: made.messages for name, made in judged.items() if made.messages} == {}
    assert judged.keys() == every_mail().keys()


def test_both_engines_tell_the_same_words_links_and_pictures(
    sources: dict[str, str], judged: dict[str, Made]
) -> None:
    for name, source in sources.items():
        assert told(compile_mjml(source, name)) == told(judged[name].html), name


def test_it_would_have_something_to_say_and_a_word_more_is_seen() -> None:
    text = "<mj-text colour='red'>Hours</mj-text>"
    source = f"<mjml><mj-body><mj-section><mj-column>{text}</mj-column></mj-section></mj-body></mjml>"

    (made,) = compile_all([source])

    assert "colour" in made.messages[0]
    assert told(made.html) != told(made.html.replace("Hours", "Hours more"))


def told(html: str) -> tuple[list[str], list[str], list[str]]:
    """All words, link targets and picture sources, in their order."""
    body = html5lib.parse(re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL), namespaceHTMLElements=False).find("body")
    assert body is not None
    words = " ".join(body.itertext()).split()
    return (
        words,
        [link.get("href", "") for link in body.iter("a")],
        [picture.get("src", "") for picture in body.iter("img")],
    )


def test_the_mails_go_through_every_template_of_every_theme() -> None:
    used: set[tuple[str, str]] = set()

    def noted(env: Environment, folder: str, *rest: object) -> str:
        text = render_template(env, folder, *rest)
        used.update((folder.rpartition("/")[2], name) for _, name in env.cache)
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edition, "render_template", noted)
        for issue, draft in every_mail().values():
            edition.render(issue, draft)

    there = {(name, path) for name in THEMES for path, _ in theme(name) if path.endswith((".mjml", ".txt"))}
    assert there - used == set()
