"""Rules on the HTML part: nothing unprocessed, not too large, readable by everybody."""

from collections.abc import Iterator

from newsletter.checks.subject import HTML, Finding, MailRule, Subject, in_html, squeeze
from newsletter.render.mjml_guard import first_leak

#: Octets of HTML: Gmail cuts a mail at about 102 KiB, and the way out with it.
LARGE = 90_000
TOO_LARGE = 102 * 1024
#: Gmail drops a style block above this.
STYLE = 16 * 1024
#: What MJML writes where a template names no language; "undetermined" is none.
UNTOLD = frozenset({"", "und"})


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
    if subject.page.language in UNTOLD:
        yield Finding('<html> has no lang; write <mjml lang="{{ lang }}"> in issue.mjml', HTML)
    if set(subject.page.body_languages) <= UNTOLD:
        yield Finding('nothing in <body> has a lang; write <mjml lang="{{ lang }}"> in issue.mjml', HTML)


def alternatives(subject: Subject) -> Iterator[Finding]:
    """Every picture has an alt text, if only an empty one."""
    for picture in subject.page.of("img"):
        if "alt" not in picture.attributes:
            source = picture.get("src") or "without an address"
            yield in_html(f'the picture {source} has no alt text; say what it shows, or alt="" if nothing', picture)


def link_names(subject: Subject) -> Iterator[Finding]:
    """Every link has words, and a label for screen readers contains them."""
    for link in subject.page.of("a"):
        words, label = squeeze(link.text), squeeze(link.get("aria-label"))
        if not words and "img" not in link.tags and not label:
            yield in_html(f"the link to {link.get('href')!r} has no words; write where it leads", link)
        elif label and words.casefold() not in label.casefold():
            text = f"the label {label!r} lacks the words shown, {words!r}; begin the label with them"
            yield in_html(text, link)


def layout_tables(subject: Subject) -> Iterator[Finding]:
    """A table that only lays out says so."""
    for table in subject.page.of("table"):
        if "th" not in table.tags and table.get("role") not in ("presentation", "none"):
            yield in_html('a table lays out and does not say role="presentation"', table)


RULES = (
    MailRule(
        "mjml.leak",
        "error",
        "No MJML or template source in the mail",
        "Look for the words in the theme's templates",
        leak,
    ),
    MailRule(
        "html.size",
        "error",
        "At most 102 KiB of HTML; a warning from 90 KB",
        "Shorten summaries, leave entries out, or take a slimmer theme",
        size,
    ),
    MailRule(
        "html.style-size", "error", "No style block above 16 KiB", "Split it into two mj-style elements", style_size
    ),
    MailRule(
        "a11y.lang",
        "error",
        "The language stands on html and inside body",
        'Write <mjml lang="{{ lang }}"> in issue.mjml',
        language,
    ),
    MailRule(
        "a11y.alt",
        "error",
        "Every picture has an alt text",
        'Say what it shows, or write alt="" if nothing',
        alternatives,
    ),
    MailRule(
        "a11y.link-name",
        "error",
        "Every link has words, and its label contains them",
        "Write where it leads; begin a label with the words shown",
        link_names,
    ),
    MailRule(
        "a11y.layout-table", "error", "Tables that only lay out say so", 'Write role="presentation"', layout_tables
    ),
)
