"""Room for everybody: one organiser's events beyond a number are counted in one line, with a link."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from newsletter.compose.view import View
from newsletter.model.issue import Entry, More, Section
from newsletter.model.item import Item


def fair(view: View, section: Section) -> Section:
    """The section with at most `per_organiser` entries for each; what is pinned stands in any case."""
    most = view.draft.settings.per_organiser
    if most is None:
        return section
    out = {entry.id: name for name, found in _by_organiser(view, section.entries).items() for entry in found[most:]}
    kept = tuple(entry for entry in section.entries if entry.id not in out)
    more = tuple(
        _more(view, name, [entry for entry in section.entries if out.get(entry.id) == name])
        for name in dict.fromkeys(out.values())
    )
    return Section(section.kind, section.title, kept, section.hint, more)


def organiser_of(item: Item) -> str:
    """Who its first host is; where it names none, the source it was read from."""
    return item.hosts[0] if item.hosts else item.origin.source


def is_capped(section: Section, item_id: str) -> bool:
    """Whether the section only counts it."""
    return any(item_id in more.ids for more in section.more)


def _by_organiser(view: View, entries: Sequence[Entry]) -> Mapping[str, list[Entry]]:
    """Each organiser's entries, the weightiest first; an entry of an item that is not there stands alone."""
    items = {item.id: item for item in view.items}
    pinned = {one.id for one in view.draft.editing.pins}
    found: dict[str, list[Entry]] = defaultdict(list)
    for place in sorted(range(len(entries)), key=lambda place: (_weight(entries[place], pinned), place)):
        entry = entries[place]
        found[organiser_of(items[entry.id]) if entry.id in items else entry.id].append(entry)
    return found


def _weight(entry: Entry, pinned: set[str]) -> int:
    """What an editor pinned, what is other than before, what is not known yet, and last what is."""
    if entry.id in pinned:
        return 0
    return 3 if entry.change == "reminder" else 1 if entry.change else 2


def _more(view: View, organiser: str, left_out: Sequence[Entry]) -> More:
    words = view.language.ngettext(
        "and {count} more from {organiser}", "and {count} more from {organiser}", len(left_out), organiser=organiser
    )
    return More(words, view.draft.community.url or view.draft.base_url, tuple(entry.id for entry in left_out))
