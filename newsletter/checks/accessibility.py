"""Rules for people who read with their ears, with large letters, or from right to left (WCAG 2.2)."""

import re
from collections.abc import Iterator

from newsletter.checks.subject import Finding, Subject, mail_part, squeeze

HTML = mail_part("html part")
#: Letters below this many pixels cannot be read by many; below the other they tire.
SMALLEST, SMALL = 12.0, 14.0
LONGEST_ALT = 125

_SIZE = re.compile(r"(?:^|;)\s*font-size:\s*([\d.]+)px")
_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)$", re.IGNORECASE)
_EMPTY_WORDS = frozenset({"click here", "here", "read more", "more", "link", "this link", "learn more", "this page"})


def direction(subject: Subject) -> Iterator[Finding]:
    """The direction of writing is told on html and inside body: webmail keeps only the latter."""
    roots = subject.page.of("html")
    if roots and not roots[0].get("dir"):
        yield Finding('<html> has no dir; write <mjml dir="{{ dir }}"> in issue.mjml', HTML)
    inside = [element for element in subject.page.elements if element.tag in ("div", "table") and element.get("dir")]
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
            yield Finding(f"{squeeze(element.text)!r} is an {element.tag} with no h{level + 1} above it", HTML)
        if not squeeze(element.text):
            yield Finding(f"an {element.tag} has no words", HTML)
        level = now


def data_tables(subject: Subject) -> Iterator[Finding]:
    """A table that only lays out has no headings of data."""
    for table in subject.page.of("table"):
        if "th" in table.own_tags and table.get("role") in ("presentation", "none"):
            text = 'a table has headings (th) and says role="presentation"; take out one of them'
            yield Finding(text, HTML)


def alt_quality(subject: Subject) -> Iterator[Finding]:
    """An alt text says what is to be seen, shortly; that of a linked picture says where it leads."""
    for picture in subject.page.of("img"):
        words = squeeze(picture.get("alt"))
        if _FILE.search(words):
            yield Finding(f"the alt text {words!r} is a file's name; say what the picture shows", HTML)
        elif len(words) > LONGEST_ALT:
            yield Finding(f"the alt text {words[:40]!r}... has {len(words)} characters; {LONGEST_ALT} suffice", HTML)
    for link in subject.page.of("a"):
        named = squeeze(link.text) or squeeze(link.get("aria-label")) or any(map(squeeze, link.alts))
        if "img" in link.tags and not named:
            yield Finding(f"the linked picture to {link.get('href')} has no alt text; say where it leads", HTML)


def link_text(subject: Subject) -> Iterator[Finding]:
    """The words of a link say where it leads: not "click here", and not the same words for two places."""
    places: dict[str, str] = {}
    for link in subject.page.of("a"):
        words, address = squeeze(link.get("aria-label") or link.text), link.get("href")
        if words.casefold().strip(".…»> ") in _EMPTY_WORDS:
            yield Finding(f"{words!r} does not say where the link to {address} leads; name it", HTML)
        elif words and places.setdefault(words.casefold(), address) != address:
            text = f"{words!r} leads to {places[words.casefold()]} and to {address}; say how they differ"
            yield Finding(text, HTML)


def text_size(subject: Subject) -> Iterator[Finding]:
    """No letters too small to read."""
    smallest: dict[float, str] = {}
    for element in subject.page.elements:
        found = _SIZE.search(element.get("style"))
        size = float(found[1]) if found else SMALL
        if (
            0 < size < SMALLEST
            and "display:none" not in element.get("style").replace(" ", "")
            and squeeze(element.text)
        ):
            smallest.setdefault(size, squeeze(element.text))
    for size, words in sorted(smallest.items()):
        yield Finding(f"{words[:40]!r} is set in {size:g} px; {SMALLEST:g} px is the least that can be read", HTML)
