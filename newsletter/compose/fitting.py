"""An issue with fewer entries, for mails that must stay small: the rest is counted, with a link to all of it."""

from collections.abc import Sequence
from dataclasses import replace

from newsletter.language.languages import language_in
from newsletter.model.issue import Draft, Issue, More, Section

#: Sections that are cut last: what changed, and what cannot be put off.
FIRST = ("changes", "deadlines")


def entries_in(issue: Issue) -> int:
    """How many entries all sections have together."""
    return sum(len(section.entries) for section in issue.sections)


def with_fewer(issue: Issue, draft: Draft, most: int) -> Issue:
    """The issue with at most so many entries: changes and deadlines stay longest, then what stands higher up."""
    rank = sorted(range(len(issue.sections)), key=lambda place: (issue.sections[place].kind not in FIRST, place))
    room, kept = most, dict[int, int]()
    for place in rank:
        kept[place] = min(room, len(issue.sections[place].entries))
        room -= kept[place]
    cut = [replace(one, entries=one.entries[: kept[place]]) for place, one in enumerate(issue.sections)]
    left = [one for one, whole in zip(cut, issue.sections, strict=True) if one.entries or not whole.entries]
    out = [
        entry.id
        for one, whole in zip(cut, issue.sections, strict=True)
        for entry in whole.entries[len(one.entries) :]
    ]
    rest = (Section("more", "", more=(_more(issue, draft, out),)),) if out else ()
    return replace(issue, sections=(*left, *rest))


def _more(issue: Issue, draft: Draft, out: Sequence[str]) -> More:
    language = language_in(issue.choices.language, draft.theme)
    words = language.ngettext("and {count} more", "and {count} more", len(out))
    return More(words, _all_of_it(draft), tuple(dict.fromkeys(out)))


def _all_of_it(draft: Draft) -> str:
    """Where everything stands: the issue in the archive, or else the community's own site."""
    if draft.settings.archive:
        return f"{draft.base_url.rstrip('/')}/archive/{draft.key}.html"
    return draft.community.url or draft.base_url
