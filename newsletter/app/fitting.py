"""Mails to whole lists stay below what mailing-list software takes unasked."""

from dataclasses import replace

from newsletter.app.checking import Built, build
from newsletter.compose.fitting import entries_in, with_fewer
from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import Edition

#: Octets of a whole message that leave room for the addresses, below the 40 KB of Mailman's `max_message_size`.
ROOM = 39_000


def fitted(issue: Issue, draft: Draft) -> Built:
    """The issue, for a whole list with as many entries as fit; as plain text where not even one would."""
    built = build(issue, draft)
    if not issue.choices.shared or _fits(built):
        return built
    best, least, most = None, 1, entries_in(issue) - 1
    while least <= most:
        middle = (least + most) // 2
        built = build(with_fewer(issue, draft, middle), draft)
        if _fits(built):
            best, least = built, middle + 1
        else:
            most = middle - 1
    return best or build(replace(issue, choices=replace(issue.choices, text_only=True)), draft)


def octets(edition: Edition) -> int:
    """The size of the message without what its slots hold."""
    return sum(len(part) for part in edition.mime if isinstance(part, bytes))


def _fits(built: Built) -> bool:
    return octets(built.edition) <= ROOM
