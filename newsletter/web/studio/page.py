"""What stands in the preview's address, and from it everything its page template needs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import cast
from urllib.parse import urlencode

from newsletter.app.studio.message import headers, parts
from newsletter.app.studio.stage import Scheme, Stage
from newsletter.app.studio.view import Finding, Named, Shown, View
from newsletter.web.studio.keys import KEYS

#: CSS pixels: the smallest phone, a usual phone, the mail's own width in a desktop client, a tablet; 0 is all there
#: is.
WIDTHS = (320, 375, 600, 768, 0)
USUAL_WIDTH = 600
#: What the handle at its side can make of it.
LEAST_WIDTH, MOST_WIDTH = 240, 1600
ZOOMS = (100, 200)
DIFFS = (("events", "Events"), ("text", "Text"), ("side", "Side by side"))
SCHEMES: tuple[tuple[Scheme, str], ...] = (("light", "Light"), ("dark", "Dark"), ("forced", "Forced"))
TABS = (
    ("checks", "Checks"), ("diff", "Diff"), ("text", "Text"), ("source", "Source"), ("data", "Data"),
    ("headers", "MIME"), ("edit", "Edit"), ("content", "Content"), ("calendar", "Calendar"), ("send", "Send…"),
    ("mail", "Mail only"),
)  # fmt: skip
#: Panes whose values are asked for when they are shown.
OWN_PANES = frozenset({"edit", "content", "calendar"})
SIMULATED = "Forced dark is a simulation: clients that darken mails by themselves differ."
#: Characters of an address that may name an entry.
LONGEST_ID = 500
#: Bytes of HTML after which Gmail cuts a mail off, and from which the gauge warns.
CLIPPED, NEARLY_CLIPPED = 102 * 1024, 90 * 1000


@dataclass(frozen=True, slots=True)
class State:
    """What is being looked at, and how; a link to it shows a colleague the same.

    `variant` is the number of a distinct mail, 0 for the persona's. `styles` and `images` are "off" where they are
    left out. `diff` is how the last issue is laid beside this one, `item` the id of the entry that is edited.
    """

    digest: str = ""
    persona: str = ""
    variant: int = 0
    width: int = USUAL_WIDTH
    scheme: Scheme = "light"
    styles: str = "on"
    images: str = "on"
    zoom: int = 100
    tab: str = "checks"
    diff: str = "events"
    item: str = ""

    def url(self, path: str = "./", **changes: object) -> str:
        """The address of this state with some of it changed, seen from the page; what is as usual is left out."""
        wanted = {**asdict(self), **changes}
        return f"{path}?{urlencode({name: value for name, value in wanted.items() if value != USUAL[name]})}"

    @property
    def frame(self) -> str:
        """The address of the mail as it stands in the frame, whatever stands around it."""
        return self._mail()

    @property
    def before(self) -> str:
        """The address of the last issue's mail where it stands beside this one; empty where it does not."""
        return f"{self._mail()}&last=on" if self.tab == "diff" and self.diff == "side" else ""

    def _mail(self) -> str:
        return self.url("mail", **{name: USUAL[name] for name in ("tab", "width", "diff", "item")})

    @property
    def stage(self) -> Stage:
        """How the mail is shown."""
        return Stage(self.scheme, self.styles == "on", self.images == "on", self.zoom)


USUAL: Mapping[str, object] = asdict(State())


def read_state(query: Mapping[str, str]) -> State:
    """The state an address names; whatever it does not know becomes the default."""
    schemes = {name: name for name, _ in SCHEMES}
    return State(
        digest=query.get("digest", ""),
        persona=query.get("persona", ""),
        variant=_number(query.get("variant", "")),
        width=_width(query.get("width", "")),
        scheme=schemes.get(cast(Scheme, query.get("scheme", "")), "light"),
        styles="off" if query.get("styles") == "off" else "on",
        images="off" if query.get("images") == "off" else "on",
        zoom=_one_of(query.get("zoom", ""), ZOOMS, ZOOMS[0]),
        tab=query.get("tab", "") if query.get("tab") in dict(TABS) else "checks",
        diff=query.get("diff", "") if query.get("diff") in dict(DIFFS) else "events",
        item=query.get("item", "")[:LONGEST_ID],
    )


def _width(text: str) -> int:
    number = _number(text)
    return number if (text == "0" or LEAST_WIDTH <= number <= MOST_WIDTH) else USUAL_WIDTH


