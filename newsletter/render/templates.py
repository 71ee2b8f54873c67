"""Jinja environments over a mapping of template texts: sandboxed, strict, escaping by default.

Templates are the editors'; content is only ever a value and is never read as a template.
"""

import difflib
import functools
import re
import traceback
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from newsletter.render.errors import RenderError, template_problem
from newsletter.render.escaping import ascii_markup, clean, escape, is_ascii_markup
from newsletter.render.sandbox import NOTHING, Constants, Filters, Sandbox

#: Texts below this length are kept once they are escaped.
SHORT = 256


def plain_environment(
    templates: Mapping[str, str], folder: str, filters: Filters, constants: Constants = NOTHING
) -> ImmutableSandboxedEnvironment:
    """An environment for text parts: nothing is escaped, control characters are dropped."""
    return _environment(templates, folder, filters, constants, autoescape=False, finalize=_cleaned)


def markup_environment(
    templates: Mapping[str, str], folder: str, filters: Filters, constants: Constants = NOTHING
) -> ImmutableSandboxedEnvironment:
    """An environment for MJML and HTML: every value comes out as plain ASCII, escaped unless it is markup already.

    `constants` are what every rendering in it will give these names.
    """
    return _environment(templates, folder, filters, constants, autoescape=True, finalize=_ascii)


def render_template(env: ImmutableSandboxedEnvironment, folder: str, name: str, context: Mapping[str, object]) -> str:
    """One template's output; RenderError names the template, the line, and what to do."""
    try:
        return env.get_template(name).render(context)
    except TemplateSyntaxError as error:
        path = path_of(folder, error.name or name)
        raise RenderError(template_problem("src.syntax", f"{error.message}", path, error.lineno)) from None
    except TemplateNotFound as error:
        missing = path_of(folder, f"{error.name}")
        text = f"this template is missing; create the file {missing}"
        raise RenderError(template_problem("src.missing", text, missing)) from None
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        path, line = _place(error.__traceback__, folder) or (path_of(folder, name), None)
        raise RenderError(template_problem("src.undefined", f"{error}", path, line)) from None


def path_of(folder: str, name: str) -> str:
    """Where a theme's template lies in the workspace; what all themes share lies beside their folders."""
    return f"{folder.rpartition('/')[0]}/{name}" if name.startswith("shared/") else f"{folder}/{name}"


def locator(templates: Mapping[str, str], folder: str) -> Callable[[str], tuple[str, int | None]]:
    """From a rendered line to the template line most like it, for faults that show only after rendering."""

    def locate(text: str) -> tuple[str, int | None]:
        lines = [(name, at, line) for name, body in templates.items() for at, line in _numbered(name, body)]
        best = max(lines, key=lambda found: _likeness(found[2], text), default=("issue.mjml", 1, ""))
        return path_of(folder, best[0]), best[1]

    return locate


def _environment(
    templates: Mapping[str, str], folder: str, filters: Filters, constants: Constants, **output: Any
) -> ImmutableSandboxedEnvironment:
    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        text = templates.get(name)
        return None if text is None else (text, path_of(folder, name), lambda: True)

    return Sandbox(
        templates,
        constants,
        filters,
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **output,
    )


def _cleaned(value: object) -> str:
    return clean(str(value))


def _ascii(value: object) -> Markup:
    if isinstance(value, Markup):
        return value if is_ascii_markup(value) else Markup(ascii_markup(str(value)))  # noqa: S704 - it was markup
    text = str(value)
    return _known(text) if len(text) < SHORT else Markup(escape(text))  # noqa: S704 - escaped just here


@functools.lru_cache(maxsize=4096)
def _known(text: str) -> Markup:
    """A colour, a word, an address: what stands in a mail many times is escaped once."""
    return Markup(escape(text))  # noqa: S704 - escaped just here


def _place(trace: TracebackType | None, folder: str) -> tuple[str, int | None] | None:
    frames = [
        frame
        for frame in traceback.extract_tb(trace)
        if frame.filename.startswith((f"{folder}/", path_of(folder, "shared/")))
    ]
    return (frames[-1].filename, frames[-1].lineno) if frames else None


def _numbered(name: str, body: str) -> list[tuple[int, str]]:
    return list(enumerate(body.split("\n"), 1)) if name.endswith(".mjml") else []


def _likeness(template_line: str, text: str) -> float:
    static = re.sub(r"\{[{%#].*?[}%#]\}", "", template_line).strip()
    return difflib.SequenceMatcher(None, static[:300], text.strip()[:300], autojunk=False).ratio()
