"""Commands about mails that are no issue: correct, mail."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli.options import AsJson, At, workspace
from newsletter.cli.output import print_json, say, show_problems, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.app.correcting import Concern
    from newsletter.app.dispatching import Audience
    from newsletter.app.mail_drafting import MailDrafted


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("correct")(correct)
    app.command("mail")(mail)


def correct(
    context: typer.Context,
    events: Annotated[
        list[str] | None, typer.Argument(metavar="[EVENT]...", help="Ids or titles; without one, all are listed.")
    ] = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Tell those who were told of an event what has changed; without EVENT, list what could be told.

    Example: `newsletter correct "Data Deep Dive"`
    """
    from newsletter.app import correcting, dispatching, timing

    ws = timing.at_moment(workspace(context), at)
    found = correcting.Corrections(ws, ws.clock())
    if not events:
        _list(found.concerns(), as_json=as_json)
        return
    drafted = found.draft(events)
    concerns = found.of(drafted.draft.about)
    audience = dispatching.look_at_audience(ws, drafted.draft.key, ws.clock())
    if as_json:
        print_json(_drafted_json(drafted, audience) | {"events": [_concern_json(one) for one in concerns]})
        return
    _show_events(concerns)
    _show(drafted, audience)


def mail(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    list_: Annotated[str, typer.Option("--list", metavar="LIST", help="A list of lists.toml.")],
    where: Annotated[
        str, typer.Option("--where", metavar="SEGMENT", help="Of its members those alone, as in 'topic=talks'.")
    ] = "",
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Make a mail to a list, or a segment of it, from a Markdown file; it leaves once it is approved.

    Example: `newsletter mail closed.md --list community --where 'zone=Europe/*'`
    """
    from newsletter.app import dispatching, one_offs, timing

    ws = timing.at_moment(workspace(context), at)
    drafted = one_offs.draft_message(ws, file, list_, ws.clock(), where)
    show_problems(drafted.draft.problems)
    audience = dispatching.look_at_audience(ws, drafted.draft.key, ws.clock())
    if as_json:
        print_json(_drafted_json(drafted, audience))
    else:
        _show(drafted, audience)


def _list(concerns: "Sequence[Concern]", *, as_json: bool) -> None:
    if as_json:
        print_json([_concern_json(one) for one in concerns])
        return
    _show_events(concerns)
    if concerns:
        say('Next: newsletter correct "TITLE", with as many events as belong into one mail')
    else:
        say("every event is as readers were told it")


def _show_events(concerns: "Sequence[Concern]") -> None:
    rows = [(one.item.title, one.change, one.now, one.was, one.readers, _reasons(one.left_out)) for one in concerns]
    if rows:
        show_table("", ("Event", "What", "Now", "Was told", "Readers", "Left out"), rows)


def _show(drafted: "MailDrafted", audience: "Audience") -> None:
    show_table(audience.key, ("Edition", "Subject", "Readers"), audience.editions)
    for reason, count in audience.left_out:
        say(f"left out: {count}, {reason}")
    mails = sum(row[2] for row in audience.editions)
    if drafted.draft.segment:
        say(f"segment: {drafted.draft.segment}; {mails} readers")
    key = drafted.draft.key
    say(f"{key}: {drafted.state}, hash {drafted.hash[:12]}; {mails} mails in {len(audience.editions)} editions")
    say(f"Next: newsletter approve {key}, then newsletter send {key}")


def _reasons(left_out: "Sequence[tuple[str, int]]") -> str:
    return ", ".join(f"{count} {reason}" for reason, count in left_out)


def _concern_json(one: "Concern") -> dict[str, Any]:
    return {
        "id": one.item.id,
        "title": one.item.title,
        "change": one.change,
        "now": one.now,
        "was": one.was,
        "readers": one.readers,
        "left_out": dict(one.left_out),
    }


def _drafted_json(drafted: "MailDrafted", audience: "Audience") -> dict[str, Any]:
    return {
        "key": drafted.draft.key,
        "state": drafted.state,
        "hash": drafted.hash,
        "segment": drafted.draft.segment,
        "editions": [{"edition": row[0], "subject": row[1], "readers": row[2]} for row in audience.editions],
        "left_out": dict(audience.left_out),
    }
