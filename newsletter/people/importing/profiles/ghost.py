"""Ghost's members; labels and products (tiers, in newer exports) are lists between commas."""

from newsletter.people.importing.cell_values import tags_of
from newsletter.people.importing.profile import Profile
from newsletter.people.importing.standing import Standing
from newsletter.people.importing.words import is_yes


def _standing(subscribed: str) -> Standing:
    return "active" if is_yes(subscribed) else "left"


PROFILE = Profile(
    name="ghost",
    title="Ghost, members",
    signature=frozenset({"email", "subscribed to emails", "complimentary plan", "created at"}),
    columns={
        "email": "email",
        "name": "name",
        "subscribed to emails": "standing",
        "created at": "joined",
        "deleted at": "ended",
    },
    readers={"labels": tags_of, "products": tags_of, "tiers": tags_of},
    standing=_standing,
    ended_wins=True,
)
