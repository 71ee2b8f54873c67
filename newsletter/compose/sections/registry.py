"""Which function builds which section: a view goes in, a section or nothing comes out.

A new kind is one file with a `build` and one line here; names that are not here are sections of the workspace's own.
"""

from collections.abc import Mapping
from typing import Protocol

from newsletter.compose.density import compacted, without_doubles
from newsletter.compose.editing import in_named_order
from newsletter.compose.sections import (
    ahead,
    announcements,
    changes,
    continuing,
    custom,
    deadlines,
    events,
    glance,
    note,
    open_groups,
    recurring,
    thanks,
)
from newsletter.compose.view import View
from newsletter.model.issue import Section
from newsletter.model.problem import Origin, Problem


class Builder(Protocol):
    """Builds one kind of section, or None; a section without entries is left out unless it stands for a text."""

    def __call__(self, view: View) -> Section | None: ...


BUILDERS: Mapping[str, Builder] = {
    "note": note.build,
    "changes": changes.build,
    "glance": glance.build,
    "events": events.build,
    "recurring": recurring.build,
    "continuing": continuing.build,
    "ahead": ahead.build,
    "deadlines": deadlines.build,
    "announcements": announcements.build,
    "open": open_groups.build,
    "thanks": thanks.build,
}


def build_sections(view: View) -> tuple[tuple[Section, ...], tuple[Problem, ...]]:
    """The digest's sections in its order without the empty ones, and a problem for each name nobody knows."""
    own = dict(view.draft.sections)
    texts = {"note", *own}
    names = in_named_order(section_names(view), view.draft.editing.sections, str)
    built = [_build(view, name) for name in names if name in BUILDERS or name in own]
    unknown = tuple(_unknown(view, name) for name in names if name not in BUILDERS and name not in own)
    shown = tuple(section for section in built if section and (section.entries or section.kind in texts))
    return compacted(shown) if view.choices.density == "compact" else shown, unknown


def section_names(view: View) -> tuple[str, ...]:
    """The names the digest lists, each once, with what goes on and the dates ahead.

    Groups that are always open join issues about a month or a term.
    """
    names = _with_ahead(_with_continuing(tuple(dict.fromkeys(view.draft.settings.sections))))
    if view.choices.density == "compact":
        names = without_doubles(names)
    if view.programme.is_weekly or "open" in names:
        return names
    place = names.index("thanks") if "thanks" in names else len(names)
    return (*names[:place], "open", *names[place:])


def _with_continuing(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names with that of what goes on, which stands in no other section: behind the events, or the table."""
    place = max((names.index(name) + 1 for name in ("glance", "events", "recurring") if name in names), default=0)
    return names if "continuing" in names or not place else (*names[:place], "continuing", *names[place:])


def _with_ahead(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names with that of the dates ahead behind the events: no other issue may tell them in time."""
    place = max((names.index(name) + 1 for name in ("events", "recurring", "continuing") if name in names), default=0)
    return names if "ahead" in names or not place else (*names[:place], "ahead", *names[place:])


def _build(view: View, name: str) -> Section | None:
    return BUILDERS[name](view) if name in BUILDERS else custom.build(view, name)


def _unknown(view: View, name: str) -> Problem:
    known = ", ".join((*BUILDERS, *(key for key, _ in view.draft.sections)))
    text = f"digests.{view.draft.digest}.sections names {name!r}, which is no section; there are {known}"
    return Problem("warning", "W-SECTION", text, Origin("config", "config.toml"))
