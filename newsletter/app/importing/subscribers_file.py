"""Bringing in a file of subscribers: every line is accounted for, and all of it happens in one transaction or not."""

import io
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note
from newsletter.app.importing.account import AccountLine, account_line
from newsletter.app.importing.restoring import put_right
from newsletter.app.importing.rows import Rows
from newsletter.app.subscribing import SubscriberError, find_list
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.model.problem import Origin, Problem
from newsletter.people.address_kinds import WORDS, AddressBook, address_book
from newsletter.people.importing.checking import Checker
from newsletter.people.importing.deciding import OUTCOMES, Outcome, cases
from newsletter.people.importing.reading import Reading, read_people
from newsletter.people.importing.recognising import NAMES
from newsletter.people.importing.standing import Standing
from newsletter.people.importing.text import Opener
from newsletter.store import imports, staging
from newsletter.store.import_decisions import decide

#: Rows that are read and staged at once.
PART = 2000
#: Lines that a report names; the account that is asked for has them all.
NAMED = 1000
#: What `--state` takes: how everybody in a file stands that does not say it itself.
STATES: tuple[Standing, ...] = ("active", "left", "bounced", "complained", "blocked")
#: Told now and then how many bytes of the file are read.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every line: `counts` of all outcomes add up to `rows`.

    `named` are the lines with something to tell, at most NAMED of them; `problem` says why nothing was read at all,
    and `candidates` which profiles the file might have.
    """

    path: str
    dry_run: bool
    profile: str = ""
    title: str = ""
    problem: str = ""
    candidates: tuple[str, ...] = ()
    remark: str = ""
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    named: tuple[AccountLine, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return sum(self.counts.values())

    def count(self, outcome: Outcome) -> int:
        """How many rows came out so."""
        return self.counts.get(outcome, 0)

    @property
    def new(self) -> int:
        """How many came onto the list."""
        return self.count("new")

    @property
    def known(self) -> int:
        """How many were on it before."""
        return self.count("known")

    def lines(self, outcome: Outcome) -> tuple[int, ...]:
        """The named lines that came out so."""
        return tuple(one.line for one in self.named if one.outcome == outcome)

    @property
    def remarked(self) -> tuple[AccountLine, ...]:
        """The named lines that were taken though something in them is odd."""
        return tuple(one for one in self.named if one.remarks)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is to be said, the whole file first and then by line."""
        return (*self._of_file(), *(found for one in self.named for found in one.problems(self.path)))

    def _of_file(self) -> Iterator[Problem]:
        origin = Origin("import", self.path)
        if self.problem:
            code = "import.ambiguous" if self.candidates else "import.file"
            yield Problem("error", code, self.problem, origin)
        if self.remark:
            yield Problem("warning", "import.encoding", self.remark, origin)


def import_file(ws: Workspace, path: Path, list_name: str = "", **how: Any) -> ImportReport:
    """Import a file as `import_bytes` does; OSError where it cannot be read."""
    return _import(ws, lambda: path.open("rb"), str(path), list_name, **how)


def import_bytes(ws: Workspace, data: bytes, path: str, list_name: str = "", **how: Any) -> ImportReport:
    """Import a file that is at hand; `path` stands in its problems.

    `list_name` is where everybody goes; without one, the lists that the file names, or the only one there is.
    `dry_run` decides all and writes nothing; `profile` and `state` say what the file does not; `tell` is given every
    line of the account, `progress` the bytes read.
    """
    return _import(ws, lambda: io.BytesIO(data), path, list_name, **how)


