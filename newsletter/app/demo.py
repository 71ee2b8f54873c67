"""The main job on the sample workspace in a scratch folder: read, compose, render, deliver to files, and once more.

A monthly issue goes out first; then the lab moves things, and the weekly issue tells its readers what has changed
since what each of them was last told.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from newsletter.app.collecting import collect
from newsletter.app.dispatching import look_at_audience, provider_of, send_issue
from newsletter.app.drafting import draft_issue
from newsletter.app.importing.subscribers_file import import_file
from newsletter.app.reviewing.approving import approve
from newsletter.app.sample import init_workspace
from newsletter.app.timing import read_at, slot_for
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.model.provider_settings import ProviderSettings

MONTHLY_AT = "2026-11-27T09:00"
WEEKLY_AT = "2026-12-04T09:00"
WEEKLY_DRAFT = "2026-12-01T09:00"

#: What the sample said before the lab changed its plans: file, today's words, and the words of that time.
EARLIER: tuple[tuple[str, str, str], ...] = (
    ("content/datathons/2026-12.md", 'room = "Steam Hall, Floor 2 (step-free)"', 'room = "Lakeview 1.203"'),
    ("content/deep-dives/2026-12-08-missing-data.md", "start: 2026-12-08 12:00", "start: 2026-12-07 15:00"),
    ("content/deep-dives/2026-12-08-missing-data.md", "end: 2026-12-08 13:30", "end: 2026-12-07 16:30"),
    (
        "content/calendar/lab.ics",
        "LOCATION:Steam Hall\\, Floor 2 (step-free)\nCATEGORIES:datathon",
        "LOCATION:Lakeview 1.203\nCATEGORIES:datathon",
    ),
    ("content/calendar/lab.ics", "STATUS:CANCELLED", "STATUS:CONFIRMED"),
)


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demo did: steps in order, each distinct mail with its readers, and where the files lie."""

    steps: tuple[tuple[str, str], ...]
    editions: tuple[tuple[str, str, int, str], ...]
    mails: int
    outbox: Path
    index: Path


@dataclass
class _Run:
    """The demo under way."""

    ws: Workspace
    progress: Callable[[str], None]
    steps: list[tuple[str, str]] = field(default_factory=list)
    editions: list[tuple[str, str, int, str]] = field(default_factory=list)

    def step(self, name: str, result: str) -> None:
        """One line of the table."""
        self.steps.append((name, result))

    def at(self, moment: str) -> datetime:
        """Move the demo's clock."""
        now = read_at(self.ws, moment)
        self.ws = replace(self.ws, clock=lambda: now)
        return now


def run_demo(out: Path | None = None, progress: Callable[[str], None] = lambda _: None) -> DemoReport:
    """Run the whole job in `out` or in a new temporary folder; InitError where `out` is not empty."""
    root = out if out else Path(tempfile.mkdtemp(prefix="newsletter-demo-"))
    init_workspace(root)
    run = _Run(_open(root), progress)
    progress(f"A scratch workspace: {root}")
    _import(run)
    _rewrite(root, {(file, now): then for file, now, then in EARLIER})
    _issue(run, "monthly", MONTHLY_AT, slot_for(run.ws, "monthly", run.at(MONTHLY_AT)).send_at.isoformat())
    _rewrite(root, {(file, then): now for file, now, then in EARLIER})
    run.step("plans change", "a deep dive moves, the datathon gets a bigger room, one coffee is cancelled")
    _issue(run, "weekly", WEEKLY_DRAFT, WEEKLY_AT)
    _again(run)
    outbox = root / run.ws.settings.provider.path
    mails = len(list(outbox.rglob("*.eml")))
    return DemoReport(tuple(run.steps), tuple(run.editions), mails, outbox, outbox / "index.html")


def _open(root: Path) -> Workspace:
    """The sample, delivering to files whatever its config.toml says and whatever the environment holds."""
    return with_settings(open_workspace(root, environ={}), provider=ProviderSettings(kind="outbox"))


def _import(run: _Run) -> None:
    at = run.at(MONTHLY_AT)
    reading = collect(run.ws, at)
    kinds = Counter(item.kind for item in reading.items)
    found = ", ".join(f"{kinds[kind]} {kind}s" for kind in ("event", "announcement", "page"))
    odd = Counter(problem.level for problem in reading.problems)
    said = ", ".join(f"{count} {level}" for level, count in sorted(odd.items())) or "nothing wrong"
    run.step("collect", f"{found} from {len(reading.sources)} sources: {said}")
    report = import_file(run.ws, run.ws.root / "subscribers/example.csv", "community")
    run.step("subscribers import", f"{report.new} people")


def _rewrite(root: Path, words: Mapping[tuple[str, str], str]) -> None:
    for (file, old), new in words.items():
        path = root / file
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise RuntimeError(f"the sample's {file} no longer says {old!r}")
        path.write_text(text.replace(old, new), encoding="utf-8")


def _issue(run: _Run, digest: str, draft_at: str, send_at: str) -> None:
    drafted = draft_issue(run.ws, digest, run.at(draft_at))
    key = drafted.draft.key
    approve(run.ws, key, "demo", run.ws.clock())
    run.step(f"draft, check, approve {key}", f"hash {drafted.hash[:12]}")
    now = run.at(send_at)
    audience = look_at_audience(run.ws, key, now)
    run.editions.extend((key, name, readers, subject) for name, subject, readers in audience.editions)
    sent = _send(run, key, now)
    run.step(f"send {key}", f"{sent} mails, {len(audience.editions)} distinct")


def _send(run: _Run, key: str, now: datetime) -> int:
    with provider_of(run.ws) as provider:
        return send_issue(run.ws, provider, key, now).summary.outcomes.get("accepted", 0)


def _again(run: _Run) -> None:
    key = run.editions[-1][0]
    run.step(f"send {key} again", f"{_send(run, key, run.ws.clock())} mails: nobody gets it twice")
