"""Substack's two exports: everybody who signed up, and those who pay. `email_disabled` says who wants no mail."""

from newsletter.people.importing.profile import Profile
from newsletter.people.importing.standing import Standing
from newsletter.people.importing.words import is_yes


def _standing(disabled: str) -> Standing:
    return "left" if is_yes(disabled) else "active"


_COLUMNS = {"email": "email", "email disabled": "standing"}

PROFILES = (
    Profile(
        name="substack",
        title="Substack, signups",
        signature=frozenset({"email", "active subscription", "expiry", "email disabled", "created at"}),
        columns=_COLUMNS | {"created at": "joined"},
        standing=_standing,
    ),
    Profile(
        name="substack-paid",
        title="Substack, paid subscriptions",
        signature=frozenset({"email", "expiry", "email disabled", "stripe connected customer id", "type"}),
        columns=_COLUMNS,
        standing=_standing,
    ),
)
