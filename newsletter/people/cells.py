"""CSV cells that a spreadsheet would run as a formula: disarmed on the way out, restored on the way in."""

import re

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_DISARMED = re.compile(r"'+[=+\-@\t\r]")


def disarm(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet might take it for a formula."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def restore(cell: str) -> str:
    """The cell as it was before `disarm`."""
    return cell[1:] if _DISARMED.match(cell) else cell
