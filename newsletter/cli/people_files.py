"""Commands about many subscribers at once: import, export, list."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.options import AsJson, workspace
from newsletter.cli.output import say, show_problems, show_table

if TYPE_CHECKING:
    from newsletter.app.importing.account import AccountLine
    from newsletter.app.importing.subscribers_file import ImportReport

List = Annotated[
    str,
    typer.Option("--list", metavar="LIST", help="A list of lists.toml; by default the file's own or the only one."),
]
AnyList = Annotated[str | None, typer.Option("--list", metavar="LIST", help="Members of this list alone.")]
Where = Annotated[
    str,
    typer.Option("--where", metavar="SEGMENT", help="Such as 'topic=talks and joined>=2026-01-01'."),
]
#: Problems that are shown; `--json` has them all.
_SHOWN = 50
_WORDS = {
    "new": "new",
    "known": "known already",
    "ended": "kept as left or never to be written to",
    "suppressed": "kept out: left, bounced, complained or suppressed here",
    "left out": "left out: never confirmed, or no lasting reason",
    "duplicate": "twice in the file",
    "invalid": "invalid",
}


def register(people: typer.Typer) -> None:
    """Add the commands to the group `subscribers`."""
    people.command("import")(import_)
    people.command("export")(export)
    people.command("list")(list_people)


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    list_: List = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide everything, write nothing.")] = False,
    profile: Annotated[str, typer.Option(metavar="NAME", help="Whose export it is.")] = "",
    state: Annotated[
        str, typer.Option(metavar="STATE", help="How everybody in the file stands: active, left, bounced, ...")
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Bring in a file of people; every line is accounted for, and nobody who left comes back.

    Example: `newsletter subscribers import subscribers/example.csv --dry-run`
    """
    from newsletter.app.importing.subscribers_file import import_file

    with _progress(file) as progress, _account(as_json) as account:
        report = import_file(
            workspace(context), file, list_, dry_run=dry_run, profile=profile, state=state,
            tell=account.tell if account else None, progress=progress,
        )  # fmt: skip
        if account:
            account.end(report)
    if not as_json:
        _show(report)
    return int(bool(report.count("invalid")))


def _show(report: "ImportReport") -> None:
    show_problems(report.problems, limit=_SHOWN)
    more = report.rows - report.new - report.known - len(report.named)
    if more > 0:
        say(f"... and {more} lines more; --json lists every line", file=sys.stderr)
    if report.profile:
        say(f"{report.path} is read as {report.title} ({report.profile})")
    rows = [(text, report.count(word)) for word, text in _WORDS.items()]  # type: ignore[arg-type]  # all outcomes
    show_table(
        "Dry run: nothing was written" if report.dry_run else "", ("Lines", "Count"), [*rows, ("in all", report.rows)]
    )


class _JsonAccount:
    """The account as one JSON document, written line by line, so that its length does not matter."""

    def __init__(self) -> None:
        self.begun = False

    def tell(self, line: "AccountLine") -> None:
        """One line of the file."""
        found = {"line": line.line, "outcome": line.outcome, "address": line.address, "list": line.list}
        if line.text:
            found["text"] = line.text
        if line.remarks:
            found["remarks"] = list(line.remarks)  # type: ignore[assignment]  # a list of texts
        self._put(f"{self._before()}\n  {json.dumps(found, ensure_ascii=False)}")
        self.begun = True

    def end(self, report: "ImportReport") -> None:
        """What is said of the whole."""
        whole = {
            "file": report.path, "dry_run": report.dry_run, "profile": report.profile, "rows": report.rows,
            "counts": {word: report.count(word) for word in _WORDS},  # type: ignore[arg-type]  # all outcomes
            "problem": report.problem, "candidates": list(report.candidates), "remark": report.remark,
        }  # fmt: skip
        head = "" if self.begun else self._before()
        self._put(f"{head}\n], {json.dumps(whole, ensure_ascii=False)[1:]}\n")

    def _before(self) -> str:
        return "," if self.begun else '{"lines": ['

    def _put(self, text: str) -> None:
        sys.stdout.write(text)


@contextmanager
def _account(as_json: bool) -> Iterator[_JsonAccount | None]:
    yield _JsonAccount() if as_json else None


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal's standard error, by the bytes of the file."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=file.stat().st_size)
        yield lambda done: bar.update(task, completed=done)


def export(
    context: typer.Context,
    list_: AnyList = None,
    where: Where = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Everything that is known, one document a line.")] = False,
) -> None:
    """Print subscribers as CSV, or all that is known of them as JSON lines.

    Example: `newsletter subscribers export --jsonl > everybody.jsonl`
    """
    from newsletter.app import exporting

    ws = workspace(context)
    segment = exporting.read_segment(ws, where, list_)
    for line in exporting.export_jsonl(ws, segment) if jsonl else exporting.export_csv(ws, segment):
        sys.stdout.write(line)


def list_people(
    context: typer.Context,
    list_: AnyList = None,
    where: Where = "",
    state: Annotated[str | None, typer.Option(metavar="STATE", help="Such as active, pending, left.")] = None,
    count: Annotated[bool, typer.Option("--count", help="Only how many they are.")] = False,
    as_json: AsJson = False,
) -> None:
    """List who is on which list, with what they chose. The audit log keeps that you did, but for `--count`.

    Example: `newsletter subscribers list --where 'topic=talks and joined>=2026-01-01'`
    """
    from newsletter.app import exporting, subscribing
    from newsletter.app.accounting.deeds import note_alone

    ws = workspace(context)
    segment = exporting.read_segment(ws, where, list_, state)
    if count:
        say(str(exporting.count_members(ws, segment)))
        return
    note_alone(ws, "revealed", list_ or "all lists", "newsletter subscribers list")
    barred = subscribing.suppressed(ws)
    rows = (_row(person, one, barred) for person, one in exporting.find_members(ws, segment))
    if as_json:
        _print_rows(rows)
    else:
        found = list(rows)
        show_table("", _COLUMNS, found, empty=_NOBODY)
        say(f"{sum(row[2] == 'active' for row in found)} of {len(found)} active")


_COLUMNS = ("Address", "List", "State", "Digests", "Topics", "Zone")
_NOBODY = "Nobody is found. newsletter subscribers import FILE brings people in, and subscribers add ADDRESS one."


def _row(person: Any, one: Any, barred: frozenset[str]) -> tuple[str, ...]:
    state = "suppressed" if person.id in barred else one.state
    topics = "all" if one.topics is None else ", ".join(one.topics) or "none"
    return (person.address, one.list, state, ", ".join(one.digests), topics, person.timezone or "home")


def _print_rows(rows: Iterator[tuple[str, ...]]) -> None:
    """One JSON list, written row by row."""
    before = "[\n  "
    for row in rows:
        sys.stdout.write(
            before + json.dumps(dict(zip(map(str.lower, _COLUMNS), row, strict=True)), ensure_ascii=False)
        )
        before = ",\n  "
    sys.stdout.write("\n]\n" if before.startswith(",") else "[]\n")
