"""Which words of the mail belong to which entry: marks that only the studio's own copy of the mail carries.

An entry's title is wrapped in characters of Unicode's private use area before the theme renders it, whatever the
theme is, and these become elements afterwards. What is sent is rendered without them.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from newsletter.model.issue import Entry, Issue, Section

OPEN, CLOSE, STOP = "\ue000", "\ue001", "\ue002"
#: Digits of an entry's number.
ZERO = 0xE010
_MARKS = re.compile("[\ue000-\ue002\ue010-\ue019]")
_TITLE = re.compile(f"{OPEN}([\ue010-\ue019]+){CLOSE}([^<>{OPEN}{STOP}]*){STOP}")
#: The renderer writes what is beyond ASCII, and no letter, as a reference.
_REFERENCE = re.compile("&#(5734[456]|5736[0-9]);")
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


def marked(issue: Issue) -> Issue:
    """The issue with each entry's title in marks; they are numbered through all sections in their order."""
    number = iter(range(10**6))
    return replace(issue, sections=tuple(_section(one, lambda: next(number)) for one in issue.sections))


def with_elements(html: str) -> str:
    """The rendered mail with `<span data-entry="N">` around each marked title, and no mark left anywhere."""
    html, parts, end = _REFERENCE.sub(lambda found: chr(int(found[1])), html), [], 0
    for tag in _TAG.finditer(html):
        parts += [_words(html[end : tag.start()]), without_marks(tag[0])]
        end = tag.end()
    return "".join([*parts, _words(html[end:])])


def without_marks(text: str) -> str:
    """The text as it is sent."""
    return _MARKS.sub("", text)


def _section(section: Section, number: Callable[[], int]) -> Section:
    return replace(section, entries=tuple(_entry(one, number()) for one in section.entries))


def _entry(entry: Entry, number: int) -> Entry:
    digits = "".join(chr(ZERO + int(digit)) for digit in str(number))
    return replace(entry, title=f"{OPEN}{digits}{CLOSE}{without_marks(entry.title)}{STOP}")


def _words(text: str) -> str:
    return without_marks(_TITLE.sub(_element, text)) if OPEN in text else without_marks(text)


def _element(match: re.Match[str]) -> str:
    number = "".join(str(ord(digit) - ZERO) for digit in match[1])
    return f'<span data-entry="{number}">{match[2]}</span>'
