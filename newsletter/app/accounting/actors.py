"""Who is acting, as the log of deeds knows them: the account on the machine, or somebody who is signed in."""

import getpass
import os
from typing import TYPE_CHECKING

from newsletter.model.deeds import Actor

if TYPE_CHECKING:
    from newsletter.app.signing_in.people import Person


def account() -> Actor:
    """Whoever has this machine's command line, by the name of their account."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container's user often has a number alone
        name = f"user {os.getuid()}"
    return Actor("command line", name)


def signed_in(person: "Person") -> Actor:
    """Somebody who is signed in, by the keyed hash of their address and the roles that they have now."""
    return Actor("person", person.who, tuple(sorted(person.roles)))


def with_token(name: str) -> Actor:
    """A program that came with a token of this name."""
    return Actor("token", name)


def reader(subscriber_id: str) -> Actor:
    """A subscriber, about themselves."""
    return Actor("subscriber", subscriber_id)