def _one_of(text: str, choices: Sequence[int], usual: int) -> int:
    return next((one for one in choices if text == str(one)), usual)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def page_context(state: State, shown: Shown, number: int) -> dict[str, object]:
    """The values of templates/studio.html; `number` is that of the last change."""
    variant = shown.step.number if shown.step else 0
    state = replace(state, digest=shown.digest, persona=shown.persona, variant=variant)
    view = shown.view
    return {
        "community": shown.menu.community,
        "view": view,
        "faults": [finding_values(None, finding) for finding in shown.faults],
        "number": number,
        "checks": state.url("./", tab="checks"),
        "state": state,
        "frame": state.frame,
        "digests": _links(shown.menu.digests, state.digest, state, "digest"),
        "personas": _links(shown.menu.personas, state.persona, state, "persona"),
        "widths": [_link(str(width) if width else "Fit", width, state.width, state, "width") for width in WIDTHS],
        "variants": _variants(state, shown),
        "switches": _switches(state),
        "simulated": SIMULATED if state.scheme == "forced" else "",
        "differences": [one for one in view.events if one.change != "unchanged"] if view else (),
        "schemes": [_link(title, name, state.scheme, state, "scheme") for name, title in SCHEMES],
        "tabs": _tabs(state, view),
        "problems": [finding_values(number, finding) for number, finding in worst_first(view)] if view else (),
        "pane": state.tab if view or state.tab == "send" else "none",
        "before": state.before if view and view.against else "",
        "diffs": [_link(title, name, state.diff, state, "diff") for name, title in DIFFS],
        "width_class": f"w{state.width}" if state.width in WIDTHS else "wide-as",
        "keys": KEYS,
        # Parsing the message takes longer than writing the page.
        "headers": headers(view.message) if view and state.tab == "headers" else (),
        "parts": parts(view.message) if view and state.tab == "headers" else (),
        "whole": view.message.decode("utf-8", "replace").replace("\r\n", "\n") if view else "",
        "gauge": _gauge(view),
    }


def _variants(state: State, shown: Shown) -> dict[str, object]:
    """The distinct mails of all that would leave, to walk through one by one."""
    mails, here = shown.audience.mails, state.variant
    step = shown.step
    covers = f"{step.people} of {step.everybody} people" if step else ""
    return {
        "mails": mails,
        "people": shown.audience.people,
        "left_out": shown.audience.left_out,
        "step": step,
        "covers": covers,
        "previous": state.url("./", variant=here - 1 if here > 1 else mails),
        "next": state.url("./", variant=here + 1 if here < mails else 1),
        "persona": state.url("./", variant=0),
    }


def _switches(state: State) -> list[dict[str, object]]:
    """What can be left out of the mail or made larger: pressed is what is other than usual."""
    return [
        _switch("styles", "Styles off", state.styles == "off", state.url("./", styles=_other(state.styles)), "y"),
        _switch("images", "Images off", state.images == "off", state.url("./", images=_other(state.images)), "i"),
        _switch("zoom", "200 %", state.zoom == ZOOMS[1], state.url("./", zoom=ZOOMS[state.zoom == ZOOMS[0]]), "z"),
    ]


def _switch(name: str, title: str, on: bool, url: str, key: str) -> dict[str, object]:
    return {"name": name, "title": title, "on": on, "url": url, "key": key}


def _other(value: str) -> str:
    return "on" if value == "off" else "off"


def _links(entries: Sequence[Named], chosen: str, state: State, name: str) -> list[dict[str, object]]:
    state = replace(state, variant=0)
    return [_link(entry.title, entry.name, chosen, state, name) for entry in entries]


def _link(title: str, value: object, chosen: object, state: State, name: str) -> dict[str, object]:
    return {"title": title, "name": value, "url": state.url("./", **{name: value}), "on": value == chosen}


def _tabs(state: State, view: View | None) -> list[dict[str, object]]:
    tabs = [_link(title, name, state.tab, state, "tab") | {"note": ""} for name, title in TABS]
    tabs[0]["note"] = _counts(view.problems) if view else ""
    changed = sum(one.change != "unchanged" for one in view.events) if view else 0
    tabs[1]["note"] = str(changed) if changed else ""
    return tabs


def _counts(problems: Sequence[Finding]) -> str:
    levels = [finding.problem.level for finding in problems]
    counted = ((levels.count("error"), "E"), (levels.count("warning"), "W"), (levels.count("info"), "I"))
    return " ".join(f"{count}{letter}" for count, letter in counted if count) or "ok"


def worst_first(view: View) -> list[tuple[int, Finding]]:
    """The findings as they are listed, each with its number in the view."""
    order = ("error", "warning", "info")
    return sorted(enumerate(view.problems), key=lambda pair: order.index(pair[1].problem.level))


def finding_values(number: int | None, finding: Finding) -> dict[str, object]:
    """A finding for the page; those of the view have a number, by which they are meant."""
    problem = finding.problem
    return {
        "number": number,
        "path": problem.origin.path,
        "may_silence": problem.level == "warning" and number is not None,
        "level": problem.level,
        "code": problem.code,
        "text": problem.text,
        "place": problem.place,
        "lines": finding.lines,
        "item": finding.item,
    }


def _gauge(view: View | None) -> dict[str, object]:
    size = view.size if view else 0
    level = "error" if size > CLIPPED else "warning" if size > NEARLY_CLIPPED else "fine"
    return {"kb": f"{size / 1024:.1f}", "percent": min(100, round(100 * size / CLIPPED)), "level": level}
