"""MJML to HTML by MRML, with its traps fenced off; the only module that imports mjml.

The source goes in as plain ASCII with LF line ends, a Rust panic (a BaseException) is caught by name, byte offsets
become lines, and nothing that looks unprocessed gets out.
"""

import re
import textwrap
from collections.abc import Callable

from mjml import mjml2html

from newsletter.model.problem import Problem
from newsletter.render.errors import RenderError, template_problem
from newsletter.render.escaping import ascii_markup, is_ascii_markup, legible
from newsletter.render.mjml_validation import Fault, validate

#: From a line of the whole MJML source to the template path and line (1-based) it most likely came from.
Locate = Callable[[str], tuple[str, int | None]]

#: Faults told of one template; the rest mostly follows from these.
MOST_FAULTS = 20

_STYLE = re.compile(r"(<mj-style\b[^>]*>)(.*?)(</mj-style>)", re.DOTALL)
_OFFSET = re.compile(r"(\d+):(\d+)$")
_STRAY = re.compile(r"<(?![A-Za-z/!])")
_ADVICE = "close every tag, quote every attribute, write &lt; for a bare <"
_LEAK = re.compile(r"</?mj-[a-z-]*|\{\{|\{%")
#: What every leak begins with, for which a mail is looked through at once.
_LEAKS = ("<mj-", "</mj-", "{{", "{%")


def compile_mjml(source: str, name: str, locate: Locate | None = None) -> str:
    """HTML of an MJML document; RenderError tells the template, the line and the fault.

    `name` is the document's template path; `locate` finds the template line a line of the source came from.
    """
    ready = _plain(source)
    refuse_faults(ready, name, locate)
    try:
        html = legible(mjml2html(ready, fonts={}))
    except ValueError as error:
        raise RenderError(_refusal(ready, name, str(error), locate)) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise RenderError(_refusal(ready, name, str(error), locate)) from None
    refuse_leaks(html, name)
    return html


def refuse_faults(source: str, name: str, locate: Locate | None = None) -> None:
    """RenderError with everything that MJML does not allow; the engine would drop it without a word."""
    faults = validate(source)[:MOST_FAULTS]
    if faults:
        raise RenderError(*(_misplaced(source, fault, name, locate) for fault in faults))


def _misplaced(source: str, fault: Fault, name: str, locate: Locate | None) -> Problem:
    line = source.count("\n", 0, fault.offset) + 1
    text = source.split("\n")[line - 1]
    path, at = locate(text) if locate else (name, line)
    return template_problem("mjml.schema", fault.text, path, at)


def refuse_leaks(html: str, name: str) -> None:
    """RenderError where MJML or template source shows in the mail."""
    if leak := first_leak(html):
        hint = "close every tag of mj-raw and put mj- elements only where MJML allows them"
        raise RenderError(template_problem("mjml.leak", f"{leak!r} came through into the mail; {hint}", name))


def first_leak(html: str) -> str | None:
    """The first unprocessed tag or expression with a little of what follows, or None."""
    if not any(mark in html for mark in _LEAKS):
        return None
    found = _LEAK.search(html)
    return html[found.start() : found.start() + 40] if found else None


def _plain(source: str) -> str:
    if is_ascii_markup(source):
        return source
    pieces = _STYLE.split(re.sub(r"\r\n?", "\n", source).replace("\t", " "))
    return "".join(_css_ascii(piece) if index % 4 == 2 else ascii_markup(piece) for index, piece in enumerate(pieces))


def _css_ascii(css: str) -> str:
    return re.sub(r"[^\n\t -~]", lambda found: f"\\{ord(found[0]):x} ", css)


def _refusal(source: str, name: str, message: str, locate: Locate | None) -> Problem:
    offset = _offset(source, message)
    if offset is None:
        return template_problem("mjml.syntax", f"MJML cannot be read: {message}; {_ADVICE}", name)
    line = source.encode()[:offset].count(b"\n") + 1
    text = source.split("\n")[line - 1]
    path, at = locate(text) if locate else (name, line)
    said = f"MJML cannot be read near {_near(text)!r}: {message}; {_ADVICE}"
    return template_problem("mjml.syntax", said, path, at)


def _offset(source: str, message: str) -> int | None:
    """Where the fault is, in bytes: as MRML says, else the first < that opens nothing."""
    if found := _OFFSET.search(message):
        return int(found[1])
    stray = _STRAY.search(source)
    return stray.start() if stray else None


def _near(text: str) -> str:
    return textwrap.shorten(text, 60, placeholder=" ...")
