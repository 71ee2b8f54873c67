"""A plain table: any columns, of which one holds addresses; what their names mean is looked up in six languages."""

from newsletter.people.importing.profile import Profile
from newsletter.people.importing.words import ALIASES

PROFILE = Profile(name="plain", title="a plain table", signature=frozenset(), columns=ALIASES)