def _import(
    ws: Workspace,
    open_file: Opener,
    path: str,
    list_name: str,
    *,
    dry_run: bool = False,
    profile: str = "",
    state: str = "",
    tell: Callable[[AccountLine], None] | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    checker = _checker(ws, list_name, profile, state)
    with ExitStack() as files:
        opened = _Opened(open_file, files)
        reading = read_people(opened, path, checker, profile)
        files.callback(reading.close)
        if reading.problem:
            counts: dict[Outcome, int] = {"invalid": 1}
            return ImportReport(path, dry_run, "", "", reading.problem, reading.candidates, reading.remark, counts)
        with staging.staging(ws.store) as connection:
            _stage(ws, connection, reading, opened, progress)
            _settle(ws, connection, Path(path).name, dry_run=dry_run)
            return _report(connection, reading, path, tell, dry_run=dry_run)


def _checker(ws: Workspace, list_name: str, profile: str, state: str) -> Checker:
    lists = ws.settings.lists
    if list_name:
        find_list(ws, list_name)
    if profile and profile not in NAMES:
        raise UsageError(f"there is no profile {profile!r}; there are {', '.join(NAMES)}")
    if state and state not in STATES:
        raise UsageError(f"there is no state {state!r} for a file; there are {', '.join(STATES)}")
    everybody = next((one for one in STATES if one == state), None)
    only = next(iter(lists)) if len(lists) == 1 else ""
    return Checker(lists, list_name, ws.clock(), _book(ws), everybody, otherwise=only)


def address_remarks(ws: Workspace, address: str) -> tuple[str, ...]:
    """What is odd about an address that is good: it is a role's, or of a service that throws it away."""
    return tuple(f"the address {WORDS[kind]}" for kind in _book(ws).kinds(address.casefold()))


def _book(ws: Workspace) -> AddressBook:
    flagged = ws.settings.addresses
    return address_book(flagged.roles, flagged.disposable_domains)


class _Opened:
    """Opens the file and knows how far the last opening has been read."""

    def __init__(self, open_file: Opener, files: ExitStack) -> None:
        self.open_file, self.files = open_file, files
        self.file: BinaryIO | None = None

    def __call__(self) -> BinaryIO:
        self.file = self.files.enter_context(self.open_file())
        return self.file

    def read(self) -> int:
        return self.file.tell() if self.file and not self.file.closed else 0


def _stage(
    ws: Workspace, connection: Connection, reading: Reading, opened: _Opened, progress: Progress | None
) -> None:
    rows = Rows(ws, staging.Stager(connection))
    with connection.begin():
        while part := tuple(islice(reading.lines, PART)):
            rows.stage(part)
            if progress:
                progress(opened.read())


def _settle(ws: Workspace, connection: Connection, name: str, *, dry_run: bool) -> None:
    """Decide, and bring in; a rehearsal decides alone."""
    community, begin = ws.settings.community.id, secrets.token_hex(5)
    if dry_run:
        with connection.begin():
            decide(connection, community, _table(), begin)
        return
    with staging.writing(connection):
        decide(connection, community, _table(), begin)
        at = ws.clock()
        imports.bring_in(connection, community, begin=begin, at=at, how="import", text="", detail=f"{name}:")
        put_right(connection, ws, name, at)
        counts = Counter({one.outcome: one.rows for one in imports.tallies(connection)})
        rows = sum(counts.values())
        note(connection, ws, "imported", detail=f"{counts['new']} new of {rows} rows of {name}")


def _table() -> Sequence[Mapping[str, object]]:
    return [
        {
            "standing": one.standing,
            "state": one.state or "",
            "suppressed": one.suppressed,
            "outcome": one.verdict.outcome,
            "after": one.verdict.after,
        }
        for one in cases()
    ]


def _report(
    connection: Connection,
    reading: Reading,
    path: str,
    tell: Callable[[AccountLine], None] | None,
    *,
    dry_run: bool,
) -> ImportReport:
    with connection.begin():
        counts = Counter({one.outcome: one.rows for one in imports.tallies(connection)})
        named = tuple(account_line(one) for one in islice(imports.lines(connection, odd=True), NAMED))
        if tell:
            for one in imports.lines(connection):
                tell(account_line(one))
    known: dict[Outcome, int] = {outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]}
    return ImportReport(path, dry_run, reading.profile, reading.title, "", (), reading.remark, known, named)


__all__ = ["NAMED", "STATES", "ImportReport", "SubscriberError", "import_bytes", "import_file"]
