"""listmonk's subscribers, as exported and as prepared for its import; lists and their states are in neither."""

from newsletter.people.importing.cell_values import json_of
from newsletter.people.importing.profile import Profile

PROFILE = Profile(
    name="listmonk",
    title="listmonk, subscribers",
    signature=frozenset({"email", "attributes"}),
    columns={"email": "email", "name": "name", "status": "standing", "created at": "joined"},
    documents={"attributes": json_of},
)
