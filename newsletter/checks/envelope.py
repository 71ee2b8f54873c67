"""Rules on what an inbox shows before the mail is opened, on the text part and the footer."""

import re
from collections.abc import Iterator

from newsletter.checks.subject import (
    HTML,
    SLOT_URL,
    Finding,
    MailRule,
    Subject,
    mail_part,
    slot_url,
    squeeze,
)
from newsletter.model.problem import Origin

SUBJECT_LENGTH = range(10, 79)
PREHEADER_LENGTH = range(30, 141)

#: So many characters from the end, a reader looks for why the mail came.
FOOTER = 2500
#: Letters that take room in an inbox's line and show nothing; fewer of them leave room for the mail's first words.
PADDING, LEAST_PADDING = ("\u034f", "\u200c", "\u00ad", "\u00a0"), 60

LONGEST_LINE = 78
#: Elements and declarations that came through into the text part.
_MARKUP = re.compile(
    r"</?(?:a|b|br|div|em|h[1-6]|i|img|li|ol|p|span|strong|style|table|td|tr|ul)\b[^>]*>|\{[^{}]*:[^{}]*;[^{}]*\}"
)

TEXT = mail_part("text part")


def subject_line(subject: Subject) -> Iterator[Finding]:
    """The subject has 10 to 78 characters and does not shout."""
    line = subject.edition.subject
    origin = _written(subject, subject.issue.note.subject, "subject")
    if not line:
        yield Finding("the subject is empty; write one in the issue's file", origin, "error")
    elif len(line) not in SUBJECT_LENGTH:
        yield Finding(f"the subject has {len(line)} characters; 10 to 78 are read whole: {line!r}", origin)
    if line.isupper() and len(line) > SUBJECT_LENGTH.start:
        yield Finding(f"the subject is all capitals, as unwanted mail is: {line!r}", origin)
    if line and line.casefold() == subject.around.last_subject.casefold():
        text = f"the subject is the last issue's, {line!r}: inboxes put the two together; say what is new"
        yield Finding(text, origin)


def preheader(subject: Subject) -> Iterator[Finding]:
    """There is a preheader, it says more than the subject, and the mail's first words do not run into it."""
    line = subject.edition.preheader
    origin = _written(subject, subject.issue.note.preheader, "preheader")
    if not line:
        yield Finding("there is no preheader; write one in the issue's file, of 60 to 120 characters", origin)
    elif subject.edition.subject and line.casefold().startswith(subject.edition.subject.casefold()):
        yield Finding(f"the preheader repeats the subject; say something else: {line!r}", origin)
    elif len(line) not in PREHEADER_LENGTH:
        yield Finding(f"the preheader has {len(line)} characters; 60 to 120 are shown: {line!r}", origin)
    hidden = next((one for style, one in subject.page.styles.items() if "display:none" in style), None)
    if line and subject.html and (hidden is None or sum(map(hidden.text.count, PADDING)) < LEAST_PADDING):
        yield Finding("the mail's first words run into the preheader; print pad behind it in mj-preview", HTML)


def text_missing(subject: Subject) -> Iterator[Finding]:
    """There is a text part with words in it."""
    if not subject.text.strip():
        yield Finding("the text part is empty; write issue.txt in the theme", TEXT)


def text_parity(subject: Subject) -> Iterator[Finding]:
    """Every link of the HTML is in the text part too; of several calendars, one that any program reads is enough.

    And what belongs to the HTML alone is not in it.
    """
    if stray := _MARKUP.search(subject.text):
        yield Finding(f"markup stands in the text part: {stray[0][:40]!r}; print plain words there", TEXT)
    words = squeeze(subject.text)
    calendars = [entry.calendar for entry in subject.entries() if any(one.url in words for one in entry.calendar)]
    spared = {one.url for links in calendars for one in links}
    wanted = dict.fromkeys(link.get("href") for link in subject.page.of("a"))
    for address in wanted:
        shown = address.removeprefix("mailto:")
        if address and shown not in words and address not in spared:
            yield Finding(
                f"the link {address} of the HTML is missing in the text; print it in the theme's .txt", TEXT
            )


def text_width(subject: Subject) -> Iterator[Finding]:
    """No line of the text part is longer than 78 characters (RFC 5322, 2.1.1), but for addresses."""
    long = [line for line in subject.text.splitlines() if len(line) > LONGEST_LINE and "://" not in line]
    if long:
        yield Finding(
            f"{len(long)} lines have more than {LONGEST_LINE} characters, such as {long[0][:50]!r}...", TEXT
        )


def footer(subject: Subject) -> Iterator[Finding]:
    """Both parts say why one gets this, and show the way out, the preferences and the postal address."""
    address = squeeze(subject.draft.community.postal_address)
    reason = {squeeze(subject.issue.title), squeeze(subject.draft.list.title)}
    parts = {"html part": _visible(subject), "text part": squeeze(subject.text)}
    for name, words in parts.items():
        if name == "html part" and not subject.html:
            continue
        if slot_url("unsubscribe_url") not in words:
            yield Finding("there is no unsubscribe link; print slot.unsubscribe_url in the footer", mail_part(name))
        if slot_url("preferences_url") not in words and not subject.issue.choices.shared:
            yield Finding("there is no link to the preferences; print slot.preferences_url", mail_part(name))
        if slot_url("preferences_url") in words and subject.issue.choices.shared:
            text = "a mail to a whole list leads to preferences, which are a person's; ask for `personal` first"
            yield Finding(text, mail_part(name))
        if not address or address not in words:
            text = "the postal address is missing; print community.postal_address in the footer (CAN-SPAM)"
            yield Finding(text, mail_part(name))
        if not any(one and one in words[-FOOTER:] for one in reason):
            text = "the end does not say why the reader gets this: name the issue or its list in the footer"
            yield Finding(text, mail_part(name))


def _visible(subject: Subject) -> str:
    body = next(iter(subject.page.of("body")), None)
    links = " ".join(link.get("href") for link in subject.page.of("a") if link.get("href").startswith(SLOT_URL))
    return f"{squeeze(body.text) if body else ''} {links}"


def _written(subject: Subject, own: str, name: str) -> Origin:
    """The editor's file where the editor wrote it, else the mail."""
    origin = subject.issue.note.origin
    return origin if own and origin else mail_part(name)


RULES = (
    MailRule(
        "inbox.subject",
        "warning",
        "The subject has 10 to 78 characters, does not shout, and is not the last issue's",
        "Write one in the issue's file",
        subject_line,
    ),
    MailRule(
        "inbox.preheader",
        "warning",
        "There is a preheader that adds to the subject, and nothing runs into it",
        "Write one of 60 to 120 characters in the issue's file; print pad behind it",
        preheader,
    ),
    MailRule("text.missing", "error", "There is a text part", "Write issue.txt in the theme", text_missing),
    MailRule(
        "text.parity",
        "error",
        "Every link of the HTML is in the text too, and no markup",
        "Print it in the theme's .txt",
        text_parity,
    ),
    MailRule(
        "text.width",
        "info",
        "Lines of the text part have at most 78 characters",
        "Wrap them with the filter wordwrap",
        text_width,
    ),
    MailRule(
        "foot.complete",
        "error",
        "Reason, unsubscribe, preferences and postal address in both parts",
        "Include shared/footer in the theme",
        footer,
    ),
)
