"""What the YAML library found wrong, in words for whoever wrote the file, at the line where the cause stands."""

import re

import yaml

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEY = re.compile(r"\s*(?:- +)*[^\s:#\"'\[{][^:]*:(?:\s|$)")
_QUOTES = "\"'"

#: What a reason of the library's holds, and the sentence for it; `context` ones stand where the text began.
_AT_START = {
    "flow sequence": "The [ in this line is not closed by a ], or a comma is missing between the entries",
    "flow mapping": "The { in this line is not closed by a }, or a comma is missing between the entries",
    "unexpected end of stream": "The quotation mark that opens in this line is never closed",
    "unknown escape": "In double quotes a backslash has a meaning of its own; use single quotes, or write it twice",
    "expected ':'": "Expected `key: value` here: the colon, or the blank behind it, is missing",
}
_AT_FAULT = {
    "violates indentation": "A tab stands here; indent with blanks",
    "document start": "This line begins further left than the one above; let all keys begin in the same column",
    "block scalar": "Behind > or | the text begins in the next line; put a text that begins so in quotes",
    "expected '-' indicator": "This line stands among the entries of a list; begin it with - or indent it",
    "alias": "A text that begins with * must stand in quotes",
    "anchor": "A text that begins with & must stand in quotes",
    "tag": "A text that begins with ! must stand in quotes",
}
_BEGINS_BADLY = ("cannot start any token", "node content", "entries are not allowed", "keys are not allowed")

#: A sentence and the line of the text, from 0.
Told = tuple[str, int]


def tell_fault(error: yaml.MarkedYAMLError, text: str) -> Told:
    """The fault's sentence and its line, counted from 0; what has no sentence here is quoted as it came."""
    rows = text.split("\n")
    mark = error.problem_mark or error.context_mark
    if mark is None or mark.line >= len(rows):
        line, column = len(rows) - 1, len(rows[-1])
    else:
        line, column = mark.line, mark.column
    sentence, line = _told(error, rows, line, column)
    return sentence, min(line, len(rows) - 1)


def _told(error: yaml.MarkedYAMLError, rows: list[str], line: int, column: int) -> Told:
    reason = " ".join(part for part in (error.context, error.problem) if part)
    if "mapping values" in reason:
        return _second_colon(rows[line], column), line
    if "expected key" in reason:
        return _no_key(rows, line, column)
    if any(words in reason for words in _BEGINS_BADLY):
        return _bad_beginning(rows[line][column : column + 1]), line
    start = error.context_mark.line if error.context_mark else line
    for sentences, where in ((_AT_START, start), (_AT_FAULT, line)):
        for words, sentence in sentences.items():
            if words in reason:
                return sentence, where
    return f"This is not YAML: {reason}", line


def tell_character(text: str, reason: str) -> Told:
    """A character that no YAML may hold, and its line."""
    found = _CONTROL.search(text)
    if found is None:
        return f"This is not YAML: {reason}", 0
    return f"An invisible character (U+{ord(found[0]):04X}) stands here; delete it", text[: found.start()].count("\n")


def _second_colon(row: str, column: int) -> str:
    if _KEY.match(row[:column]):
        return "Put a text that holds a colon in quotes"
    return "This line is indented, but the key above already has its value; begin it in the column of that key"


def _no_key(rows: list[str], line: int, column: int) -> Told:
    """Text behind a quotation that has ended, or a line in a column where none was before."""
    before = rows[line][:column].rstrip()
    if not before:
        return "This line begins in a column that fits no line above; let what belongs together begin alike", line
    quote = before[-1]
    if quote not in _QUOTES:
        return f"Text follows the {quote}; put the whole value in quotes", line
    if before.count(quote) % 2:
        line = next((above for above in range(line - 1, -1, -1) if rows[above].count(quote) % 2), line)
        return "The quotation mark that opens in this line is not closed in it", line
    return f"Text follows the closing {quote}; put the whole value in the other kind of quotation marks", line


def _bad_beginning(character: str) -> str:
    if character == "\t":
        return "A tab stands here; indent with blanks"
    if not character:
        return "The text ends inside a [ or { that is never closed"
    return f"A text that begins with {character} must stand in quotes"
