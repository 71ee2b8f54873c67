"""Bringing in a file of subscribers: every line is accounted for, and all of it happens in one transaction or not."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import Connection

from newsletter.app.membership import Event
from newsletter.app.subscribing import Added, bring_in, find_list
from newsletter.app.workspace import Workspace
from newsletter.model.people import Subscriber, Subscription
from newsletter.model.problem import Origin, Problem
from newsletter.people.importing import ImportRow, read_import


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every line. `kept_out` names who left, bounced, complained or is suppressed, and stays so.

    Lines of people = new + known + kept_out + not_active + duplicates + invalid. `remarks` are about lines that were
    taken all the same.
    """

    path: str
    dry_run: bool
    new: int = 0
    known: int = 0
    kept_out: tuple[Problem, ...] = field(default=())
    not_active: tuple[Problem, ...] = ()
    duplicates: tuple[Problem, ...] = ()
    invalid: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is to be said, by line."""
        found = self.kept_out + self.not_active + self.duplicates + self.invalid + self.remarks
        return tuple(sorted(found, key=lambda one: one.origin.line or 0))


def import_file(ws: Workspace, path: Path, list_name: str, *, dry_run: bool = False) -> ImportReport:
    """Import a table of subscribers as active members of a list; OSError where the file cannot be read."""
    return import_bytes(ws, path.read_bytes(), str(path), list_name, dry_run=dry_run)


def import_bytes(ws: Workspace, data: bytes, path: str, list_name: str, *, dry_run: bool = False) -> ImportReport:
    """Import a table that is at hand; `path` stands in its problems. A dry run decides all and writes nothing."""
    read = read_import(data, path, find_list(ws, list_name))
    # What is written in a reading transaction is rolled back: a rehearsal by the same code.
    with ws.store.read() if dry_run else ws.store.begin() as connection:
        tally = [_take(connection, ws, row, list_name, path) for row in read.rows]
    refused = tuple(
        Problem("warning", "import.kept-out", f"{row.address}: {added.refusal}", Origin("import", path, row.line))
        for row, added in zip(read.rows, tally, strict=True)
        if added.refusal
    )
    return ImportReport(
        path=path,
        dry_run=dry_run,
        new=sum(added.new for added in tally),
        known=sum(not added.new and not added.refusal for added in tally),
        kept_out=refused,
        not_active=read.not_active,
        duplicates=read.duplicates,
        invalid=read.invalid,
        remarks=read.remarks,
    )


def _take(connection: Connection, ws: Workspace, row: ImportRow, list_name: str, path: str) -> Added:
    settings = find_list(ws, list_name)
    person = Subscriber(secrets.token_hex(10), row.address, row.name, row.timezone, row.clock, row.language)
    wanted = Subscription(person.id, list_name, row.digests or settings.digests[:1], row.topics, "active")
    event = Event("imported", ws.clock(), "import", text=settings.consent_text, detail=f"{path}:{row.line}")
    return bring_in(connection, ws, person, row.key, wanted, event)
