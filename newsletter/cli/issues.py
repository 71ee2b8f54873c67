"""Commands about an issue before it leaves: preview, draft, compose, render."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.options import As, AsJson, At, DigestName, workspace
from newsletter.cli.output import print_json, say, show_problems, show_table
from newsletter.model.problem import has_errors

if TYPE_CHECKING:
    from newsletter.app.drafting import Drafted


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for name, command in (
        ("preview", preview),
        ("draft", draft),
        ("compose", compose),
        ("render", render),
    ):
        app.command(name)(command)


def draft(
    context: typer.Context,
    digest: DigestName,
    at: At = None,
    tell: Annotated[bool, typer.Option("--tell", help="Write to the editors of config.toml, once an issue.")] = False,
    as_json: AsJson = False,
) -> int:
    """Freeze the draft of the next issue, and write issues/KEY.md for the editor where there is none.

    An editor's own words in it are never touched; drafting again reads them, and lists anew what stands in the issue.

    Example: `newsletter draft weekly --at 2026-12-04`
    """
    from newsletter.app import checking, drafting, timing
    from newsletter.app.reviewing import post, telling

    ws = workspace(context)
    drafted = drafting.draft_issue(ws, digest, timing.read_at(ws, at))
    if tell:
        telling.tell_draft(ws, drafted.draft.key, ws.clock())
        post.post_editor_mails(ws, ws.clock())
    if as_json:
        print_json(
            {"key": drafted.draft.key, "state": drafted.state, "hash": drafted.hash, "file": str(drafted.file)}
        )
        return 0
    say(f"{drafted.draft.key}: {drafted.state}, hash {drafted.hash[:12]}")
    say(_about_file(drafted))
    problems = tuple(problem for problem in drafted.draft.problems if checking.is_editors(problem))
    show_problems(problems)
    say(f"Next: newsletter preview, then newsletter approve {drafted.draft.key}")
    return int(has_errors(problems))


def _about_file(drafted: "Drafted") -> str:
    if not drafted.file_was_there:
        return f"Wrote {drafted.file}"
    listing = "; its list of entries is new" if drafted.relisted else ""
    return f"Kept your words in {drafted.file}{listing}"


def compose(
    context: typer.Context, digest: DigestName, as_: As = None, at: At = None, as_json: AsJson = False
) -> int:
    """Show the next issue as data, for one reader who had the last one.

    Example: `newsletter compose weekly --at 2026-12-04 --as berlin --json`
    """
    from newsletter.app import checking, drafting, timing, views
    from newsletter.compose.draft import draft_hash
    from newsletter.compose.issue import compose as compose_issue

    ws = workspace(context)
    frozen = drafting.preview_draft(ws, digest, timing.read_at(ws, at))
    last = drafting.last_sent_draft(ws, frozen)
    issue = compose_issue(frozen, checking.persona_choices(checking.find_persona(ws, as_)), last)
    if as_json:
        print_json(views.issue_json(issue, draft_hash(frozen)))
    else:
        say(f"{issue.key}: {issue.subject}\n{issue.preheader}\n{issue.next_content}".rstrip())
        rows = [
            (section.title or section.kind, entry.when_text, entry.title, entry.change)
            for section in issue.sections
            for entry in section.entries
        ]
        show_table("", ("Section", "When", "Title", "Change"), rows)
        show_problems(issue.problems)
    return int(has_errors(issue.problems))


def render(
    context: typer.Context,
    digest: DigestName,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the files go.")] = None,
    as_: As = None,
    shot: Annotated[Path | None, typer.Option("--shot", metavar="FILE.png", help="Take a picture of it.")] = None,
    width: Annotated[int, typer.Option("--width", min=240, max=2000, help="Pixels of the picture.")] = 600,
    dark: Annotated[bool, typer.Option("--dark", help="The picture shows a client in dark mode.")] = False,
    at: At = None,
) -> int:
    """Write one edition as HTML, text and .eml, or take a picture of it with the Chromium of this machine.

    Example: `newsletter render weekly --at 2026-12-04 --as berlin --out /tmp/issue`

    Example: `newsletter render weekly --at 2026-12-04 --as berlin --shot berlin.png --width 375 --dark`
    """
    from newsletter.app import checking, drafting, shots, timing
    from newsletter.app.rendering import shown_html, write_edition

    if out is None and shot is None:
        raise typer.BadParameter("say where it goes: --out DIR for files, --shot FILE.png for a picture, or both")
    ws = workspace(context)
    frozen = drafting.preview_draft(ws, digest, timing.read_at(ws, at))
    persona = checking.find_persona(ws, as_)
    last = drafting.last_sent_draft(ws, frozen)
    built = checking.build_edition(frozen, checking.persona_choices(persona), last, ws.settings.checks)
    stem = f"{frozen.key}-{persona.name}"
    files = write_edition(built.edition, out, stem, frozen.slot.send_at) if out else ()
    if shot is not None:
        look = shots.Shot(width, "dark" if dark else "light")
        shots.take_shot(shown_html(ws, frozen, built.edition), shot, look, ws.environ)
        files = (*files, shot)
    show_problems(built.problems)
    for file in files:
        say(f"{file.stat().st_size:>8,} bytes  {file}")
    return int(has_errors(built.problems))


def preview(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    at: At = None,
    open_: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    real: Annotated[bool, typer.Option("--real", help="Show readers' addresses as they are.")] = False,
) -> None:
    """Look at the next issue in a browser, as each persona, on phone and desk; it follows what you change.

    Example: `newsletter preview --at 2026-12-04 --open`
    """
    from newsletter.app import timing
    from newsletter.cli.serving import serve_preview

    ws = workspace(context)
    timing.read_at(ws, at)
    serve_preview(ws, at, port=port, open_browser=open_, real=real)
