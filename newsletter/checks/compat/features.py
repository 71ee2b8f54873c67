"""Which features of HTML and CSS a page uses, as "kind name": "property gap", "element picture", "unit vw"."""

import re
from collections.abc import Mapping
from functools import lru_cache

from newsletter.checks.page import Element, Page

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT = re.compile(r"@(?:-\w+-)?([a-z-]+)([^{;]*)")
_MEDIA = re.compile(r"\(\s*([a-z-]+)")
_BLOCK = re.compile(r"([^{}@;]*)\{([^{}]*)\}")
_PSEUDO = re.compile(r"::?([a-z-]+)")
_COMBINATOR = re.compile(r"\s([+~])\s")
_FUNCTION = re.compile(r"([a-z-]+)\(")
_UNIT = re.compile(r"(?<![\w#.-])-?\d*\.?\d+(ch|cm|ex|in|mm|pc|rem|vh|vmax|vmin|vw)\b")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def features_of(page: Page) -> Mapping[str, Element | None]:
    """Each feature, with the first element that uses it; None where a style block does."""
    found: dict[str, Element | None] = {}
    # Equal tags share their attributes: each is looked at once.
    kinds = {(element.tag, id(element.attributes)): element for element in reversed(page.elements)}
    for element in reversed(kinds.values()):
        for feature in _of_tag(element.tag, tuple(element.attributes), element.get("style")):
            found.setdefault(feature, element)
    for block in page.of("style"):
        for feature in of_sheet(block.text):
            found.setdefault(feature, None)
    return found


@lru_cache(maxsize=4096)
def _of_tag(tag: str, attributes: tuple[str, ...], style: str) -> frozenset[str]:
    return frozenset({f"element {tag}", *(f"attribute {name}" for name in attributes), *_of_declarations(style)})


@lru_cache(maxsize=32)
def of_sheet(css: str) -> frozenset[str]:
    """The features that a style sheet uses."""
    bare = _QUOTED.sub('""', _COMMENT.sub("", css))
    found: set[str] = set()
    for rule in _AT.finditer(bare):
        found.add(f"at {rule[1]}")
        found |= {f"media {name}" for name in _MEDIA.findall(rule[2])} if rule[1] == "media" else set()
    for selector, body in _BLOCK.findall(bare):
        found |= {f"pseudo {name}" for name in _PSEUDO.findall(selector)}
        found |= {f"combinator {sign}" for sign in _COMBINATOR.findall(selector)}
        found |= _of_declarations(body)
    return frozenset(found)


def _of_declarations(style: str) -> frozenset[str]:
    found: set[str] = set()
    for declaration in _QUOTED.sub('""', style).lower().split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip(), value.replace("!important", "").strip()
        if colon and name and not name.startswith(("-", "mso-")):
            found |= {f"property {name}", f"value {name}:{value}"}
            found |= {f"function {word}" for word in _FUNCTION.findall(value)}
            found |= {f"unit {word}" for word in _UNIT.findall(value)}
    return frozenset(found)
