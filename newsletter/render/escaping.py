"""Text made safe for markup, in a way that also survives MRML.

MRML re-escapes attribute values that hold anything but plain ASCII as a Rust programmer would, and panics on some
text beyond ASCII. So whatever is not harmless ASCII goes in as a numeric character reference, right in text and in
attributes alike, and is turned back into letters after MJML (`legible`).
"""

import re
import unicodedata

#: What stays as it is: printable ASCII without & < > " ' \ { }; braces go so that content cannot look like a leak.
_NOT_PLAIN = re.compile(r"""[^ !#-%(-;=?-\[\]-z|~]""")
_NOT_ASCII = re.compile(r"[^\n -\[\]-~]")
_REFERENCE = re.compile(r"&#(\d{2,7});")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean(text: str) -> str:
    """Text without control characters, surrogates and noncharacters; line ends become LF, tabs stay."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Text on one line, with single spaces."""
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """Plain text for an element or an attribute of any kind of quote."""
    return _NOT_PLAIN.sub(_reference, clean(text))


def ascii_markup(markup: str) -> str:
    """Markup with everything beyond plain ASCII, and the backslash, as references; its tags stay tags."""
    return _NOT_ASCII.sub(_reference, clean(markup))


def is_ascii_markup(markup: str) -> bool:
    """Whether `ascii_markup` would leave the markup as it is."""
    return _NOT_ASCII.search(markup) is None


def legible(markup: str) -> str:
    """References to letters, marks, digits, punctuation and symbols beyond ASCII turned back into characters.

    Spaces and invisible characters stay references, so that they can be seen in the source.
    """
    return _REFERENCE.sub(_character, markup)


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def _character(found: re.Match[str]) -> str:
    code = int(found[1])
    if code < 0xA1 or code > 0x10FFFF:
        return found[0]
    return chr(code) if unicodedata.category(chr(code))[0] in "LMNPS" else found[0]
