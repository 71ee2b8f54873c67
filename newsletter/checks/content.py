"""Rules on the words that sources and the editor put into the issue."""

import re
from collections.abc import Iterator

from newsletter.checks.subject import Finding, MailRule, Subject, entry_links, entry_origin, in_html, mail_part
from newsletter.model.problem import Origin, Problem
from newsletter.render.links import safe_link

#: Elements that run, load, or ask for something.
ACTIVE = frozenset({"script", "iframe", "object", "embed", "applet", "form", "input", "select", "textarea", "button"})

_PLACEHOLDER = re.compile(r"\b(TK|TKTK|TODO|FIXME|XXX+|[Ll]orem [Ii]psum)\b")


def placeholder(subject: Subject) -> Iterator[Finding]:
    """No TK, TODO, FIXME, XXX or lorem ipsum in what readers see."""
    for where, origin, text in _words(subject):
        if found := _PLACEHOLDER.search(text):
            yield Finding(f"{found[0]!r} still stands in {where}; write what belongs there", origin)


def held_back(subject: Subject) -> Iterator[Finding]:
    """What a source holds but the issue leaves out because it is wrong, with the reason."""
    for item in subject.draft.items:
        if item.held_back:
            reason = _reason(subject, {(origin.path, origin.line) for origin in item.origins})
            yield Finding(f"{item.title!r} is held back and not in the issue: {reason}", item.origin)


def unsafe(subject: Subject) -> Iterator[Finding]:
    """No link runs anything, and nothing else does: mail programs drop it, or warn of it."""
    for element in subject.page.elements:
        active = next((name for name in element.attributes if name.startswith("on")), "")
        if element.tag in ACTIVE or active or element.get("href").lower().startswith("javascript:"):
            what = f"{active} runs something" if active else "this does not belong in a mail"
            yield in_html(f"{what}; take it out of the theme's templates", element)
    for entry in subject.entries():
        for link in entry_links(entry):
            if not safe_link(link):
                text = (
                    f"the link {link!r} of {entry.title!r} is no web address and is left out; write an https address"
                )
                yield Finding(text, entry_origin(entry))


def empty(subject: Subject) -> Iterator[Finding]:
    """There is something in the issue to read."""
    issue = subject.issue
    if issue.empty:
        later = issue.next_content.rstrip(".") or "and nothing is known after it"
        habit = "it will be skipped" if subject.draft.settings.skip_empty else "it will go out saying so"
        text = f"nothing is planned for {issue.dateline} ({later}); {habit} (skip_empty in config.toml)"
        yield Finding(text, mail_part("issue"))


def _words(subject: Subject) -> Iterator[tuple[str, Origin, str]]:
    note = subject.issue.note
    written = note.origin or mail_part("note")
    yield (
        "the subject",
        note.origin if note.subject and note.origin else mail_part("subject"),
        subject.edition.subject,
    )
    yield "the preheader", written, subject.edition.preheader
    yield "the note", written, f"{note.body}\n{note.by}\n{note.role}"
    for entry in subject.entries():
        text = "\n".join((entry.title, entry.summary, entry.body, entry.place, *entry.hosts))
        yield repr(entry.title), entry_origin(entry), text
    for name, text in subject.draft.section_texts:
        yield f"the section {name!r}", _section_origin(subject, name), text


def _section_origin(subject: Subject, name: str) -> Origin:
    settings = dict(subject.draft.sections).get(name)
    return Origin("sections", settings.path) if settings and settings.path else mail_part(f"section {name}")


def _reason(subject: Subject, places: set[tuple[str, int | None]]) -> str:
    """Where the first error of the same file stands, at the item's own line if one does; it is told there in full."""
    paths = {path for path, _ in places}
    errors = [one for one in subject.draft.problems if one.level == "error" and one.origin.path in paths]
    best: Problem | None = next((one for one in errors if (one.origin.path, one.origin.line) in places), None)
    found = best or next(iter(errors), None)
    if found is None:
        return "`newsletter collect` lists why"
    return f"mend {found.code}" + (f" in line {found.origin.line}" if found.origin.line else "")


RULES = (
    MailRule(
        "src.placeholder", "error", "No TK, TODO, FIXME, XXX or lorem ipsum", "Write what belongs there", placeholder
    ),
    MailRule(
        "src.held-back",
        "warning",
        "Items with errors are named, with the reason",
        "Mend the error that is named",
        held_back,
    ),
    MailRule(
        "src.unsafe",
        "error",
        "Nothing in the mail runs, and nothing is a form",
        "Take it out, or write an https address",
        unsafe,
    ),
    MailRule("issue.empty", "warning", "There is something to read", "Add content, or let it be skipped", empty),
)
