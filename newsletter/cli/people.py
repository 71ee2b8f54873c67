"""Commands about subscribers."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import people_files
from newsletter.cli.options import workspace
from newsletter.cli.output import say, show_table

if TYPE_CHECKING:
    from datetime import datetime

    from newsletter.app.owning.erasing import Erased
    from newsletter.app.workspace import Workspace

List = Annotated[str, typer.Option("--list", metavar="LIST", help="A list of lists.toml; by default the only one.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS")]
_people = typer.Typer(no_args_is_help=True, help="Add, import, export, list, change and remove subscribers.")


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    people_files.register(_people)
    app.add_typer(_people, name="subscribers")


def _list(context: typer.Context, name: str) -> str:
    from newsletter.app.timing import UsageError

    lists = workspace(context).settings.lists
    if not name and len(lists) != 1:
        raise UsageError(f"say which list with --list: {', '.join(lists) or 'lists.toml defines none'}")
    return name or next(iter(lists))


@_people.command("add")
def add(
    context: typer.Context,
    address: Address,
    list_: List = "",
    name: Annotated[str, typer.Option(help="How they are called.")] = "",
    timezone: Annotated[str, typer.Option(help="Such as Europe/Berlin; by default the community's.")] = "",
    clock: Annotated[int, typer.Option(min=12, max=24, help="12 or 24.")] = 12,
    language: Annotated[str, typer.Option(help="Such as de; by default the community's.")] = "",
    topic: Annotated[list[str] | None, typer.Option(help="Only these topics; may be given again.")] = None,
    digest: Annotated[list[str] | None, typer.Option(help="These digests; may be given again.")] = None,
) -> int:
    """Put somebody on a list who agreed to it elsewhere.

    Example: `newsletter subscribers add ada@example.org --timezone Europe/Berlin --clock 24 --digest weekly`
    """
    from newsletter.app import subscribing
    from newsletter.app.importing.subscribers_file import address_remarks

    ws = workspace(context)
    added = subscribing.add(
        ws, address, _list(context, list_), name=name, timezone=timezone,
        clock=24 if clock == 24 else 12, language=language, topics=topic or None, digests=digest or (),
    )  # fmt: skip
    if added.refusal:
        say(f"{added.subscriber.address}: not added, {added.refusal}", file=sys.stderr)
        return 1
    say(f"{added.subscriber.address}: {added.state}{'' if added.new else ', as before'}")
    for remark in address_remarks(ws, added.subscriber.address):
        say(remark, file=sys.stderr)
    if added.new and added.state == "active":
        _welcome(ws, added.subscriber.id, _list(context, list_))
    return 0


def _welcome(ws: "Workspace", subscriber_id: str, list_name: str) -> None:
    """Send the current issue to somebody new, where the list says so."""
    import time

    from newsletter.app import dispatching
    from newsletter.app.joining import welcoming

    if key := welcoming.welcome(ws, subscriber_id, list_name, ws.clock()):
        with dispatching.provider_of(ws) as provider:
            dispatching.send_rest(ws, provider, key, sleep=time.sleep)
        say(f"{key} is sent to them as a welcome")


def _topics(topics: tuple[str, ...] | None) -> str:
    return "all" if topics is None else ", ".join(topics) or "none"


@_people.command("show")
def show(context: typer.Context, address: Address) -> None:
    """Show all that is known of one subscriber: choices, consent log, deliveries. The audit log keeps who did."""
    from newsletter.app import subscribing
    from newsletter.app.accounting.deeds import note_alone

    ws = workspace(context)
    person = subscribing.show(ws, address)
    note_alone(ws, "revealed", person.subscriber.id, "newsletter subscribers show")
    say(f"{person.subscriber.address} {person.subscriber.name}".rstrip())
    if person.suppressed:
        say(f"suppressed: {person.suppressed}")
    show_table(
        "Lists",
        ("List", "State", "Digests", "Topics"),
        [(one.list, one.state, ", ".join(one.digests), _topics(one.topics)) for one in person.subscriptions],
    )
    show_table(
        "Consent",
        ("When", "List", "What", "How", "Agreed"),
        [
            (f"{one.at:%Y-%m-%d %H:%M %Z}", one.list, one.action, one.how, _day(one.given_at))
            for one in person.consents
        ],
    )
    if person.subscriber.attributes:
        show_table("Attributes", ("Name", "Value"), sorted(person.subscriber.attributes.items()))
    show_table("Deliveries", ("Mailing", "State"), person.deliveries)


def _day(moment: "datetime | None") -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


@_people.command("change-address")
def change_address(
    context: typer.Context,
    old: Address,
    new: Address,
    reason: Annotated[str, typer.Option(help="Kept in the consent log; name no address in it.")] = "",
) -> None:
    """Give a subscriber another address; their lists and choices stay, and the log tells it."""
    from newsletter.app.owning import changing_address

    subscriber = changing_address.change_address(workspace(context), old, new, reason=reason)
    say(f"{old} is now {subscriber.address}")


@_people.command("remove")
def remove(
    context: typer.Context,
    address: Address,
    list_: Annotated[str | None, typer.Option("--list", metavar="LIST", help="By default all lists.")] = None,
    reason: Annotated[str, typer.Option(help="Kept in the consent log.")] = "",
) -> None:
    """Take somebody off a list, or off all; the log keeps that they were removed."""
    from newsletter.app import subscribing

    changed = subscribing.remove(workspace(context), address, list_, reason=reason)
    say(f"{address}: {'removed' if changed else 'was on no such list'}")


@_people.command("suppress")
def suppress(
    context: typer.Context,
    address: Address,
    detail: Annotated[str, typer.Option("--reason", help="Kept beside the suppression.")] = "",
) -> None:
    """Never write to this address again, whoever asks."""
    from newsletter.app import subscribing

    new = subscribing.suppress(workspace(context), address, detail=detail)
    say(f"{address}: {'suppressed' if new else 'was suppressed already'}")


@_people.command("read-mail")
def read_mail(context: typer.Context) -> int:
    """Look into the mailboxes once: requests to join or leave are answered, bounces taken in. `run` does so too.

    Example: `newsletter subscribers read-mail`
    """
    from newsletter.app.bounces_in import read_bounces
    from newsletter.app.mail_in import read_mailbox
    from newsletter.app.posting import Post

    ws = workspace(context)
    if not (ws.settings.mailbox.kind or ws.settings.bounces.kind):
        say("there is no [mailbox] and no [bounces] in config.toml", file=sys.stderr)
        return 1
    tally = read_mailbox(ws) + read_bounces(ws)
    Post(ws).beat()
    say(", ".join(f"{count} {what}" for what, count in sorted(tally.items())) or "no mail")
    return 0


@_people.command("erase")
def erase(
    context: typer.Context,
    address: Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> int:
    """Erase somebody for good: what is left is a keyed hash, by which the address is kept out.

    Example: `newsletter subscribers erase ada@example.org --yes`
    """
    from newsletter.app.owning.erasing import erase as erase_person

    ws = workspace(context)
    if not yes:
        typer.confirm(f"Erase everything about {address} from {ws.settings.community.name}, for good?", abort=True)
    done = erase_person(ws, address)
    say(f"{address}: {'erased' if done.known else 'nobody had this address; it is kept out from now on'}")
    for line in _traces(done):
        say(line)
    return int(bool(done.traces.left))


def _traces(done: "Erased") -> list[str]:
    """What the look into the store's files found, and what is for the operator to delete."""
    left = done.traces.left
    found = {
        None: "The database overwrites what was deleted in its own time: see docs/operators.md.",
        0: "The store's files were looked through: the address is in none of them.",
    }.get(
        left, f"The store's files still spell the address {left} times, within longer addresses of others or in use."
    )
    kept = [f"Mails of the development outbox keep the address: delete {path}." for path in done.elsewhere]
    return [found, *kept, "Exports, backups and mails that left are for you to think of."]
