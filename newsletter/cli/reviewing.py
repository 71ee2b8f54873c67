"""Commands about the review of an issue: check, approve, revoke."""

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from newsletter.cli.options import AsJson, At, Key, workspace
from newsletter.cli.output import count_problems, print_json, say, show_problems, show_table
from newsletter.model.problem import has_errors

if TYPE_CHECKING:
    from newsletter.app.reviewing.approving import Approved
    from newsletter.app.workspace import Workspace
    from newsletter.checks.silencing import Sorted

By = Annotated[str, typer.Option("--by", help="Who approves.", default_factory=getpass.getuser, show_default=False)]
Format = Literal["text", "json", "sarif", "github"]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for name, command in (("check", check), ("approve", approve), ("revoke", revoke)):
        app.command(name)(command)


def check(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="DIGEST|KEY", help="A digest's next issue, or an issue by its key.")
    ] = None,
    at: At = None,
    as_json: AsJson = False,
    format_: Annotated[Format, typer.Option("--format", help="For people, programs, or a code host.")] = "text",
    links: Annotated[bool, typer.Option("--links", help="Follow every link of the mail as well.")] = False,
    list_rules: Annotated[bool, typer.Option("--list", help="Print every rule.")] = False,
) -> int:
    """Run all checks on an issue; exit 1 where one of level error is found.

    A key means the stored draft, and tells what moved in the sources since; without a draft, as in CI, it means the
    issue of that day with its editor's file.

    Example: `newsletter check weekly-2026-12-04 --format github`
    """
    from newsletter.app import checking, drafting, timing
    from newsletter.app.reviewing import drifting
    from newsletter.checks.registry import RULES
    from newsletter.compose.drift import drift_problems

    if list_rules:
        show_table("", ("Rule", "Severity", "What it asks"), [(rule.id, rule.severity, rule.text) for rule in RULES])
        return 0
    if name is None:
        raise timing.UsageError("say which digest or issue to check, as in `newsletter check weekly`")
    ws = workspace(context)
    draft = drafting.draft_named(ws, name, at)
    drift = drifting.drift_of_issue(ws, name)
    found = checking.examine(ws, draft, links=links, more=tuple(drift_problems(drift, draft.key)))
    _print_findings(ws, found, "json" if as_json else format_)
    return int(has_errors(found.problems))


def _print_findings(ws: "Workspace", found: "Sorted", format_: Format) -> None:
    from newsletter.app import views
    from newsletter.checks.annotations import github, sarif
    from newsletter.checks.registry import RULES

    if format_ == "json":
        print_json(views.findings_json(found))
    elif format_ == "sarif":
        print_json(sarif(found.problems, _folder(ws.root), found.silenced))
    elif format_ == "github":
        for line in github(found.problems, _folder(ws.root), found.silenced):
            say(line)
    else:
        show_problems(found.problems)
        for one in found.silenced:
            say(f"silenced: {one.problem} because: {one.silence.reason} ({one.silence.origin})", file=sys.stderr)
        quiet = f", {len(found.silenced)} silenced" if found.silenced else ""
        say(f"{len(RULES)} rules, {len(ws.personas)} personas: {count_problems(found.problems)}{quiet}")


def _folder(root: Path) -> str:
    """The workspace's folder in its repository, since that is what a code host's paths hang from."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    return "" if top == root else root.relative_to(top).as_posix()


def approve(
    context: typer.Context,
    key: Key,
    by: By,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Read the sources again, freeze that, and approve it.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Approve the frozen draft although its sources have moved.")
    ] = False,
) -> None:
    """Approve the stored draft, bound to its hash; refused while a check of level error stands.

    Example: `newsletter approve weekly-2026-12-04 --by "Sunita Rao"`
    """
    from newsletter.app import timing
    from newsletter.app.reviewing import approving, standing

    if refresh and keep:
        raise timing.UsageError("--refresh takes in what moved, and --keep leaves it out: choose one of them")
    ws = workspace(context)
    how = approving.approve_refreshed if refresh else approving.approve_kept if keep else approving.approve_draft
    approved = how(ws, key, by, ws.clock())
    for line in standing.drift_lines(approved.drift):
        say(line)
    if (refresh or keep) and not approved.drift:
        say("nothing has moved in the sources since the draft")
    say(_what_now(key, by, approved))


def _what_now(key: str, by: str, approved: "Approved") -> str:
    said = f"{key}: approved by {by}, hash {approved.hash[:12]}."
    if approved.missing:
        people = "approval of another person" if approved.missing == 1 else f"approvals of {approved.missing} others"
        return f"{said} It needs the {people}: newsletter approve {key} --by NAME"
    return f"{said} Next: newsletter send {key}"


def revoke(context: typer.Context, key: Key, by: By) -> None:
    """Take every approval back."""
    from newsletter.app.reviewing import approving

    ws = workspace(context)
    approving.revoke(ws, key, by, ws.clock())
    say(f"{key}: approval taken back; it is a draft again")
