"""What stands in the preview's address, and from it everything its page template needs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import cast
from urllib.parse import urlencode

from newsletter.app.studio.message import headers, parts
from newsletter.app.studio.stage import Scheme
from newsletter.app.studio.view import Finding, Named, Shown, View

#: CSS pixels: the smallest phone, a usual phone, the mail's own width in a desktop client, a tablet.
WIDTHS = (320, 375, 600, 768)
USUAL_WIDTH = 600
SCHEMES: tuple[tuple[Scheme, str], ...] = (("light", "Light"), ("dark", "Dark"))
TABS = (("checks", "Checks"), ("text", "Text"), ("headers", "Headers"), ("mail", "Mail only"))
#: Bytes of HTML after which Gmail cuts a mail off, and from which the gauge warns.
CLIPPED, NEARLY_CLIPPED = 102 * 1024, 90 * 1000


@dataclass(frozen=True, slots=True)
class State:
    """What is being looked at, and how; a link to it shows a colleague the same."""

    digest: str = ""
    persona: str = ""
    width: int = USUAL_WIDTH
    scheme: Scheme = "light"
    tab: str = "checks"

    def url(self, path: str = "/", **changes: object) -> str:
        """The address of this state with some of it changed."""
        return f"{path}?{urlencode({**asdict(self), **changes})}"


def read_state(query: Mapping[str, str]) -> State:
    """The state an address names; whatever it does not know becomes the default."""
    widths = {str(width): width for width in WIDTHS}
    schemes = {name: name for name, _ in SCHEMES}
    return State(
        digest=query.get("digest", ""),
        persona=query.get("persona", ""),
        width=widths.get(query.get("width", ""), USUAL_WIDTH),
        scheme=schemes.get(cast(Scheme, query.get("scheme", "")), "light"),
        tab=query.get("tab", "") if query.get("tab") in dict(TABS) else "checks",
    )


def page_context(state: State, shown: Shown, number: int) -> dict[str, object]:
    """The values of templates/studio.html; `number` is that of the last change."""
    state = replace(state, digest=shown.digest, persona=shown.persona)
    view = shown.view
    return {
        "community": shown.menu.community,
        "view": view,
        "faults": [_finding(finding) for finding in shown.faults],
        "number": number,
        "state": state,
        "frame": state.url("/mail"),
        "digests": _links(shown.menu.digests, state.digest, state, "digest"),
        "personas": _links(shown.menu.personas, state.persona, state, "persona"),
        "widths": [_link(str(width), width, state.width, state, "width") for width in WIDTHS],
        "schemes": [_link(title, name, state.scheme, state, "scheme") for name, title in SCHEMES],
        "tabs": _tabs(state, view),
        "problems": [_finding(finding) for finding in _worst_first(view)],
        "headers": headers(view.message) if view else (),
        "parts": parts(view.message) if view else (),
        "source": view.message.decode("utf-8", "replace").replace("\r\n", "\n") if view else "",
        "gauge": _gauge(view),
    }


def _links(entries: Sequence[Named], chosen: str, state: State, name: str) -> list[dict[str, object]]:
    return [_link(entry.title, entry.name, chosen, state, name) for entry in entries]


def _link(title: str, value: object, chosen: object, state: State, name: str) -> dict[str, object]:
    return {"title": title, "name": value, "url": state.url("/", **{name: value}), "on": value == chosen}


def _tabs(state: State, view: View | None) -> list[dict[str, object]]:
    tabs = [_link(title, name, state.tab, state, "tab") | {"note": ""} for name, title in TABS]
    tabs[0]["note"] = _counts(view.problems) if view else ""
    return tabs


def _counts(problems: Sequence[Finding]) -> str:
    levels = [finding.problem.level for finding in problems]
    counted = ((levels.count("error"), "E"), (levels.count("warning"), "W"), (levels.count("info"), "I"))
    return " ".join(f"{count}{letter}" for count, letter in counted if count) or "ok"


def _worst_first(view: View | None) -> list[Finding]:
    order = ("error", "warning", "info")
    return sorted(view.problems if view else (), key=lambda finding: order.index(finding.problem.level))


def _finding(finding: Finding) -> dict[str, object]:
    problem = finding.problem
    return {
        "level": problem.level,
        "code": problem.code,
        "text": problem.text,
        "place": str(problem.origin),
        "lines": finding.lines,
    }


def _gauge(view: View | None) -> dict[str, object]:
    size = view.size if view else 0
    level = "error" if size > CLIPPED else "warning" if size > NEARLY_CLIPPED else "fine"
    return {"kb": f"{size / 1024:.1f}", "percent": min(100, round(100 * size / CLIPPED)), "level": level}
