"""Mailchimp's audience export: three files, for those subscribed, unsubscribed and cleaned.

The columns in capitals are the same in every language; the first ones bear the names of the audience's own fields,
and the address is the first that holds one.
"""

from newsletter.people.importing.cell_values import tags_of
from newsletter.people.importing.profile import Profile
from newsletter.people.importing.words import ALIASES

_SIGNATURE = {"member rating", "optin time", "confirm time", "leid", "euid"}
_NAMES = {name: field for name, field in ALIASES.items() if field in ("email", "first_name", "last_name")}
_COLUMNS = {**_NAMES, "optin time": "joined", "confirm time": "confirmed", "timezone": "timezone"}
_TAGS = {"tags": tags_of}

PROFILES = (
    Profile(
        name="mailchimp",
        title="Mailchimp, those who are subscribed",
        signature=frozenset(_SIGNATURE),
        columns=_COLUMNS,
        readers=_TAGS,
        everybody="active",
    ),
    Profile(
        name="mailchimp-unsubscribed",
        title="Mailchimp, those who unsubscribed",
        signature=frozenset(_SIGNATURE | {"unsub time"}),
        columns=_COLUMNS | {"unsub time": "ended"},
        readers=_TAGS,
        everybody="left",
    ),
    Profile(
        name="mailchimp-cleaned",
        title="Mailchimp, those whose mail bounced",
        signature=frozenset(_SIGNATURE | {"clean time"}),
        columns=_COLUMNS | {"clean time": "ended"},
        readers=_TAGS,
        everybody="bounced",
    ),
)
