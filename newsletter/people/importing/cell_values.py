"""Cells that hold more than text: lists of tags, JSON, and the way Python writes a dictionary."""

import ast
import csv
import json
from collections.abc import Mapping

#: Deeper or longer documents than this are kept as the text they are.
_LONGEST = 20_000


def tags_of(cell: str) -> object:
    """Names between semicolons or commas; quoted ones may hold either. A cell that is no such list stays text."""
    line = " ".join(cell.split())
    separator = ";" if ";" in line and '"' not in line else ","
    try:
        names = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    except csv.Error:
        return cell
    return [name.strip() for name in names if name.strip()]


def json_of(cell: str) -> object:
    """A JSON document, or the text where it is none."""
    if len(cell) > _LONGEST:
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def literal_of(cell: str) -> object:
    """A dictionary as Python prints it, or the text where it is none; nothing in it is run."""
    if len(cell) > _LONGEST:
        return cell
    try:
        found = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return json_of(cell)
    return found if _is_plain(found) else cell


def _is_plain(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_plain(one) for key, one in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | int | float | bool)
