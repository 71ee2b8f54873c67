"""Findings in the forms that code hosts show beside the lines of a change: SARIF 2.1.0, and GitHub's own commands."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from newsletter.checks.registry import RULES
from newsletter.model.problem import Level, Problem

SARIF = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVEL: Mapping[Level, str] = {"error": "error", "warning": "warning", "info": "note"}
_GITHUB_LEVEL: Mapping[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}


def sarif(problems: Iterable[Problem], folder: str = "") -> dict[str, Any]:
    """One SARIF log; paths hang from the repository, in which the workspace is `folder`."""
    found = tuple(problems)
    texts = {rule.id: rule.text for rule in RULES}
    rules = [
        {"id": code, "shortDescription": {"text": texts.get(code, code)}}
        for code in dict.fromkeys(one.code for one in found)
    ]
    run = {
        "tool": {"driver": {"name": "newsletter", "rules": rules}},
        "results": [_result(one, folder) for one in found],
    }
    return {"$schema": SCHEMA, "version": SARIF, "runs": [run]}


def github(problems: Iterable[Problem], folder: str = "") -> Iterator[str]:
    """One workflow command for each finding; what stands in no file of the repository is told without one."""
    for one in problems:
        places = {"title": one.code}
        if path := _path(one, folder):
            places = {"file": path, "line": str(one.origin.line or 1), **places}
        told = ",".join(f"{name}={_property(value)}" for name, value in places.items())
        where = "" if path else f"{one.origin}: "
        yield f"::{_GITHUB_LEVEL[one.level]} {told}::{_data(where + one.text)}"


def _result(one: Problem, folder: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.code,
        "level": _SARIF_LEVEL[one.level],
        "message": {"text": one.text},
    }
    if path := _path(one, folder):
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(path)}}
        if one.origin.line:
            place["region"] = {"startLine": one.origin.line}
        result["locations"] = [{"physicalLocation": place}]
    return result


def _path(one: Problem, folder: str) -> str:
    """The file in the repository; nothing for parts of the mail, addresses and paths that lead out."""
    path = one.origin.path
    pure = PurePosixPath(path)
    if not path or "://" in path or pure.is_absolute() or ".." in pure.parts or not pure.suffix:
        return ""
    return str(PurePosixPath(folder) / pure)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
