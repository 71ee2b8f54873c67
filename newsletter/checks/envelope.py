"""Rules on what an inbox shows before the mail is opened, on the text part, the headers and the footer."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.checks.subject import SLOT_URL, Finding, Subject, mail_part, slot_url, squeeze
from newsletter.model.problem import Level, Origin

SUBJECT_LENGTH = range(10, 79)
PREHEADER_LENGTH = range(30, 141)

LONGEST_LINE = 78

TEXT = mail_part("text part")
HEADERS = mail_part("headers")


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


def preheader(subject: Subject) -> Iterator[Finding]:
    """There is a preheader, and it says more than the subject."""
    line = subject.edition.preheader
    origin = _written(subject, subject.issue.note.preheader, "preheader")
    if not line:
        yield Finding("there is no preheader; write one in the issue's file, of 60 to 120 characters", origin)
    elif subject.edition.subject and line.casefold().startswith(subject.edition.subject.casefold()):
        yield Finding(f"the preheader repeats the subject; say something else: {line!r}", origin)
    elif len(line) not in PREHEADER_LENGTH:
        yield Finding(f"the preheader has {len(line)} characters; 60 to 120 are shown: {line!r}", origin)


def text_missing(subject: Subject) -> Iterator[Finding]:
    """There is a text part with words in it."""
    if not subject.text.strip():
        yield Finding("the text part is empty; write issue.txt in the theme", TEXT)


def text_parity(subject: Subject) -> Iterator[Finding]:
    """Every link of the HTML is in the text part too; of several calendars, one that any program reads is enough."""
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


def unsubscribe_headers(subject: Subject) -> Iterator[Finding]:
    """One List-Unsubscribe with one https address and one List-Unsubscribe-Post (RFC 8058), each on one line."""
    head = subject.raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    found = [line for line in head if line.lower().startswith(b"list-unsubscribe:")]
    if len(found) != 1 or not re.fullmatch(rb"List-Unsubscribe: <https://[!-;=?-~]+>", found[0]):
        yield Finding(f"List-Unsubscribe must stand once, with one https address on one line; found {found}", HEADERS)
    posts = [line for line in head if line.lower().startswith(b"list-unsubscribe-post:")]
    wanted = [] if subject.draft.list.leave_url else [b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    if posts != wanted:
        yield Finding(f"List-Unsubscribe-Post must stand once, as RFC 8058 has it; found {posts}", HEADERS)
    yield from _one_click_address(subject)


def text_width(subject: Subject) -> Iterator[Finding]:
    """No line of the text part is longer than 78 characters (RFC 5322, 2.1.1), but for addresses."""
    long = [line for line in subject.text.splitlines() if len(line) > LONGEST_LINE and "://" not in line]
    if long:
        yield Finding(
            f"{len(long)} lines have more than {LONGEST_LINE} characters, such as {long[0][:50]!r}...", TEXT
        )


def identifiers(subject: Subject) -> Iterator[Finding]:
    """List-Id (RFC 2919), Message-ID, Date and a Reply-To that a person reads."""
    head = subject.raw.split(b"\r\n\r\n", 1)[0].lower()
    for name in ("List-Id", "Message-ID", "Date", "From", "To"):
        if f"\r\n{name.lower()}:".encode() not in b"\r\n" + head:
            yield Finding(f"the mail has no {name} header", HEADERS)
    if not subject.edition.reply_to:
        text = "sender.reply_to is not set: replies go to the sending address; name one that a person reads"
        yield Finding(text, Origin("config", "config.toml"))


def footer(subject: Subject) -> Iterator[Finding]:
    """Both parts show the way out, the preferences and the postal address."""
    address = squeeze(subject.draft.community.postal_address)
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


def _visible(subject: Subject) -> str:
    body = next(iter(subject.page.of("body")), None)
    links = " ".join(link.get("href") for link in subject.page.of("a") if link.get("href").startswith(SLOT_URL))
    return f"{squeeze(body.text) if body else ''} {links}"


def _one_click_address(subject: Subject) -> Iterator[Finding]:
    """The links' own address: plain http is for trying things out on this machine, and only there."""
    if subject.draft.list.leave_url:
        return
    parts = urlsplit(subject.draft.base_url)
    if parts.scheme != "https":
        level: Level | None = "warning" if parts.hostname in ("127.0.0.1", "localhost", "::1") else None
        text = f"web.base_url is {subject.draft.base_url!r}; mail programs offer one-click leaving over https alone"
        yield Finding(text, Origin("config", "config.toml"), level)


def _written(subject: Subject, own: str, name: str) -> Origin:
    """The editor's file where the editor wrote it, else the mail."""
    origin = subject.issue.note.origin
    return origin if own and origin else mail_part(name)
