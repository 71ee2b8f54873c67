"""Warnings that are meant: taken out with the reason that was given, and told where that could not be done.

An error is never silenced: what blocks a mail is mended.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from newsletter.checks.subject import Rule
from newsletter.model.editing import Silence
from newsletter.model.problem import Problem

#: Codes of what is read and set; the others are those of rules.
_OF_SOURCES = re.compile(r"[EWI]-[A-Z][A-Z0-9-]*|(?:note|settings|source)\.[a-z-]+")

RULES = (
    Rule(
        "silence.unknown-rule",
        "warning",
        "What is silenced is a rule",
        "Correct its name; `newsletter check --list` has them all",
    ),
    Rule("silence.error", "warning", "No error is silenced", "Mend the error; only warnings can be silenced"),
    Rule("silence.unused", "info", "What is silenced is found", "Take the entry out"),
)


@dataclass(frozen=True, slots=True)
class Silenced:
    """A finding that is not told among the others, and why."""

    problem: Problem
    silence: Silence


@dataclass(frozen=True, slots=True)
class Sorted:
    """The findings to be told, and those that are silenced."""

    problems: tuple[Problem, ...]
    silenced: tuple[Silenced, ...] = ()


def sort_out(problems: Sequence[Problem], silences: Sequence[Silence], rules: Sequence[Rule]) -> Sorted:
    """Take out what is silenced; what a silence could not do is itself told, where the silence stands."""
    quiet = {problem: one for one in silences for problem in problems if _means(one, problem)}
    hushed = {problem: one for problem, one in quiet.items() if problem.level != "error"}
    told = (found for one in silences for found in _failed(one, problems, {rule.id for rule in rules}))
    return Sorted(
        (*(problem for problem in problems if problem not in hushed), *told),
        tuple(Silenced(problem, hushed[problem]) for problem in problems if problem in hushed),
    )


def _means(silence: Silence, problem: Problem) -> bool:
    place = not silence.where or fnmatchcase(problem.origin.path, silence.where)
    return silence.rule == problem.code and place


def _failed(silence: Silence, problems: Sequence[Problem], ids: set[str]) -> Iterator[Problem]:
    found = [problem for problem in problems if _means(silence, problem)]
    if silence.rule not in ids and not _OF_SOURCES.fullmatch(silence.rule):
        text = f"there is no rule {silence.rule!r} to be silenced; `newsletter check --list` has them all"
        yield Problem("warning", "silence.unknown-rule", text, silence.origin)
    elif any(problem.level == "error" for problem in found):
        text = f"{silence.rule!r} found an error, which cannot be silenced; mend it, and take this entry out"
        yield Problem("warning", "silence.error", text, silence.origin)
    elif not found:
        where = f" at {silence.where!r}" if silence.where else ""
        text = f"{silence.rule!r} is silenced{where} and found nothing; take this entry out"
        yield Problem("warning" if silence.once else "info", "silence.unused", text, silence.origin)
