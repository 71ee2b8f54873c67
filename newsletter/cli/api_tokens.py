"""Commands about tokens of the HTTP API: api-tokens create, list, revoke."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.options import AsJson, workspace
from newsletter.cli.output import print_json, say, show_table

if TYPE_CHECKING:
    from newsletter.app.workspace import Workspace
    from newsletter.model.api import ApiToken, Scope

app = typer.Typer(no_args_is_help=True, help="Let a program of yours ask this one: tokens for the HTTP API.")

TokenName = Annotated[str, typer.Argument(metavar="NAME", help="What it is for; the log of deeds knows it by this.")]
#: Characters of a name.
LONGEST = 60


def register(commands: typer.Typer) -> None:
    """Add the commands to the command line."""
    commands.add_typer(app, name="api-tokens")
    app.command("create")(create)
    app.command("list")(list_tokens)
    app.command("revoke")(revoke)


def create(
    context: typer.Context,
    name: TokenName,
    scope: Annotated[list[str], typer.Option("--scope", metavar="SCOPE", help="What it may do; may repeat.")],
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="SPAN|DATE", help="When it ends: 90 days, or a date.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and show it, once: of it only a hash is kept. The API is served as long as there is a good one.

    Example: `newsletter api-tokens create website --scope published:read`

    Example: `newsletter api-tokens create sign-up --scope subscribers:write --expires "90 days"`
    """
    from newsletter.app.accounting.actors import account
    from newsletter.app.api.tokens import TokenError, create_token

    ws = workspace(context)
    if not name.strip() or len(name) > LONGEST or not name.isprintable():
        raise typer.BadParameter(f"a name has 1 to {LONGEST} printable characters", param_hint="NAME")
    try:
        one, whole = create_token(ws, name, _scopes(scope), _end(ws, expires), account())
    except TokenError as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from None
    if as_json:
        print_json(_document(ws, one) | {"token": whole})
        return
    say(whole)
    say(f"Token {name!r}, for {', '.join(one.scopes)}. Keep it now: it cannot be shown again.")


def list_tokens(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every token there was: what it may do, until when, and on which day it was used last.

    Example: `newsletter api-tokens list`
    """
    from newsletter.app.api.tokens import tokens_of

    ws = workspace(context)
    found = tokens_of(ws)
    if as_json:
        print_json([_document(ws, one) for one in found])
    elif found:
        columns = ("Name", "State", "Ends", "Last used", "Scopes")
        show_table("", columns, [_row(ws, one) for one in found])
    else:
        say("There is no token, and so no API: newsletter api-tokens create NAME --scope SCOPE")


def revoke(context: typer.Context, name: TokenName) -> None:
    """End a token at once.

    Example: `newsletter api-tokens revoke website`
    """
    from newsletter.app.accounting.actors import account
    from newsletter.app.api.tokens import TokenError, revoke_token

    try:
        revoke_token(workspace(context), name, account())
    except TokenError as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from None
    say(f"Token {name!r} opens nothing any more.")


def _scopes(named: list[str]) -> "tuple[Scope, ...]":
    from newsletter.model.api import SCOPES

    unknown = [one for one in named if one not in SCOPES]
    if unknown:
        known = "\n".join(f"  {scope}: {opens}" for scope, opens in SCOPES.items())
        raise typer.BadParameter(f"there is no scope {unknown[0]!r}; there are\n{known}", param_hint="--scope")
    return tuple(scope for scope in SCOPES if scope in named)


def _end(ws: "Workspace", text: str | None) -> datetime | None:
    from newsletter.app.timing import UsageError, read_at
    from newsletter.dates.spans import parse_span

    if text is None:
        return None
    try:
        end = ws.clock() + parse_span(text)
    except ValueError:
        try:
            end = read_at(ws, text)
        except UsageError:
            words = f"{text!r} is neither a span (90 days) nor a date (2027-06-30)"
            raise typer.BadParameter(words, param_hint="--expires") from None
    if end <= ws.clock():
        raise typer.BadParameter(f"{text!r} is over already", param_hint="--expires")
    return end


def _row(ws: "Workspace", one: "ApiToken") -> tuple[str, ...]:
    ends = f"{one.ends_at:%Y-%m-%d %H:%M}" if one.ends_at else ""
    return (one.name, _state(ws, one), ends, str(one.used_on or "never"), ", ".join(one.scopes))


def _state(ws: "Workspace", one: "ApiToken") -> str:
    return "revoked" if one.revoked_at else "good" if one.is_good(ws.clock()) else "ended"


def _document(ws: "Workspace", one: "ApiToken") -> dict[str, object]:
    """What may be shown of a token, which is nearly all but what would open something."""
    return {
        "name": one.name,
        "state": _state(ws, one),
        "scopes": list(one.scopes),
        "made": one.made_at.isoformat(timespec="seconds"),
        "ends": one.ends_at.isoformat(timespec="seconds") if one.ends_at else None,
        "used_on": str(one.used_on) if one.used_on else None,
    }
