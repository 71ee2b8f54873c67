"""Rules on what is left where a mail program takes the style blocks out, and on what fingers and eyes need."""

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.checks.page import Element, Page
from newsletter.checks.subject import Finding, MailRule, Subject, in_html, squeeze

#: The narrowest telephone's column, in pixels: what is wider has to be scrolled sideways.
PHONE = 375
#: The least height of a button, in pixels, and the letters below which running text tires.
FINGER, BODY = 44, 14.0
#: From so many characters on, words are running text, and no label.
RUNNING = 120
#: Letters of usual size fit so often into a telephone's column.
ONE_LINE = 48

_WIDE = re.compile(r"(?:^|;)\s*(min-width|width)\s*:\s*(\d+)px")
_AT_MOST = re.compile(r"(?:^|;)\s*max-width\s*:\s*(\d+)px")
_SHRINKS = re.compile(r"(?:^|;)\s*(?:max-width\s*:\s*\d+%|width\s*:\s*\d+%)")
_DECORATION = re.compile(r"(?:^|;)\s*text-decoration[a-z-]*\s*:\s*none")
_MARKED = re.compile(r"(?:^|;)\s*(?:background|border(?!-radius|-collapse)|font-weight\s*:\s*(?:bold|[6-9]00))")
_PADDING = re.compile(r"(?:^|;)\s*padding(-top|-bottom)?\s*:\s*([^;]+)")
_LINE = re.compile(r"(?:^|;)\s*line-height\s*:\s*([\d.]+)px")
_SIZE = re.compile(r"(?:^|;)\s*font-size\s*:\s*([\d.]+)px")
#: Cells give way to the width of their table.
_GIVES_WAY = frozenset({"td", "th", "col", "tr", "tbody"})


def needs_styles(subject: Subject) -> Iterator[Finding]:
    """Nothing is wider than a telephone's column where only inline styles are left, as in some of Gmail."""
    for element in subject.page.elements:
        width = _fixed_width(element.tag, element.get("style"), element.get("width"))
        if width > PHONE:
            text = f"this is {width} px wide without the style blocks, and a telephone shows {PHONE}"
            yield in_html(f"{text}; write max-width instead, or width:100%", element)
    for style, element in subject.page.styles.items():
        if "nowrap" in style and len(squeeze(element.text)) > ONE_LINE and "hidden" not in style:
            text = f"{squeeze(element.text)[:40]!r}... stands in one line that cannot wrap; take nowrap out"
            yield in_html(text, element)


@lru_cache(maxsize=4096)
def _fixed_width(tag: str, style: str, attribute: str) -> int:
    """The pixels that an element asks for whatever the screen; 0 where it gives way."""
    least = [int(width) for name, width in _WIDE.findall(style) if name == "min-width"]
    if least or tag in _GIVES_WAY or _SHRINKS.search(style):
        return max(least, default=0)
    widths = [int(width) for name, width in _WIDE.findall(style) if name == "width"]
    if tag in ("table", "img") and attribute.isdecimal() and not widths:
        widths = [int(attribute)]
    return min((max(widths, default=0), *(int(width) for width in _AT_MOST.findall(style))))


def colour_only(subject: Subject) -> Iterator[Finding]:
    """A link among words is underlined, bold or framed: its colour alone is not seen by everybody (WCAG 1.4.1)."""
    for link in subject.page.of("a"):
        if _DECORATION.search(link.get("style")) and _is_among_words(link) and not _is_marked(link):
            text = (
                f"{squeeze(link.text)!r} is a link among words and told from them by its colour alone; underline it"
            )
            yield in_html(text, link)


def _is_among_words(link: Element) -> bool:
    """Whether the block that it stands in holds other words besides it."""
    block = link.parent
    words = squeeze(link.text)
    if block is None or not words:
        return False
    around = "".join(
        words.text for words in link.page.words[block.first_word : block.last_word] if words.inside is block
    )
    return sum(character.isalpha() for character in around) > len(words)


def _is_marked(link: Element) -> bool:
    return bool(_MARKED.search(link.get("style"))) or not link.tags.isdisjoint({"b", "strong", "img"})


def small_targets(page: Page) -> Iterator[tuple[Element, float]]:
    """Buttons that are lower than a finger, with their height in pixels."""
    for link in page.of("a"):
        style = link.get("style")
        if "background" in style and "padding" in style and (height := _height(style)) < FINGER:
            yield link, height


def _height(style: str) -> float:
    size, line = _SIZE.search(style), _LINE.search(style)
    inner = float(line[1]) if line else 1.2 * float(size[1]) if size else 20.0
    padding = {"-top": 0.0, "-bottom": 0.0}
    for side, value in _PADDING.findall(style):
        pixels = [float(number) for number in re.findall(r"([\d.]+)(?:px)?", value)] or [0.0]
        if side:
            padding[side] = pixels[0]
        else:
            padding = {"-top": pixels[0], "-bottom": pixels[2] if len(pixels) > 2 else pixels[0]}
    return inner + sum(padding.values())


RULES = (
    MailRule(
        "html.style-needed",
        "warning",
        "Without style blocks, nothing is wider than a telephone",
        "Write max-width, or width:100%, in the inline style",
        needs_styles,
    ),
    MailRule(
        "a11y.colour-only",
        "warning",
        "A link among words is told from them by more than its colour",
        "Underline it, or make it bold",
        colour_only,
    ),
)
