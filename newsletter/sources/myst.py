"""MyST's markup as plain Markdown: boxes lose their fences, roles lose their names; code stays as it is."""

import re

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,}|:{3,})([^\n]*)")
_BOX = re.compile(
    r"\{(?:note|tip|hint|important|warning|caution|attention|danger|error|seealso|admonition|topic|sidebar|margin"
    r"|dropdown|card|grid|grid-item|grid-item-card|tab-set|tab-item|div|container|epigraph|pull-quote)\}[ \t]*(.*)"
)
_OPTION = re.compile(r"[ \t]*:[a-z][\w-]*:(?:[ \t].*)?")
#: Code spans come first, so that a role shown inside one is left alone.
_ROLE = re.compile(
    r"(?<!`)(`+)(?!`)[^\n]{0,500}?(?<!`)\1(?!`)"
    r"|(?<![\w{])\{(?:doc|ref|term|any|numref|download|abbr|guilabel|menuselection|sub|sup)\}`([^`\n]{1,500})`(?!`)"
)
_TARGET = re.compile(r"(?<=\S)[ \t]*<[^<>]*>\s*\Z")


def without_myst(markdown: str) -> str:
    """The text with ```{note} and its kin unwrapped and {doc}`words <page>` as words; each line stays where it is."""
    rows: list[str] = []
    open_boxes: list[str] = []
    code = ""
    options = False
    for row in markdown.splitlines(keepends=True):
        fence = _FENCE.match(row)
        if code:
            code = "" if _closes(fence, code) else code
        elif open_boxes and _closes(fence, open_boxes[-1]):
            open_boxes.pop()
            row = "\n"
        elif fence and (box := _BOX.fullmatch(fence[2].strip())):
            open_boxes.append(fence[1])
            rows.append(f"{box[1]}  \n" if box[1] else "\n")
            options = True
            continue
        elif fence and not fence[1].startswith(":"):
            code = fence[1]
        else:
            row = "\n" if options and _OPTION.fullmatch(row.rstrip("\r\n")) else _ROLE.sub(_words, row)
            options = options and row == "\n"
        rows.append(row)
    return "".join(rows)


def _closes(fence: re.Match[str] | None, opened: str) -> bool:
    return fence is not None and fence[1].startswith(opened) and not fence[2].strip()


def _words(match: re.Match[str]) -> str:
    return match[0] if match[1] else _TARGET.sub("", match[2])
