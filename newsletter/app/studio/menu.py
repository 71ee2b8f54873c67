"""What there is to look at in a workspace, and the files whose change is a reason to look again."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from newsletter.app.collecting import DECISIONS
from newsletter.app.studio.view import Menu, Named
from newsletter.app.workspace import PERSONAS, Workspace
from newsletter.settings.reading import CONFIG, LISTS

#: Folders whose files make an issue, besides what the sources name.
FOLDERS = ("content", "templates", "issues")
#: Single files that do, whatever the settings say.
FILES = (CONFIG, PERSONAS, LISTS, DECISIONS)
WILD = frozenset("*?[")


def menu_of(workspace: Workspace) -> Menu:
    """The digests and personas there are."""
    settings = workspace.settings
    digests = tuple(Named(name, digest.title) for name, digest in settings.digests.items())
    personas = tuple(Named(persona.name, persona.title) for persona in workspace.personas)
    return Menu(settings.community.name, digests, personas)


def places_of(workspace: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files, and folders, relative to the root, that the settings make matter."""
    settings = workspace.settings
    texts = (section.path for section in settings.sections.values() if section.path)
    patterns = [source.path for source in settings.sources if not source.is_remote]
    whole = (pattern for pattern in patterns if not set(pattern) & WILD)
    folders = dict.fromkeys((*FOLDERS, *filter(None, map(_fixed_part, patterns))))
    return tuple(dict.fromkeys((*FILES, *texts, *whole))), tuple(folders)


def one_of(name: str, entries: Sequence[Named]) -> str:
    """The entry of that name, else the first; empty where there is none."""
    names = [entry.name for entry in entries]
    return name if name in names else next(iter(names), "")


def _fixed_part(pattern: str) -> str:
    """The first folder of a source's pattern, or "" where it starts with a wildcard."""
    first, *rest = PurePosixPath(pattern).parts or ("",)
    return first if rest and not set(first) & WILD and first not in ("..", "/") else ""
