"""Links of a page made to work in a mail: absolute, or plain text where nobody can know where they lead."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)[^`]{1,2000}?(?<!`)\1(?!`)")
_TARGET = re.compile(
    r"""\]\([ \t]*(<[^>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)([ \t]+(?:"[^"\n]*"|'[^'\n]*'))?[ \t]*\)"""
)
_REFERENCE = re.compile(r"^( {0,3}\[[^\]\n]{1,200}\]:[ \t]*)(\S+)", re.MULTILINE)
_ATTRIBUTE = re.compile(r"""(\s(?:href|src)\s*=\s*)(?:"([^"\n]*)"|'([^'\n]*)')""", re.IGNORECASE)
_DEAD = re.compile(r"!?\[([^\[\]]{0,2000})\]\(<>\)")
_ALLOWED = frozenset({"http", "https", "mailto", "tel", "webcal"})
_DEAD_TARGET = "<>"


@dataclass(frozen=True, slots=True)
class Base:
    """What links hang from: the site (`base_url` of the source) and the page's own address, where known."""

    site: str = ""
    page: str = ""

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
    """Text with its links made absolute, and the targets that had to go: their words stay."""

    text: str
    dropped: tuple[str, ...]


def absolute_links(markdown: str, base: Base) -> Linked:
    """Rewrite every link, image and reference outside code."""
    dropped: list[str] = []

    def target(written: str) -> str:
        found = base.absolute(written)
        if not found:
            dropped.append(written.strip("<>"))
        return found

    text = outside_code(markdown, lambda part: _rewrite(part, target))
    return Linked(text, tuple(dict.fromkeys(dropped)))


def outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Apply a change to everything but code blocks and code spans."""
    parts: list[str] = []
    position = 0
    spans = [match.span() for match in _FENCE.finditer(markdown)]
    for start, end in spans:
        parts += [_outside_spans(markdown[position:start], change), markdown[start:end]]
        position = end
    parts.append(_outside_spans(markdown[position:], change))
    return "".join(parts)


def _outside_spans(text: str, change: Callable[[str], str]) -> str:
    """Code spans are hidden behind marks, so that a link whose text holds code is still seen whole."""
    spans: list[str] = []

    def hide(match: re.Match[str]) -> str:
        spans.append(match[0])
        return f"\ue000{len(spans) - 1}\ue001"

    changed = change(_CODE.sub(hide, text.replace("\ue000", "").replace("\ue001", "")))
    return re.sub("\ue000(\\d+)\ue001", lambda match: spans[int(match[1])], changed)


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
    try:
        return urlsplit(target).scheme.casefold()
    except ValueError:
        return "broken"


def _page_path(path: str) -> str:
    """The address Zola, Hugo and Quarto give a content file: courses/_index.md is courses/, x.md is x/."""
    stem = re.sub(r"\.(md|qmd|Rmd)$", "", path)
    stem = re.sub(r"(^|/)(_?index|README)$", r"\1", stem)
    return stem if not stem or stem.endswith("/") else f"{stem}/"
