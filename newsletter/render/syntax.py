"""Whether templates can be read at all, without filling them: a slip in one shows before somebody needs it."""

from collections.abc import Iterator, Mapping

from jinja2 import Environment, TemplateSyntaxError

from newsletter.model.problem import Problem
from newsletter.render.errors import template_problem
from newsletter.render.templates import path_of

_KINDS = (".html", ".mjml", ".txt")
_PARSER = Environment(autoescape=True)


def syntax_problems(templates: Mapping[str, str], folder: str) -> Iterator[Problem]:
    """One problem for each template under `folder` that is none, with its line."""
    for name, text in templates.items():
        if not name.endswith(_KINDS):
            continue
        try:
            _PARSER.parse(text)
        except TemplateSyntaxError as error:
            yield template_problem("src.syntax", f"{error.message}", path_of(folder, name), error.lineno)
