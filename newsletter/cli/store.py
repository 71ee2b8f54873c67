"""Commands about the store itself: store backup, restore, migrate, copy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.options import AsJson, workspace
from newsletter.cli.output import print_json, say

if TYPE_CHECKING:
    from newsletter.model.backup import Manifest

app = typer.Typer(
    no_args_is_help=True,
    help="Copy the store, put a copy back, bring its schema up to date, and move it to another database.",
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.", dir_okay=False)]


def register(commands: typer.Typer) -> None:
    """Add the commands to the command line."""
    commands.add_typer(app, name="store")
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("migrate")(migrate)
    app.command("copy")(copy)


def backup(context: typer.Context, file: File, as_json: AsJson = False) -> None:
    """Write the store and its key into one file, as it stands at one moment; a running program may go on sending.

    Who has the file has every address, and can sign links: keep it as you keep the store.

    Example: `newsletter store backup /srv/backups/hours-2026-12-04.backup`
    """
    from newsletter.app.backing_up.backup import back_up

    made = back_up(workspace(context), file)
    if as_json:
        print_json(_document(made, file))
        return
    say(f"{file}: {_counted(made)}, {file.stat().st_size // 1024} KB, checked.")
    if not made.holds_key:
        say(f"The key is not in it, since it comes from NEWSLETTER_SECRET: keep that one (id {made.key}) as well.")


def restore(
    context: typer.Context,
    file: File,
    replace: Annotated[bool, typer.Option("--replace", help="Move the store that is there aside first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the store. Nothing is sent from it until you say so.

    Nobody knows what was sent after the backup was made: `newsletter status` tells what it holds, and
    `newsletter resume --restored` lets it send again. Stop `newsletter run` first.

    Example: `newsletter store restore /srv/backups/hours-2026-12-04.backup --replace`
    """
    from newsletter.app.backing_up.restore import restore as put_back

    done = put_back(workspace(context), file, replace=replace)
    if as_json:
        print_json(_document(done.manifest, file) | {"replaced": str(done.replaced) if done.replaced else None})
        return
    say(f"The store is that of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC: {_counted(done.manifest)}.")
    if done.replaced:
        say(f"What stood there is {done.replaced}.")
    say("Nothing is sent from it until `newsletter resume --restored`; look at `newsletter status` first.")


def migrate(
    context: typer.Context,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help="Make none: you have one, as of PostgreSQL by pg_dump.")
    ] = False,
) -> None:
    """Bring the store's schema up to this program's, with a backup before it.

    A mailing may be half sent, and goes on afterwards; but nobody may have a batch in hand: stop `newsletter run` and
    the workers first. The older program writes no more to a store that was brought up.

    Example: `newsletter store migrate`
    """
    from newsletter.app.backing_up.migrating import migrate_with_backup

    done = migrate_with_backup(workspace(context), backup=not no_backup)
    if done.before == done.after:
        say(f"The store's schema is {done.after} already; there was nothing to do.")
        return
    say(f"The store's schema was {done.before} and is {done.after} now.")
    if done.backup:
        say(f"The old store is in {done.backup}; delete it when all is well, for it holds every address.")


def copy(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="The store, as [store] url has it.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="An empty database, as postgresql://...")],
    as_json: AsJson = False,
) -> None:
    """Move the store to another database, as to PostgreSQL when one machine is not enough.

    Every row is copied and counted on both sides. The old store can be read afterwards and not written, so that
    nothing is sent from it any more: put the new URL into config.toml, and start `newsletter run` again. An issue
    may be half sent; the new store goes on where the old one stood. Broken off, it is finished by doing it again.

    Example: `newsletter store copy sqlite:///subscribers/newsletter.db postgresql://hours@db.example.org/hours`
    """
    from newsletter.app.backing_up.taking_over import take_over

    done = take_over(workspace(context), source, target)
    if as_json:
        print_json({"rows": dict(done.rows), "to": done.place, "in_hand": done.in_hand})
        return
    full = {name: count for name, count in done.rows.items() if count}
    say(f"{sum(full.values()):,} rows of {len(full)} tables are in {done.place}, counted on both sides.")
    if done.in_hand:
        say(f"{done.in_hand} deliveries were just being sent: `newsletter reconcile` settles what became of them.")
    say('The old store cannot be written any more. Put the new one into config.toml:\n  [store] url = "..."')


def _counted(made: "Manifest") -> str:
    return ", ".join(f"{count:,} {name} rows" for name, count in made.counts.items())


def _document(made: "Manifest", file: Path) -> dict[str, object]:
    return {
        "file": str(file),
        "made_at": made.made_at.isoformat(),
        "community": made.community,
        "schema": made.schema,
        "counts": made.counts,
        "sha256": made.digest,
        "key": made.key,
        "holds_key": made.holds_key,
    }
