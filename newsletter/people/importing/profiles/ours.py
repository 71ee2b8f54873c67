"""The table that `subscribers export` writes."""

from newsletter.people.importing.profile import Profile

_NAMES = ("email", "name", "timezone", "clock", "language", "density", "topics", "digests", "list")

PROFILE = Profile(
    name="newsletter",
    title="an export of this program",
    signature=frozenset({"email", "digests", "list", "state", "since"}),
    columns={name: name for name in _NAMES} | {"state": "standing", "since": "since", "text only": "text_only"},
)
