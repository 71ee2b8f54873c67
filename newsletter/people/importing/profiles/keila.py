"""Keila's contacts; `Data` is a JSON document, whose entries become attributes."""

from newsletter.people.importing.cell_values import json_of
from newsletter.people.importing.profile import Profile

PROFILE = Profile(
    name="keila",
    title="Keila, contacts",
    signature=frozenset({"email", "data", "status", "external id"}),
    columns={"email": "email", "first name": "first_name", "last name": "last_name", "status": "standing"},
    documents={"data": json_of},
)
