"""Links of a page made to work in a mail: absolute, or plain text where nobody can know where they lead."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from newsletter.model.picture import LOCAL

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TICKS = re.compile(r"`+")
_HIDDEN = re.compile("\ue000(\\d+)\ue001")
_TARGET = re.compile(
    r"""\]\([ \t]*(<[^>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)([ \t]+(?:"[^"\n]*"|'[^'\n]*'))?[ \t]*\)"""
)
_REFERENCE = re.compile(r"^( {0,3}\[[^\]\n]{1,200}\]:[ \t]*)(\S+)", re.MULTILINE)
_ATTRIBUTE = re.compile(r"""(\s(?:href|src)\s*=\s*)(?:"([^"\n]*)"|'([^'\n]*)')""", re.IGNORECASE)
_DEAD = re.compile(r"!?\[([^\[\]]{0,2000})\]\(<>\)")
_ALLOWED = frozenset({"http", "https", "mailto", "tel", "webcal"})
_DEAD_TARGET = "<>"
_PICTURE_FILE = re.compile(r"(?!//|#)[^?#:]+\.(?:png|jpe?g|gif|webp)(?:[?#].*)?", re.IGNORECASE)
#: What `urlsplit` removes or objects to; without any of it most schemes can be told at a glance.
_UNSURE = re.compile(r"[\[\]\x00-\x20]")
#: Without any of these a text holds no link that the patterns above could find, nor a mark that would hide code.
_MARKS = ("](", "]:", "=", "\ue000", "\ue001")
_LINKING = re.compile(r"\]\(|\]:|=\s*[\"']|[\ue000\ue001]")


@dataclass(frozen=True, slots=True)
class Base:
    """What links hang from: the site (`base_url` of the source), the page's own address, and its file's folder."""

    site: str = ""
    page: str = ""
    folder: str = ""

    def absolute(self, target: str) -> str:
        """The link as a reader can follow it; empty where that cannot be known or must not be followed."""
        target = target.strip().strip("<>").strip()
        scheme = _scheme(target)
        if scheme:
            return target if scheme in _ALLOWED else ""
        if target.startswith("#"):
            return self.page + target if self.page and len(target) > 1 else ""
        if target.startswith("//"):
            return f"https:{target}"
        if not self.site or not target:
            return ""
        return self._on_site(target)

    def picture(self, target: str) -> str:
        """The address of a picture; where the site has none, `LOCAL` and its path, for it may lie beside the page."""
        found = self.absolute(target)
        target = target.strip().strip("<>").strip()
        return found or (f"{LOCAL}{self.folder}/{target}" if _PICTURE_FILE.fullmatch(target) else "")

    def _on_site(self, target: str) -> str:
        path, hash_mark, fragment = target.partition("#")
        path, is_content = path.removeprefix("@/"), path.startswith("@/")
        if is_content or path.endswith((".md", ".qmd", ".Rmd")):
            path = _page_path(path)
        root = self.site.rstrip("/") + "/"
        from_page = self.page and not is_content
        try:
            return urljoin(self.page if from_page else root, path) + hash_mark + fragment
        except ValueError:
            return ""


@dataclass(frozen=True, slots=True)
class Linked:
    """Text with its links made absolute, and the targets that had to go: their words stay.

    `written` holds, for each address that may be a picture's, what the author wrote.
    """

    text: str
    dropped: tuple[str, ...]
    written: Mapping[str, str] = field(default_factory=dict)


def absolute_links(markdown: str, base: Base) -> Linked:
    """Rewrite every link, image and reference outside code."""
    if not any(sign in markdown for sign in _MARKS) or not _LINKING.search(markdown):
        return Linked(markdown, ())
    dropped: list[str] = []
    addresses: dict[str, str] = {}

    def target(written: str) -> str:
        found = base.picture(written)
        if found:
            addresses[found] = written.strip("<>")
        else:
            dropped.append(written.strip("<>"))
        return found

    text = outside_code(markdown, lambda part: _rewrite(part, target))
    return Linked(text, tuple(dict.fromkeys(dropped)), addresses)


def outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Apply a change to everything but code blocks and code spans."""
    parts: list[str] = []
    for is_code, block in _blocks(markdown):
        parts.append(block if is_code else _outside_spans(block, change))
    return "".join(parts)


def _blocks(markdown: str) -> Iterator[tuple[bool, str]]:
    """Fenced code and what lies between, by lines; a fence that is never closed runs to the end (CommonMark)."""
    fence = ""
    block: list[str] = []
    for row in markdown.splitlines(keepends=True):
        found = _FENCE.match(row)
        if fence:
            block.append(row)
            if found and found[1].startswith(fence) and not row[found.end() :].strip():
                yield True, "".join(block)
                fence, block = "", []
        elif found:
            yield False, "".join(block)
            fence, block = found[1], [row]
        else:
            block.append(row)
    yield bool(fence), "".join(block)


def _outside_spans(text: str, change: Callable[[str], str]) -> str:
    """Code spans are hidden behind marks, so that a link whose text holds code is still seen whole."""
    text = text.replace("\ue000", "").replace("\ue001", "")
    spans: list[str] = []
    kept: list[str] = []
    position = 0
    for start, end in _spans(text):
        kept += [text[position:start], f"\ue000{len(spans)}\ue001"]
        spans.append(text[start:end])
        position = end
    changed = change("".join([*kept, text[position:]]))
    return _HIDDEN.sub(lambda match: spans[int(match[1])], changed)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Code spans: a run of backticks to the next run of the same length."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    by_length: dict[int, list[int]] = {}
    for start, end in reversed(runs):
        by_length.setdefault(end - start, []).append(start)
    position = 0
    for start, end in runs:
        same = by_length[end - start]
        while same and same[-1] <= start:
            same.pop()
        if start >= position and same:
            position = same[-1] + end - start
            yield start, position


def _rewrite(text: str, target: Callable[[str], str]) -> str:
    text = _TARGET.sub(lambda match: _inline(match, target), text)
    text = _REFERENCE.sub(lambda match: _reference(match, target), text)
    text = _ATTRIBUTE.sub(lambda match: f'{match[1]}"{target(match[2] or match[3] or "")}"', text)
    return _DEAD.sub(r"\1", text)


def _inline(match: re.Match[str], target: Callable[[str], str]) -> str:
    found = target(match[1])
    if not found:
        return f"]({_DEAD_TARGET})"
    if re.search(r"[()\s]", found):
        found = f"<{found}>"
    return f"]({found}{match[2] or ''})"


def _reference(match: re.Match[str], target: Callable[[str], str]) -> str:
    if match[1].lstrip().startswith("[^"):
        return match[0]
    found = target(match[2])
    return f"{match[1]}{found or _DEAD_TARGET}"


def _scheme(target: str) -> str:
    if target.isascii() and not _UNSURE.search(target):
        head, colon, _ = target.partition("://")
        if head in ("https", "http") or ":" not in target:
            return head if colon else ""
    try:
        return urlsplit(target).scheme.casefold()
    except ValueError:
        return "broken"


def _page_path(path: str) -> str:
    """The address Zola, Hugo and Quarto give a content file: courses/_index.md is courses/, x.md is x/."""
    stem = re.sub(r"\.(md|qmd|Rmd)$", "", path)
    stem = re.sub(r"(^|/)(_?index|README)$", r"\1", stem)
    return stem if not stem or stem.endswith("/") else f"{stem}/"
