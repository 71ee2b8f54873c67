"""Public pages and service mails from templates of the same hand: escaped, strict, sandboxed."""

import functools
from collections.abc import Mapping

from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.language.languages import ENGLISH, Language
from newsletter.render.markdown import wrap
from newsletter.render.templates import markup_environment, plain_environment, render_template
from newsletter.render.words import bdi, words_for

FOLDER = "templates/pages"


def page(
    templates: Mapping[str, str],
    name: str,
    context: Mapping[str, object],
    folder: str = FOLDER,
    language: Language = ENGLISH,
) -> str:
    """The template `name` with the context's values; RenderError names the file under `folder` that is at fault.

    HTML escapes every value; a template ending in .txt prints them as they are. Besides the context, a template
    knows the words of the language (`_`, `ngettext`, `pgettext`, `lang`, `dir`).
    """
    texts = tuple(sorted(templates.items()))
    env = _plain(texts, folder) if name.endswith(".txt") else _markup(texts, folder)
    return render_template(env, folder, name, {**words_for(language), **context})


@functools.lru_cache(maxsize=8)
def _markup(texts: tuple[tuple[str, str], ...], folder: str) -> ImmutableSandboxedEnvironment:
    return markup_environment(dict(texts), folder, {"bdi": bdi})


@functools.lru_cache(maxsize=8)
def _plain(texts: tuple[tuple[str, str], ...], folder: str) -> ImmutableSandboxedEnvironment:
    return plain_environment(dict(texts), folder, {"wordwrap": wrap})
