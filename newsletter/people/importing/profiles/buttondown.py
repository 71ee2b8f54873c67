"""Buttondown's subscribers; `metadata` is a dictionary as Python prints it, whose entries become attributes."""

from newsletter.people.importing.cell_values import literal_of, tags_of
from newsletter.people.importing.profile import Profile

PROFILE = Profile(
    name="buttondown",
    title="Buttondown, subscribers",
    signature=frozenset({"email", "subscriber type", "creation date", "metadata"}),
    columns={
        "email": "email",
        "subscriber type": "standing",
        "creation date": "joined",
        "subscription date": "confirmed",
        "unsubscription date": "ended",
    },
    readers={"tags": tags_of},
    documents={"metadata": literal_of},
)
