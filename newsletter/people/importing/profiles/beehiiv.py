"""beehiiv's subscribers; tiers and custom fields become attributes."""

from newsletter.people.importing.profile import Profile

PROFILE = Profile(
    name="beehiiv",
    title="beehiiv, subscribers",
    signature=frozenset({"email", "status", "tier", "created at"}),
    columns={
        "email": "email",
        "first name": "first_name",
        "last name": "last_name",
        "status": "standing",
        "created at": "joined",
        "unsubscribed at": "ended",
    },
)
