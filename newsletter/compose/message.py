"""A one-off mail: what somebody wrote, as an issue of a note alone; and a draft as one of its lists gets it."""

from dataclasses import replace

from newsletter.compose.plain import plain_text, shorten
from newsletter.model.issue import Choices, Draft, Issue, Note

PREHEADER_LENGTH = 120


def compose_message(draft: Draft, choices: Choices) -> Issue:
    """The mail for readers with these choices: the words are the same for all, the frame is in their language."""
    note = draft.note
    return Issue(
        key=draft.key,
        digest="",
        number=0,
        title=draft.settings.title,
        tagline="",
        subject=note.subject.strip(),
        preheader=note.preheader.strip() or _beginning(note),
        as_of=draft.as_of,
        window=draft.slot.window,
        dateline="",
        term_line="",
        zone_name="",
        choices=choices,
        sections=(),
        note=note,
        topics=draft.topics,
    )


def for_list(draft: Draft, choices: Choices) -> Draft:
    """The draft with the list by which these readers get it; a list that the draft does not know is its own."""
    found = dict(draft.lists).get(choices.list)
    if found is None:
        return draft
    joins = draft.subscribe_url if found.sign_up and not found.address else ""
    settings = draft.settings.model_copy(update={"list": choices.list})
    return replace(draft, list=found, subscribe_url=joins, settings=settings)


def _beginning(note: Note) -> str:
    return shorten(plain_text(note.body), PREHEADER_LENGTH)
