"""The account of an import: what became of each line, in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from newsletter.model.problem import Level, Origin, Problem
from newsletter.people.consent import GONE
from newsletter.people.importing.deciding import RESTORED, Outcome
from newsletter.store.imports import StagedLine

_LEVELS: dict[Outcome, Level] = {
    "new": "info",
    "known": "info",
    "ended": "info",
    "suppressed": "warning",
    "left out": "info",
    "duplicate": "warning",
    "invalid": "error",
}
_CODES: dict[Outcome, str] = {
    "ended": "import.ended",
    "suppressed": "import.kept-out",
    "left out": "import.left-out",
    "duplicate": "import.duplicate",
}
#: Codes of the lines that nothing can be made of, by what is wrong with them.
_REFUSED = {
    "address": "import.address",
    "list": "import.list",
    "state": "import.state",
    "cells": "import.cells",
    "csv": "import.csv",
    "json": "import.json",
    "columns": "import.columns",
    "key": "import.key",
}
_ENDED = {
    "left": "has left, and is kept as that",
    "bounced": "bounced, and is never written to",
    "complained": "reported a mail as spam, and is never written to",
    "blocked": "was barred, and is never written to",
}
_LEFT_OUT = {
    "unconfirmed": "never confirmed, and is not taken",
    "pending": "never confirmed, and is not taken",
    "passed": "is in this file for no reason that lasts",
}


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line of the file and what became of it; `text` says why, where there is anything to say."""

    line: int
    outcome: Outcome
    address: str
    list: str
    text: str = ""
    code: str = ""
    remarks: tuple[str, ...] = ()

    def problems(self, path: str) -> Iterator[Problem]:
        """What is to be said of the line."""
        origin = Origin("import", path, self.line)
        if self.text:
            yield Problem(_LEVELS[self.outcome], self.code, f"{self.address} {self.text}".strip(), origin)
        for remark in self.remarks:
            yield Problem("warning", "import.remark", remark, origin)


def account_line(one: StagedLine) -> AccountLine:
    """The line in words."""
    outcome = cast("Outcome", one.outcome)
    remarks = tuple(remark for told in (one.said, one.remarks) if told for remark in json.loads(told))
    if one.refused:
        code, _, text = one.refused.partition(" ")
        return AccountLine(one.line, outcome, "", one.list, text, _REFUSED[code], remarks)
    text, code = _text(outcome, one), _CODES.get(outcome, "")
    return AccountLine(one.line, outcome, one.address, one.list, text, code, remarks)


def _text(outcome: Outcome, one: StagedLine) -> str:
    standing = one.standing.removeprefix(RESTORED)
    if outcome == "duplicate":
        return f"stands on line {one.before} too, which goes before"
    if outcome == "suppressed":
        return _kept_out(one)
    if outcome == "left out":
        return _LEFT_OUT[standing]
    return _ENDED.get(standing, "is never written to") if outcome == "ended" else ""


def _kept_out(one: StagedLine) -> str:
    if one.suppressed:
        return f"is kept out: the address is suppressed ({one.suppressed})"
    return f"is kept out: {GONE[one.state]}"  # type: ignore[index]  # a state by which somebody is kept out
