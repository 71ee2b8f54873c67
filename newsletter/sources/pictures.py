"""Pictures that a page names: one that stands for it, and those in its body, each as its author wrote it."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsletter.model.picture import Mention
from newsletter.model.problem import Origin
from newsletter.sources.document import Value, as_text, squash
from newsletter.sources.fields import Fields
from newsletter.sources.links import Base, Linked

#: Where a table of one picture keeps its file, and what is to be seen on it.
_FILE_KEYS = ("src", "path", "url", "file", "filename", "image")
_ALT_KEYS = ("alt", "alttext", "imagealt", "description")
_PARSER = MarkdownIt("commonmark", {"maxNesting": 20})
_TAG = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)


def lead_picture(fields: Fields, base: Base, origin: Origin) -> Mention | None:
    """The picture that stands for the whole item, such as `image = "photo.jpg"` with `image_alt`."""
    found = fields.find("image")
    if found is None:
        return None
    value = found.value[0] if isinstance(found.value, list) else found.value
    written = _of_table(value, _FILE_KEYS) if isinstance(value, dict) else as_text(value)
    alt = fields.text("image_alt") or (_of_table(value, _ALT_KEYS) if isinstance(value, dict) else "")
    where = Origin(origin.source, origin.path, found.line or origin.line)
    address = base.picture(written) if written else ""
    return Mention(address, written, " ".join(alt.split()), where) if address else None


def body_pictures(linked: Linked, at: Origin) -> tuple[Mention, ...]:
    """The pictures of a text whose links are absolute; `at` is where it begins, with a line where that is known."""
    if "![" not in linked.text and "<img" not in linked.text.lower():
        return ()
    return tuple(dict.fromkeys(_mentions(linked.text, linked.written, at)))


def _mentions(text: str, written: Mapping[str, str], at: Origin) -> Iterator[Mention]:
    for block in _PARSER.parse(text):
        line = at.line + block.map[0] if at.line and block.map else at.line
        where = Origin(at.source, at.path, line)
        for address, alt in (*_images(block), *_tags(block)):
            yield Mention(address, written.get(address, _raw(address, written)), " ".join(alt.split()), where)


def _images(block: Token) -> Iterator[tuple[str, str]]:
    for token in block.children or ():
        if token.type == "image":
            yield str(token.attrs.get("src", "")), token.content


def _tags(block: Token) -> Iterator[tuple[str, str]]:
    for token in (block, *(block.children or ())):
        for tag in _TAG.findall(token.content) if token.type in ("html_block", "html_inline") else ():
            attributes = _attributes(tag)
            yield attributes.get("src", ""), attributes.get("alt", "")


def _raw(address: str, written: Mapping[str, str]) -> str:
    """What was written, for an address that Markdown writes with percent signs."""
    return next((text for found, text in written.items() if _PARSER.normalizeLink(found) == address), address)


def _of_table(table: Mapping[str, Value], keys: tuple[str, ...]) -> str:
    named = {squash(key): value for key, value in table.items()}
    return next((as_text(named[key]) for key in keys if named.get(key)), "")


def _attributes(tag: str) -> dict[str, str]:
    reader = _TagReader()
    reader.feed(tag)
    return {name: value or "" for name, value in reader.found}


class _TagReader(HTMLParser):
    """The attributes of one tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep them."""
        self.found = attrs
