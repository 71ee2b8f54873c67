"""A draft, a reader's choices and a baseline become an issue: the same values in give an equal issue out."""

from dataclasses import replace

from newsletter.compose.changes import marks_of, vanished_problems
from newsletter.compose.editing import edited
from newsletter.compose.editions import edition_problems
from newsletter.compose.headline import dateline_of, preheader_of, subject_of, subject_problems, term_line_of
from newsletter.compose.newer import with_newer_facts
from newsletter.compose.programme import Programme, programme_of
from newsletter.compose.remembering import recall, remember
from newsletter.compose.repeats import with_untold, within_repeats
from newsletter.compose.sections.registry import build_sections
from newsletter.compose.strip import strip_of
from newsletter.compose.upcoming import next_content
from newsletter.compose.view import View, view_of
from newsletter.compose.waves import as_read
from newsletter.dates.wording import zone_text
from newsletter.model.issue import Choices, Draft, Issue, Section
from newsletter.model.memory import Memory
from newsletter.model.problem import Problem

#: Sections that are no reason to send a mail.
ORNAMENT = ("note", "thanks")


def compose(draft: Draft, choices: Choices, baseline: Draft | None = None, memory: Memory | None = None) -> Issue:
    """The issue as readers with these choices get it, told against the last one they got and what they remember."""
    return arrange(programme_of(draft), choices, programme_of(baseline) if baseline else None, memory)


def arrange(
    programme: Programme, choices: Choices, baseline: Programme | None = None, memory: Memory | None = None
) -> Issue:
    """The same from programmes, which every edition of a draft shares.

    Where a last issue is given without a memory, its reader remembers that issue alone.
    """
    programme = as_read(programme, choices)
    draft = programme.draft
    view = marked_view(programme, choices, baseline, memory)
    built, unknown = build_sections(view)
    sections = edited(built, draft.editing)
    subject = subject_of(view, sections)
    empty = is_empty(sections)
    found = (*unknown, *vanished_problems(view.marks), *edition_problems(view), *subject_problems(view, subject))
    return Issue(
        key=draft.key,
        digest=draft.digest,
        number=draft.number,
        title=draft.settings.title,
        tagline=draft.settings.tagline,
        subject=subject,
        preheader=preheader_of(view, sections, subject),
        as_of=draft.as_of,
        read_at=programme.moment,
        window=view.programme.window,
        dateline=dateline_of(view),
        term_line=term_line_of(view),
        zone_name=_zone_name(view),
        choices=choices,
        sections=sections,
        note=draft.note,
        strip=strip_of(view),
        topics=draft.topics,
        followed=choices.topics or (),
        problems=_problems(draft, found),
        empty=empty,
        next_content=next_content(view) if empty else "",
        baseline=baseline.draft.key if baseline else None,
        memory=remember(view, sections),
    )


def marked_view(
    programme: Programme, choices: Choices, baseline: Programme | None, memory: Memory | None = None
) -> View:
    """What these readers see, with its changes since the baseline; without one, nothing is marked."""
    if baseline is None:
        return view_of(programme, choices)
    known = arrange(baseline, choices).memory if memory is None else memory
    recalled = recall(known, programme.items)
    view = view_of(with_newer_facts(programme, recalled), choices)
    view = with_untold(replace(view, before=view_of(baseline, choices), memory=known, recalled=recalled))
    return within_repeats(replace(view, marks=marks_of(view)))


def is_empty(sections: tuple[Section, ...]) -> bool:
    """Whether nothing but the note and thanks has anything to say."""
    return not any(section.entries for section in sections if section.kind not in ORNAMENT)


def _zone_name(view: View) -> str:
    """The zone as it stands when the window opens: "Seattle time (PST)"."""
    city = view.draft.community.city if view.zone.key == view.home.key else ""
    return zone_text(view.zone, view.programme.window.start, city, view.language)


def _problems(draft: Draft, own: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(sorted(set(draft.problems) | set(own), key=_place_of))


def _place_of(problem: Problem) -> tuple[str, int, str, str]:
    return problem.origin.path, problem.origin.line or 0, problem.code, problem.text
