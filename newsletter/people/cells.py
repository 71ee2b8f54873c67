"""CSV cells that a spreadsheet would run as a formula: disarmed on the way out, restored on the way in."""

import re

# The wide forms are what an input method for Chinese or Japanese types, and spreadsheets take them for the others.
_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_DISARMED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def disarm(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet might take it for a formula."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def restore(cell: str) -> str:
    """The cell as it was before `disarm`."""
    return cell[1:] if _DISARMED.match(cell) else cell
