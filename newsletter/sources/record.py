"""One page, row or calendar entry before it is an item: its fields, its body, and what names it."""

from dataclasses import dataclass, field

from newsletter.model.item import Kind
from newsletter.model.problem import Problem
from newsletter.model.when import When
from newsletter.sources.document import Document


@dataclass(frozen=True, slots=True)
class Record:
    """What a format yields. `row` names it within its file and is empty for a page, whose path is its name.

    `when` is set where the format itself says when (a calendar), with `timezone`; `heading` and `stem` stand in for
    a missing title; `hint` is the kind that its place in the file suggests; `publish` that of a file name.
    """

    path: str
    line: int | None
    document: Document
    body: str = ""
    body_line: int = 1
    row: bool = False
    is_section: bool = False
    heading: str = ""
    stem: str = ""
    hint: Kind | None = None
    publish: str = ""
    when: When | None = None
    timezone: str = ""
    problems: tuple[Problem, ...] = field(default=())
