"""SendGrid's contacts, and its suppressions: bounces, blocks, invalid addresses, spam reports, unsubscribes.

A block is a mailbox's refusal of one mail, so it says nothing about the next. Bounces and blocks have the same
columns, and those of unsubscribes are any table's: the file's name or `--profile` tells them apart.
"""

from newsletter.people.importing.profile import Profile
from newsletter.people.importing.standing import Standing


def _suppressions(
    name: str, title: str, columns: str, everybody: Standing, hint: str, *, weak: bool = False
) -> Profile:
    return Profile(
        name=f"sendgrid-{name}",
        title=f"SendGrid, {title}",
        signature=frozenset(columns.split()),
        columns={"email": "email", "created": "ended"},
        everybody=everybody,
        hint=hint,
        weak=weak,
    )


PROFILES = (
    Profile(
        name="sendgrid",
        title="SendGrid, contacts",
        signature=frozenset({"email", "first name", "last name", "address line 1", "state province region"}),
        columns={
            "email": "email",
            "first name": "first_name",
            "last name": "last_name",
            "created at": "joined",
        },
    ),
    _suppressions("bounces", "bounces", "email created reason status", "bounced", "bounce"),
    _suppressions("blocks", "blocks", "email created reason status", "passed", "block"),
    _suppressions("invalid", "invalid addresses", "email created reason", "bounced", "invalid", weak=True),
    _suppressions("spam-reports", "spam reports", "email created ip", "complained", "spam", weak=True),
    _suppressions("unsubscribes", "unsubscribes", "email created", "left", "unsub", weak=True),
)
