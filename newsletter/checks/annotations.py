"""Findings in the forms that code hosts show beside the lines of a change: SARIF 2.1.0, and GitHub's own commands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from newsletter.checks.registry import RULES
from newsletter.checks.silencing import Silenced
from newsletter.model.problem import Level, Problem

SARIF = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVEL: Mapping[Level, str] = {"error": "error", "warning": "warning", "info": "note"}
_GITHUB_LEVEL: Mapping[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}


def sarif(problems: Iterable[Problem], folder: str = "", silenced: Iterable[Silenced] = ()) -> dict[str, Any]:
    """One SARIF log; paths hang from the repository, in which the workspace is `folder`.

    What is silenced is a result with its suppression, and every rule that a result names is described.
    """
    found, quiet = tuple(problems), tuple(silenced)
    codes = tuple(dict.fromkeys(one.code for one in (*found, *(one.problem for one in quiet))))
    results = [_result(one, codes, folder) for one in found]
    results += [{**_result(one.problem, codes, folder), "suppressions": [_suppression(one)]} for one in quiet]
    driver = {"name": "newsletter", "rules": [_rule(code) for code in codes]}
    return {"$schema": SCHEMA, "version": SARIF, "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(code: str) -> dict[str, Any]:
    known = next((rule for rule in RULES if rule.id == code), None)
    if known is None:
        return {"id": code, "shortDescription": {"text": code}}
    return {
        "id": code,
        "shortDescription": {"text": known.text},
        "help": {"text": known.fix},
        "defaultConfiguration": {"level": _SARIF_LEVEL[known.severity]},
    }


def _suppression(one: Silenced) -> dict[str, str]:
    """Accepted by whoever wrote it into a file besides the one that is at fault (SARIF 2.1.0, 3.35)."""
    where = f"{one.silence.reason} ({one.silence.origin})"
    return {"kind": "external", "status": "accepted", "justification": where}


def github(problems: Iterable[Problem], folder: str = "", silenced: Iterable[Silenced] = ()) -> Iterator[str]:
    """One workflow command for each finding; what stands in no file of the repository is told without one."""
    for one in problems:
        yield _command(one, folder)
    for quiet in silenced:
        text = f"{quiet.problem.text} (silenced: {quiet.silence.reason})"
        yield _command(replace(quiet.problem, level="info", text=text), folder)


def _command(one: Problem, folder: str) -> str:
    places = {"title": one.code}
    if path := _path(one, folder):
        places = {"file": path, "line": str(one.origin.line or 1), **places}
    told = ",".join(f"{name}={_property(value)}" for name, value in places.items())
    where = "" if path else f"{one.place}: "
    return f"::{_GITHUB_LEVEL[one.level]} {told}::{_data(where + one.text)}"


def _result(one: Problem, codes: Sequence[str], folder: str) -> dict[str, Any]:
    """In a file of the repository, its line; in the mail, the part and the element as a logical place."""
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": codes.index(one.code),
        "level": _SARIF_LEVEL[one.level],
        "message": {"text": one.text},
    }
    if path := _path(one, folder):
        place: dict[str, Any] = {"artifactLocation": {"uri": quote(path)}}
        if one.origin.line:
            place["region"] = {"startLine": one.origin.line}
        result["locations"] = [{"physicalLocation": place}]
    elif name := one.place:
        result["locations"] = [{"logicalLocations": [{"fullyQualifiedName": name}]}]
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
