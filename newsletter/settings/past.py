"""archive/past.toml: issues that were sent before this program sent any, as links in the archive."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from urllib.parse import urlsplit

from newsletter.model.problem import Problem
from newsletter.model.publishing import PastIssue
from newsletter.settings.reading import SettingsError, TomlFile, parse_table

_KEYS = ("digest", "title", "date", "url", "number")


def read_past(file: TomlFile, digests: Collection[str]) -> tuple[tuple[PastIssue, ...], tuple[Problem, ...]]:
    """The issues under [[past]] that can be listed, and what is wrong with the others, each with its line."""
    try:
        table = parse_table(file)
    except SettingsError as error:
        return (), error.problems
    rows = table.get("past", [])
    strange = [name for name in table if name != "past"] + ([] if isinstance(rows, list) else ["past"])
    problems = [
        file.problem("settings.past", f"`{name}` means nothing here; write [[past]]", (name,)) for name in strange
    ]
    found: list[PastIssue] = []
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        faults = list(_faults(row, number, file, digests))
        problems += faults
        if not faults:
            found.append(PastIssue(**{**row, "title": row["title"].strip()}))
    return tuple(sorted(found, key=lambda one: (one.date, one.title))), tuple(problems)


def _faults(row: object, index: int, file: TomlFile, digests: Collection[str]) -> Iterator[Problem]:
    def fault(key: str, text: str) -> Problem:
        return file.problem("settings.past", f"`past.{key}`: {text}; this issue is left out", ("past", index, key))

    values = row if isinstance(row, dict) else {}
    for key in sorted(set(values) - set(_KEYS)):
        yield fault(key, f"is not known; there are {', '.join(_KEYS)}")
    if values.get("digest") not in digests:
        yield fault("digest", f"there is no digest {values.get('digest')!r} with `archive = true`")
    if not isinstance(values.get("title"), str) or not values["title"].strip():
        yield fault("title", "is missing")
    if not isinstance(values.get("date"), date) or isinstance(values["date"], datetime):
        yield fault("date", "must be a day without quotes, such as 2025-11-28")
    if not _is_link(values.get("url")):
        yield fault("url", f"must be an address that begins with https:// or http://, found {values.get('url')!r}")
    number = values.get("number", 1)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        yield fault("number", f"must be a whole number from 1 on, found {number!r}")


def _is_link(value: object) -> bool:
    try:
        return (
            isinstance(value, str) and urlsplit(value).scheme in ("https", "http") and bool(urlsplit(value).hostname)
        )
    except ValueError:
        return False
