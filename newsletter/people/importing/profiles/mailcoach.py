"""Mailcoach's subscribers; tags stand between semicolons, other columns are extra attributes."""

from newsletter.people.importing.cell_values import tags_of
from newsletter.people.importing.profile import Profile

PROFILE = Profile(
    name="mailcoach",
    title="Mailcoach, subscribers",
    signature=frozenset({"email", "first name", "last name", "tags"}),
    columns={
        "email": "email",
        "first name": "first_name",
        "last name": "last_name",
        "subscribed at": "joined",
        "unsubscribed at": "ended",
    },
    readers={"tags": tags_of},
)
