"""The whole examination, in the order in which things hang from one another; each line as soon as it is known."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter.app.alerts.addressees import channels
from newsletter.app.cautions import settings_cautions
from newsletter.app.doctor.contents import content_findings
from newsletter.app.doctor.domain import domain_findings
from newsletter.app.doctor.event_hook import event_findings
from newsletter.app.doctor.road import look_down
from newsletter.app.doctor.secret_files import secret_findings
from newsletter.app.doctor.site import site_findings
from newsletter.app.doctor.surroundings import Surroundings
from newsletter.app.workspace import Workspace, open_workspace, utc_now, with_settings
from newsletter.health.machine import judge_clock, judge_disk
from newsletter.health.storage import judge_store
from newsletter.model.health import Area, Condition, Finding, ok, worst
from newsletter.model.problem import Problem
from newsletter.model.storage import StoreState
from newsletter.model.workspace import StoreSettings
from newsletter.settings.reading import SettingsError
from newsletter.store.engine import StoreError
from newsletter.store.examining import examine_store


def examine_workspace(
    root: Path,
    environ: Mapping[str, str],
    around: Surroundings,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[Finding]:
    """Every line of the examination; it changes nothing and sends nothing. Without good settings it ends at them."""
    try:
        ws = open_workspace(root, environ, clock)
    except SettingsError as error:
        yield from (_of_problem(problem) for problem in error.problems)
        return
    yield from _settings(ws)
    yield from secret_findings(ws)
    yield judge_disk(around.free(ws.root), str(ws.root))
    yield from _from_the_store_on(ws, around)


def _from_the_store_on(ws: Workspace, around: Surroundings) -> Iterator[Finding]:
    try:
        state = examine_store(ws.settings.store.url, ws.root)
    except StoreError as error:
        yield Finding("store", "error", "doctor.store-settings", str(error), "Mend [store] url in config.toml")
        return
    stored = judge_store(state, ws.settings.store.url)
    yield from stored
    road, elsewhere = look_down(ws)
    yield from road
    yield judge_clock(ws.clock(), state.newest, elsewhere)
    yield from domain_findings(ws, around)
    if worst(stored) != "ok":
        return
    yield from site_findings(ws, around, state.has_sent)
    if state.schema:
        yield from event_findings(ws, around)
    with _untouched(ws, state) as seen:
        yield from content_findings(seen)


@contextmanager
def _untouched(ws: Workspace, state: StoreState) -> Iterator[Workspace]:
    """The workspace with its store, or where there is none yet, with one that is gone afterwards."""
    if state.schema:
        yield ws
        return
    with TemporaryDirectory(prefix="newsletter-doctor-") as folder:
        seen = with_settings(ws, store=StoreSettings(url=f"sqlite:///{folder}/store.db"))
        yield seen
        seen.store.close()


def _settings(ws: Workspace) -> Iterator[Finding]:
    s = ws.settings
    yield ok(
        "settings", f"{len(s.digests)} digests, {len(s.lists)} lists and {len(s.sources)} sources are configured"
    )
    yield from (_of_problem(problem) for problem in settings_cautions(ws))
    if channels(ws) == ("log",):
        text = "alerts stand in the log alone: nobody is told when an issue is late or a queue does not move"
        yield Finding("settings", "warning", "doctor.alerts-unheard", text, "Set [alerts] mail, or a webhook")


def _of_problem(problem: Problem) -> Finding:
    area: Area = "secrets" if problem.code == "settings.secret" else "settings"
    condition: Condition = "error" if problem.level == "error" else "warning"
    return Finding(area, condition, problem.code, f"{problem.origin}: {problem.text}")
