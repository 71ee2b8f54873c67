"""One public page from the workspace's templates, in its reader's language."""

from newsletter.app.theme_files import TEMPLATES, load_layered
from newsletter.app.workspace import Workspace
from newsletter.language.languages import language_of
from newsletter.render.pages import page

FOLDER = f"{TEMPLATES}/pages"


def write_page(ws: Workspace, name: str, language: str = "", /, **values: object) -> str:
    """The page in this language, or the community's where it is empty; RenderError where a template is at fault.

    Templates are read afresh, so that editing one needs no restart.
    """
    community = ws.settings.community
    spoken = language_of(language or community.language)
    context = {"community": community, **values}
    return page(_templates(ws), name, context, FOLDER, spoken)


def _templates(ws: Workspace) -> dict[str, str]:
    """The workspace's own pages, and the program's for those it has not."""
    return dict(load_layered(ws.root, FOLDER))


def masked(address: str) -> str:
    """An address its owner knows again and nobody else can write to: "a…@e….org"."""
    local, _, domain = address.rpartition("@")
    name, dot, top = domain.rpartition(".")
    return f"{local[:1]}…@{(name or top)[:1]}…{dot}{top if name else ''}"
