"""Fills a template of the operator's pages, so that the web needs no template engine."""

from collections.abc import Mapping

from newsletter.render.pages import page

FOLDER = "newsletter/web/operator/templates"


def fill_operator(templates: Mapping[str, str], name: str, context: Mapping[str, object]) -> str:
    """The template with the values, each escaped; RenderError names the line at fault."""
    return page(templates, name, context, FOLDER)
