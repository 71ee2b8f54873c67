"""Rules on the HTML part: nothing unprocessed, not too large, readable by everybody."""

import re
from collections.abc import Iterator

from newsletter.checks.page import Element
from newsletter.checks.subject import Finding, Subject, mail_part, squeeze
from newsletter.render.mjml_guard import first_leak

#: Octets of HTML: Gmail cuts a mail at about 102 KiB, and the way out with it.
LARGE = 90_000
TOO_LARGE = 102 * 1024
#: Gmail drops a style block above this.
STYLE = 16 * 1024

HTML = mail_part("html part")


def leak(subject: Subject) -> Iterator[Finding]:
    """No MJML and no template source in the mail."""
    if found := first_leak(subject.html):
        yield Finding(f"unprocessed source shows in the mail: {found!r}; look for it in the theme's templates", HTML)


def size(subject: Subject) -> Iterator[Finding]:
    """The HTML is small enough to arrive in one piece."""
    octets = len(subject.html.encode("utf-8"))
    if octets > TOO_LARGE:
        text = f"the HTML has {octets:,} bytes; Gmail cuts above {TOO_LARGE:,}: shorten summaries or split the issue"
        yield Finding(text, HTML)
    elif octets > LARGE:
        text = f"the HTML has {octets:,} bytes and nears the {TOO_LARGE:,} at which Gmail cuts; shorten summaries"
        yield Finding(text, HTML, "warning")


def style_size(subject: Subject) -> Iterator[Finding]:
    """No style block is larger than Gmail reads."""
    for block in subject.page.of("style"):
        octets = len(block.text.encode("utf-8"))
        if octets > STYLE:
            yield Finding(f"a style block has {octets:,} bytes; Gmail drops those above {STYLE:,}: split it", HTML)


def language(subject: Subject) -> Iterator[Finding]:
    """The language is told on html and inside body: webmail keeps only the latter."""
    if not subject.html:
        return
    if not subject.page.language:
        yield Finding('<html> has no lang; write <mjml lang="{{ lang }}"> in issue.mjml', HTML)
    if not subject.page.body_languages:
        yield Finding('nothing in <body> has a lang; write <mjml lang="{{ lang }}"> in issue.mjml', HTML)


def alternatives(subject: Subject) -> Iterator[Finding]:
    """Every picture has an alt text, if only an empty one."""
    for picture in subject.page.of("img"):
        if "alt" not in picture.attributes:
            source = picture.get("src") or "without an address"
            yield Finding(f'the picture {source} has no alt text; say what it shows, or alt="" if nothing', HTML)


def link_names(subject: Subject) -> Iterator[Finding]:
    """Every link has words, and a label for screen readers contains them."""
    for link in subject.page.of("a"):
        words, label = squeeze(link.text), squeeze(link.get("aria-label"))
        if not words and "img" not in link.tags and not label:
            yield Finding(f"the link to {link.get('href')!r} has no words; write where it leads", HTML)
        elif label and words.casefold() not in label.casefold():
            text = f"the label {label!r} lacks the words shown, {words!r}; begin the label with them"
            yield Finding(text, HTML)


def layout_tables(subject: Subject) -> Iterator[Finding]:
    """A table that only lays out says so; a table of data has headings with a scope."""
    tables = subject.page.of("table")
    plain = [
        table for table in tables if "th" not in table.tags and table.get("role") not in ("presentation", "none")
    ]
    if plain:
        yield Finding(f'{len(plain)} layout table(s) lack role="presentation", such as {_opening(plain[0])}', HTML)
    if any(not heading.get("scope") for heading in subject.page.of("th")):
        yield Finding("a table heading has no scope; write <th scope=...>", HTML)


def _opening(element: Element) -> str:
    classes = element.get("class")
    return f'<table class="{re.sub(r"[^A-Za-z0-9 _-]", "", classes)}">' if classes else "<table>"
