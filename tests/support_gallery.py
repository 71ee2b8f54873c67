"""The mails of the sample workspace that are looked at: three readers, the week and the quarter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from newsletter.app.demo import EARLIER, MONTHLY_AT, WEEKLY_AT
from newsletter.app.drafting import preview_draft
from newsletter.app.rendering import sample_row
from newsletter.app.sample import init_workspace, sample_root
from newsletter.app.theme_files import load_theme
from newsletter.app.timing import read_at
from newsletter.app.workspace import open_workspace
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft
from newsletter.model.mail import fill_text
from newsletter.model.workspace import LookSettings
from newsletter.render.edition import render

Density = Literal["full", "compact"]
QUARTERLY_AT = "2026-12-20T09:00"
READERS: Mapping[str, Choices] = {
    "seattle": Choices("America/Los_Angeles"),
    "berlin": Choices("Europe/Berlin", clock=24, language="de"),
    "cairo": Choices("Africa/Cairo", clock=24, language="ar"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """The drafts of the sample's issues; `before` is what the readers of the week were told a week earlier."""

    before: Draft
    weekly: Draft
    quarterly: Draft


@cache
def sample() -> Sample:
    """The sample workspace's drafts, read once."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "lab"
        init_workspace(root)
        now = {path: (root / path).read_text(encoding="utf-8") for path, *_ in EARLIER}
        for path, words, earlier in EARLIER:
            file = root / path
            file.write_text(file.read_text(encoding="utf-8").replace(words, earlier), encoding="utf-8")
        before = _draft(root, "monthly", MONTHLY_AT)
        for path, text in now.items():
            (root / path).write_text(text, encoding="utf-8")
        return Sample(before, _draft(root, "weekly", WEEKLY_AT), _draft(root, "quarterly", QUARTERLY_AT))


def _draft(root: Path, digest: str, at: str) -> Draft:
    ws = open_workspace(root)
    return preview_draft(ws, digest, read_at(ws, at))


@cache
def mail(digest: str, reader: str, *, logo: bool = False, theme: str = "hours", density: Density = "full") -> str:
    """The HTML of the sample's `weekly` or `quarterly` issue as one of READERS gets it."""
    drafts = sample()
    draft, before = (drafts.weekly, drafts.before) if digest == "weekly" else (drafts.quarterly, None)
    if logo:
        draft = replace(draft, look=LookSettings(logo="https://data.example.org/logo.png"))
    if theme != draft.settings.theme:
        draft = replace(draft, theme=load_theme(sample_root(), theme, digest))
    issue = compose(draft, replace(READERS[reader], density=density), before)
    return fill_text(render(issue, draft).html, sample_row().values)
