"""Rules for people who read with their ears, with large letters, or from right to left (WCAG 2.2)."""

import re
from collections.abc import Iterator

from newsletter.checks.layout import BODY, RUNNING, small_targets
from newsletter.checks.page import Element
from newsletter.checks.subject import HTML, Finding, MailRule, Subject, in_html, squeeze

#: Letters below this many pixels cannot be read by many.
SMALLEST = 12.0
LONGEST_ALT = 125
#: What MJML writes where a template names no direction, "auto", leaves it to each program.
DIRECTIONS = ("ltr", "rtl")

_SIZE = re.compile(r"(?:^|;)\s*font-size:\s*([\d.]+)px")
_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)$", re.IGNORECASE)
_EMPTY_WORDS = frozenset({"click here", "here", "read more", "more", "link", "this link", "learn more", "this page"})


def direction(subject: Subject) -> Iterator[Finding]:
    """The direction of writing is told on html and inside body: webmail keeps only the latter."""
    roots = subject.page.of("html")
    if roots and roots[0].get("dir") not in DIRECTIONS:
        yield Finding('<html> has no dir; write <mjml dir="{{ dir }}"> in issue.mjml', HTML)
    inside = [
        element
        for element in subject.page.elements
        if element.tag in ("div", "table") and element.get("dir") in DIRECTIONS
    ]
    if subject.html and not inside:
        yield Finding('nothing in <body> has a dir; write <mjml dir="{{ dir }}"> in issue.mjml', HTML)


def title(subject: Subject) -> Iterator[Finding]:
    """The page has a title: it is what a screen reader says first."""
    named = any(squeeze(one.text) for one in subject.page.of("title"))
    if subject.html and subject.edition.subject and not named:
        yield Finding("the mail has no <title>; write <mj-title>{{ issue.subject }}</mj-title> in issue.mjml", HTML)


def headings(subject: Subject) -> Iterator[Finding]:
    """One h1, no level left out, and words in every heading."""
    found = [element for element in subject.page.elements if re.fullmatch("h[1-6]", element.tag)]
    first = sum(element.tag == "h1" for element in found)
    if subject.html and first != 1:
        yield Finding(f"the mail has {first} h1 headings; one names the whole", HTML)
    level = 0
    for element in found:
        now = int(element.tag[1])
        if now > level + 1:
            yield in_html(f"{squeeze(element.text)!r} is an {element.tag} with no h{level + 1} above it", element)
        if not squeeze(element.text):
            yield in_html(f"an {element.tag} has no words", element)
        level = now


def data_tables(subject: Subject) -> Iterator[Finding]:
    """A table that only lays out has no headings of data, and those of a table of data say what they head."""
    for table in subject.page.of("table"):
        if "th" in table.own_tags and table.get("role") in ("presentation", "none"):
            yield in_html('a table has headings (th) and says role="presentation"; take out one of them', table)
    for heading in subject.page.of("th"):
        if not heading.get("scope"):
            yield in_html("a table heading has no scope; write <th scope=...>", heading)


def alt_quality(subject: Subject) -> Iterator[Finding]:
    """An alt text says what is to be seen, shortly; that of a linked picture says where it leads."""
    for picture in subject.page.of("img"):
        words = squeeze(picture.get("alt"))
        if _FILE.search(words):
            yield in_html(f"the alt text {words!r} is a file's name; say what the picture shows", picture)
        elif len(words) > LONGEST_ALT:
            yield in_html(
                f"the alt text {words[:40]!r}... has {len(words)} characters; {LONGEST_ALT} suffice", picture
            )
    for link in subject.page.of("a"):
        named = squeeze(link.text) or squeeze(link.get("aria-label")) or any(map(squeeze, link.alts))
        if "img" in link.tags and not named:
            yield in_html(f"the linked picture to {link.get('href')} has no alt text; say where it leads", link)


def link_text(subject: Subject) -> Iterator[Finding]:
    """The words of a link say where it leads: not "click here", and not the same words for two places."""
    places: dict[str, str] = {}
    for link in subject.page.of("a"):
        words, address = squeeze(link.get("aria-label") or link.text), link.get("href")
        if words.casefold().strip(".…»> ") in _EMPTY_WORDS:
            yield in_html(f"{words!r} does not say where the link to {address} leads; name it", link)
        elif words and places.setdefault(words.casefold(), address) != address:
            text = f"{words!r} leads to {places[words.casefold()]} and to {address}; say how they differ"
            yield in_html(text, link)


def text_size(subject: Subject) -> Iterator[Finding]:
    """No letters too small to read, none that tire in running text, and no button that a finger misses."""
    for size, (element, words) in sorted(_sizes(subject).items()):
        if size < SMALLEST:
            text = f"{words[:40]!r} is set in {size:g} px; {SMALLEST:g} px is the least that can be read"
            yield in_html(text, element)
        elif size < BODY and len(words) >= RUNNING:
            text = f"{words[:40]!r}... is running text in {size:g} px; {BODY:g} px is the least that does not tire"
            yield in_html(text, element, "warning")
    for link, height in small_targets(subject.page):
        yield in_html(f"the button {squeeze(link.text)!r} is {height:g} px high; a finger needs 44", link, "warning")


def _sizes(subject: Subject) -> dict[float, tuple[Element, str]]:
    """Each size of letters that is small, with the longest words set in it."""
    found: dict[float, tuple[Element, str]] = {}
    for style, element in subject.page.styles.items():
        stated = _SIZE.search(style)
        size = float(stated[1]) if stated else 0.0
        if not 0 < size < BODY or "display:none" in style.replace(" ", ""):
            continue
        if words := squeeze(element.text):
            found[size] = max(found.get(size, (element, "")), (element, words), key=lambda one: len(one[1]))
    return found


RULES = (
    MailRule(
        "a11y.dir",
        "error",
        "The direction of writing stands on html and inside body",
        'Write <mjml dir="{{ dir }}"> in issue.mjml',
        direction,
    ),
    MailRule(
        "a11y.title",
        "error",
        "The mail has a title",
        "Write <mj-title>{{ issue.subject }}</mj-title> in issue.mjml",
        title,
    ),
    MailRule(
        "a11y.headings",
        "warning",
        "One h1, no level left out, no heading empty",
        "Use the next lower level, and words",
        headings,
    ),
    MailRule(
        "a11y.data-table",
        "error",
        "A table of data has headings with a scope, and says not that it lays out",
        'Write <th scope="col">, or take the role out',
        data_tables,
    ),
    MailRule(
        "a11y.alt-quality",
        "warning",
        "Alt texts say what is to be seen",
        "Say it in a few words, for a linked picture where it leads",
        alt_quality,
    ),
    MailRule(
        "a11y.link-text",
        "warning",
        "The words of a link say where it leads",
        "Name the place; give two places different words",
        link_text,
    ),
    MailRule(
        "a11y.text-size",
        "error",
        "No letters below 12 px; a warning for running text below 14 px and buttons below 44 px",
        "Set larger letters, or more padding",
        text_size,
    ),
)
