"""Fills the preview's page template, so that the web needs no template engine."""

from collections.abc import Mapping

from newsletter.render.pages import page

FOLDER = "newsletter/web/studio/templates"


def fill_page(templates: Mapping[str, str], context: Mapping[str, object]) -> str:
    """studio.html of the templates with the values, each escaped; RenderError names the line at fault."""
    return page(templates, "studio.html", context, FOLDER)
