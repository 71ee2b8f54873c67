"""Reading a workspace's configuration as if the program started: nothing of it takes effect before all of it is good.

Sources are not read, and nobody is asked over the network: that is what `newsletter collect` and `doctor` are for.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from newsletter.app.bounded_rendering import render_bounded
from newsletter.app.cautions import settings_cautions
from newsletter.app.page_writing import FOLDER, write_page
from newsletter.app.service_mails import service_issue
from newsletter.app.theme_files import TEMPLATES, load_layered, load_theme
from newsletter.app.workspace import Workspace, open_workspace, utc_now
from newsletter.model.issue import Choices
from newsletter.model.problem import Origin, Problem, has_errors
from newsletter.model.service import ServiceMail
from newsletter.providers.registry import ProviderError, open_provider
from newsletter.providers.webhooks import open_webhook
from newsletter.render.errors import RenderError
from newsletter.render.syntax import syntax_problems
from newsletter.settings.locate import key_line
from newsletter.settings.reading import CONFIG, SettingsError

#: What a mail of the check is called; it is rendered and thrown away.
_NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Checked:
    """A reading of the configuration: the workspace where nothing of it is an error, and every problem found."""

    workspace: Workspace | None
    problems: tuple[Problem, ...]


def check_configuration(
    root: Path, environ: Mapping[str, str] = os.environ, clock: Callable[[], datetime] = utc_now
) -> Checked:
    """Read settings, lists, secrets and templates anew, open the road out, and say all that is wrong.

    The store is neither opened nor made.
    """
    try:
        ws = open_workspace(root, environ, clock)
    except SettingsError as error:
        return Checked(None, error.problems)
    found = tuple(dict.fromkeys([*settings_cautions(ws), *_personas(ws), *_road(ws), *_templates(ws)]))
    return Checked(None if has_errors(found) else ws, found)


def _personas(ws: Workspace) -> tuple[Problem, ...]:
    return _told(lambda: ws.personas)


def _road(ws: Workspace) -> Iterator[Problem]:
    """Whether mail could be handed over, and reports believed; nothing is connected."""
    provider = ws.settings.provider
    try:
        open_provider(provider, ws.settings.secrets, ws.root).close()
        open_webhook(provider)
    except ProviderError as error:
        text = (ws.root / CONFIG).read_text(encoding="utf-8-sig")
        yield Problem(
            "error", "settings.provider", str(error), Origin("settings", CONFIG, key_line(text, ("provider",)))
        )


def _templates(ws: Workspace) -> tuple[Problem, ...]:
    """Slips in any template; then, where there are none, whether a page and each list's mail can be written."""
    themes = {digest.theme: name for name, digest in ws.settings.digests.items()}
    slips = [one for theme, name in themes.items() for one in _told(partial(_of_theme, ws, theme, name))]
    slips += syntax_problems(dict(load_layered(ws.root, FOLDER)), FOLDER)
    if slips:
        return tuple(slips)
    mails = (problem for name in ws.settings.lists for problem in _told(partial(_write_mail, ws, name)))
    return (*_told(lambda: write_page(ws, "invalid.html", address="")), *mails)


def _of_theme(ws: Workspace, theme: str, digest: str) -> None:
    folder = f"{TEMPLATES}/{theme}"
    slips = tuple(syntax_problems(dict(load_theme(ws.root, theme, digest)), folder))
    if slips:
        raise RenderError(*slips)


def _write_mail(ws: Workspace, name: str) -> None:
    home = ws.settings.community
    choices = Choices(home.timezone, language=home.language, list=name)
    render_bounded(*service_issue(ws, ServiceMail("welcome", _NOBODY, name), choices, ws.clock()))


def _told(look: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        look()
    except (SettingsError, RenderError) as error:
        return tuple(error.problems)
    return ()
