"""One file for each program whose exports are read, and the list of them all."""

from newsletter.people.importing.profile import Profile
from newsletter.people.importing.profiles import (
    beehiiv,
    buttondown,
    ghost,
    keila,
    listmonk,
    mailchimp,
    mailcoach,
    ours,
    plain,
    sendgrid,
    substack,
)

#: Every profile of a table, the plain one last.
TABLES: tuple[Profile, ...] = (
    *mailchimp.PROFILES,
    *substack.PROFILES,
    ghost.PROFILE,
    buttondown.PROFILE,
    listmonk.PROFILE,
    keila.PROFILE,
    beehiiv.PROFILE,
    mailcoach.PROFILE,
    *sendgrid.PROFILES,
    ours.PROFILE,
    plain.PROFILE,
)
