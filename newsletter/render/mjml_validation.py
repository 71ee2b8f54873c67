"""Strict MJML: elements, nesting, attributes and values against the table; the engine itself accepts everything."""

import difflib
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newsletter.render.mjml_schema import DEFAULTS, ELEMENTS, KINDS, kind_anywhere, kind_of

_TAG = re.compile(r"<(?P<end>/?)(?P<name>mj[a-z-]*)(?P<rest>(?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(?P<empty>/?)>")
_ATTRIBUTE = re.compile(r"([^\s=\"'/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+)))?")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that MJML does not allow, where it stands (offset in characters) and what to do."""

    offset: int
    text: str


def validate(source: str) -> tuple[Fault, ...]:
    """Every fault of an MJML document, in order; what stands inside HTML is not looked at."""
    return tuple(_faults(_COMMENT.sub(lambda found: " " * len(found[0]), source)))


def _faults(source: str) -> Iterator[Fault]:
    open_: list[tuple[str, int]] = []
    position = 0
    while found := _TAG.search(source, position):
        position, name = found.end(), found["name"]
        if found["end"]:
            yield from _close(open_, name, found.start())
            continue
        yield from _element(found, open_[-1][0] if open_ else "")
        if found["empty"]:
            continue
        if name in ELEMENTS and ELEMENTS[name].holds_html and not _in_defaults(open_):
            position, fault = _past(source, name, position, found.start())
            yield from fault
        else:
            open_.append((name, found.start()))
    yield from (Fault(offset, f"<{name}> is never closed; write </{name}>") for name, offset in open_)


def _past(source: str, name: str, position: int, start: int) -> tuple[int, tuple[Fault, ...]]:
    """Past the end of an element that holds HTML."""
    end = source.find(f"</{name}>", position)
    if end < 0:
        return len(source), (Fault(start, f"<{name}> is never closed; write </{name}>"),)
    return end + len(name) + 3, ()


def _close(open_: list[tuple[str, int]], name: str, offset: int) -> Iterator[Fault]:
    if open_ and open_[-1][0] == name:
        open_.pop()
    elif any(one == name for one, _ in open_):
        while open_[-1][0] != name:
            other, at = open_.pop()
            yield Fault(at, f"<{other}> is never closed; write </{other}>")
        open_.pop()
    else:
        yield Fault(offset, f"</{name}> closes nothing; take it out")


def _element(found: re.Match[str], parent: str) -> Iterator[Fault]:
    name, offset = found["name"], found.start()
    if name in DEFAULTS:
        if parent != "mj-attributes":
            yield Fault(offset, f"<{name}> stands in {_tag(parent)}; it belongs in <mj-attributes>")
        yield from _attributes(found, name)
    elif name not in ELEMENTS:
        yield Fault(offset, f"<{name}> is no element of MJML{_near(name, ELEMENTS)}")
    else:
        yield from _place(name, parent, offset)
        yield from _attributes(found, name)


def _place(name: str, parent: str, offset: int) -> Iterator[Fault]:
    allowed = ELEMENTS[name].parents
    if parent == "mj-attributes" or (parent and parent not in ELEMENTS):
        return
    if parent not in allowed and (parent or allowed):
        where = ", ".join(f"<{one}>" for one in sorted(allowed)) or "no other element"
        yield Fault(offset, f"<{name}> stands in {_tag(parent)}; it belongs in {where}")


def _attributes(found: re.Match[str], name: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for one in _ATTRIBUTE.finditer(found["rest"]):
        key, offset = one[1], found.start("rest") + one.start()
        value = next((text for text in one.groups()[1:] if text is not None), None)
        if key in seen:
            yield Fault(offset, f"`{key}` stands twice in <{name}>; keep one")
        seen.add(key)
        yield from _attribute(name, key, value, offset)


def _attribute(name: str, key: str, value: str | None, offset: int) -> Iterator[Fault]:
    if name == "mj-class" and key == "name":
        return
    kind = kind_anywhere(key) if name in DEFAULTS else kind_of(name, key)
    if kind is None:
        known = ELEMENTS[name].attributes if name in ELEMENTS else ()
        yield Fault(offset, f"<{name}> has no attribute `{key}`{_near(key, known)}")
    elif value is None:
        yield Fault(offset, f'`{key}` in <{name}> has no value; write {key}="..."')
    elif not KINDS[kind][0].fullmatch(html.unescape(value).strip()):
        yield Fault(offset, f"`{key}` in <{name}> is {value!r}; write {KINDS[kind][1]}")


def _in_defaults(open_: list[tuple[str, int]]) -> bool:
    return bool(open_) and open_[-1][0] == "mj-attributes"


def _tag(name: str) -> str:
    return f"<{name}>" if name else "no element"


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean `{close[0]}`?" if close else "; take it out"
