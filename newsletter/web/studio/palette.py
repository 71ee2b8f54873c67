"""Everything in the studio by its name: what can be done, who can be looked as, every mail, event and finding."""

from collections.abc import Iterator

from newsletter.app.studio.view import Shown
from newsletter.web.studio.keys import KEYS
from newsletter.web.studio.page import TABS, State, worst_first

#: One entry: its kind and title, and the row of a key, an address, or a number in the outline or among the findings.
Entry = dict[str, str | int]


def palette(state: State, shown: Shown) -> list[Entry]:
    """What there is to be chosen from, in the order in which it is offered."""
    return [*_keys(), *_panes(state), *_readers(state, shown), *_mails(state, shown), *_content(state, shown)]


def _keys() -> Iterator[Entry]:
    for key in KEYS:
        if key.run not in ("palette", "close"):
            yield {"kind": "Do", "title": key.does, "row": key.name, "key": key.shown}


def _panes(state: State) -> Iterator[Entry]:
    keyed = {key.click for key in KEYS}
    for name, title in TABS:
        if f"tab-{name}" not in keyed:
            yield {"kind": "Do", "title": title, "url": state.url("./", tab=name)}


def _readers(state: State, shown: Shown) -> Iterator[Entry]:
    for digest in shown.menu.digests:
        yield {"kind": "Digest", "title": digest.title, "url": state.url("./", digest=digest.name, variant=0)}
    for persona in shown.menu.personas:
        yield {"kind": "Persona", "title": persona.title, "url": state.url("./", persona=persona.name, variant=0)}


def _mails(state: State, shown: Shown) -> Iterator[Entry]:
    for number in range(1, shown.audience.mails + 1):
        yield {"kind": "Mail", "title": f"{number} of {shown.audience.mails}", "url": state.url("./", variant=number)}


def _content(state: State, shown: Shown) -> Iterator[Entry]:
    if shown.view is None:
        return
    for section in shown.view.outline:
        for entry in section.entries:
            title = f"{entry.title} ({section.title})"
            yield {"kind": "Event", "title": title, "number": entry.number}
    checks = state.url("./", tab="checks")
    for number, (_, finding) in enumerate(worst_first(shown.view)):
        problem = finding.problem
        title = f"{problem.level} at {problem.place}: {problem.text}"
        yield {"kind": "Finding", "title": title, "url": checks, "finding": number}
