"""A site's own machinery taken out of its pages: comments, template code, shortcodes, attribute lists.

Jekyll, Hugo, Zola, Quarto, MyST and MDX; code blocks are left alone, since there such text is what the author shows.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.sources.links import outside_code
from newsletter.sources.myst import without_myst

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LIQUID_OPEN = re.compile(r"\{%-?[ \t]*comment[ \t]*-?%\}")
_LIQUID_CLOSE = re.compile(r"\{%-?[ \t]*endcomment[ \t]*-?%\}")
_REFERENCE = re.compile(r"""\{\{[<%]\s*(?:rel)?ref\s+["']([^"'\n]*)["']\s*[>%]\}\}""")
_SITE = re.compile(r"\{\{-?\s*(?:site\.(?:base_?url|url)|\.Site\.BaseURL|config\.base_url)\s*-?\}\}", re.IGNORECASE)
_RELATIVE = re.compile(r"""\{\{-?\s*["']([^"'\n]*)["']\s*\|\s*(?:relative_url|absolute_url|relURL|absURL)\s*-?\}\}""")
#: What a page's own front matter answers: Quarto's meta, Hugo's param, Jekyll's page.
_FIELD = re.compile(r"\{\{(?:<\s*(?:meta|param)\s+[\"']?|-?\s*page\.)([\w.-]{1,100})[\"']?\s*(?:>|-)?\}\}")
#: Code that stands for words; tags and icons do not.
_WORDS = re.compile(r"\{\{(?:<\s*(?:meta|param|var)\b|[^<%])")
#: Each stops at the next opening of its kind, so that text full of openings costs no more than its length.
_TEMPLATE = re.compile(
    r"\{\{(?:[^{}]|\{(?!\{)|\}(?!\})){0,2000}\}\}"
    r"|\{%(?:[^{%]|\{(?!%)|%(?!\})){0,2000}%\}"
    r"|\{#(?:[^{#]|\{(?!#)|#(?!\})){0,2000}#\}"
)
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}|(?<=[\])#\w])[ \t]*\{[.#][^{}\n]*\}")
_DIV = re.compile(r"^[ \t]*:{3,}[ \t]*(?:\{[^{}\n]*\}[^{}\n]*|[\w-]*)[ \t]*$\n?", re.MULTILINE)
_SPAN = re.compile(r"\[([^\[\]\n]*)\]\{[.#][^{}\n]*\}")
_MDX_IMPORT = re.compile(
    r"^(?:import\s[^\n]*?\sfrom\s+['\"][^\n]*|import\s+['\"][^\n]*|export\s+[^\n]*)$\n?", re.MULTILINE
)
_MDX_COMPONENT = re.compile(r"</?[A-Z][A-Za-z0-9.]*(?:\s[^<>]*)?/?>")
#: Without any of these nothing above matches; the last two are the marks behind which code spans are hidden.
_MACHINERY = ("{", "<!--", ":::", "\ue000", "\ue001")
_BLANKS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text without machinery, and what was taken out that a reader might have seen.

    `gaps` are the words before each hole that it left in a sentence.
    """

    text: str
    removed: tuple[str, ...]
    open_comment: bool = False
    gaps: tuple[str, ...] = ()


def _no_field(path: str) -> str:
    return ""


def clean_markdown(
    text: str, site: str = "", *, mdx: bool = False, field: Callable[[str], str] = _no_field
) -> Cleaned:
    """Take out comments and template code; `site` stands in for the site's address, `field` for its own fields."""
    if not mdx and not any(sign in text for sign in _MACHINERY) and not (site and site.rstrip("/") * 2 in text):
        return Cleaned(_BLANKS.sub("\n\n", text).strip() if text.count("\n") > 2 else text.strip(), ())
    taken = _Taken(field)
    open_comment = False

    def change(part: str) -> str:
        nonlocal open_comment
        open_comment = open_comment or part.rfind("<!--") > part.rfind("-->")
        return _strip(part, site.rstrip("/"), taken, mdx)

    cleaned = _BLANKS.sub("\n\n", outside_code(without_myst(text), change)).strip()
    return Cleaned(cleaned, tuple(dict.fromkeys(taken.codes)), open_comment, tuple(taken.gaps))


def blanked(text: str) -> str:
    """The text with comments and template code blanked out and every line where it was."""
    return outside_code(without_myst(text), _blank)


def _blank(part: str) -> str:
    part = _without_liquid_comments(_COMMENT.sub(lambda match: _line_ends(match[0]), part), _line_ends)
    for pattern in (_TEMPLATE, _ATTRIBUTES):
        part = pattern.sub(lambda match: _line_ends(match[0]), part)
    return part


def _line_ends(text: str) -> str:
    return "\n" * text.count("\n")


class _Taken:
    """Takes code out of a text and remembers it."""

    def __init__(self, field: Callable[[str], str]) -> None:
        self._field = field
        self.codes: list[str] = []
        self.gaps: list[str] = []

    def field(self, match: re.Match[str]) -> str:
        """What the page says under that key; the code itself where it says nothing."""
        return self._field(match[1]) or match[0]

    def code(self, match: re.Match[str]) -> str:
        """Nothing in its place; a gap where it stood for words behind others."""
        self.codes.append(" ".join(match[0].split())[:60])
        before = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
        if _WORDS.match(match[0]) and any(sign.isalpha() for sign in _TEMPLATE.sub("", before)):
            self.gaps.append(_TEMPLATE.sub("", before)[-60:].strip())
        return ""


def _strip(text: str, site: str, taken: _Taken, mdx: bool) -> str:
    text = _COMMENT.sub("", text)
    text = _without_liquid_comments(text)
    text = _REFERENCE.sub(r"\1", text)
    text = _SITE.sub(lambda _: site, text)
    text = _RELATIVE.sub(r"\1", text)
    text = text.replace(f"{site}{site}", site) if site else text
    text = _TEMPLATE.sub(taken.code, _FIELD.sub(taken.field, text))
    text = _SPAN.sub(r"\1", text)
    text = _DIV.sub("", _ATTRIBUTES.sub("", text))
    if mdx:
        text = _MDX_COMPONENT.sub(taken.code, _MDX_IMPORT.sub("", text))
    return text


def _without_liquid_comments(text: str, remains: Callable[[str], str] = lambda _: "") -> str:
    kept: list[str] = []
    position = 0
    while begun := _LIQUID_OPEN.search(text, position):
        ended = _LIQUID_CLOSE.search(text, begun.end())
        if ended is None:
            break
        kept += [text[position : begun.start()], remains(text[begun.start() : ended.end()])]
        position = ended.end()
    return "".join([*kept, text[position:]])
