"""The JSON-LD of a web page: its script blocks, each with the line on which its text begins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_WRAPPING = re.compile(r"\A\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*;?\s*\Z")


@dataclass(frozen=True, slots=True)
class Script:
    """The text of a block, and the line (1-based) of its first character."""

    text: str
    line: int


def find_scripts(page: str) -> Iterator[Script]:
    """The blocks in order; a document that is JSON itself is one."""
    if page.lstrip().startswith(("{", "[")):
        yield Script(page, 1)
        return
    finder = _Finder()
    finder.feed(page)
    finder.close()
    for script in finder.scripts:
        yield Script(_WRAPPING.sub(_blank, script.text), script.line)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[Script] = []
        self._parts: list[str] | None = None
        self._line = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Listen from the start of a block."""
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().lower()
        if tag == "script" and kind == "application/ld+json":
            self._parts = []
            self._line = self.getpos()[0] + (self.get_starttag_text() or "").count("\n")

    def handle_data(self, data: str) -> None:
        """Take in the text of a block, which is not decoded."""
        if self._parts is not None:
            self._parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Keep a block that has ended."""
        if tag == "script" and self._parts is not None:
            self.scripts.append(Script("".join(self._parts), self._line))
            self._parts = None
