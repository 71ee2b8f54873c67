"""Paths that every community's own pages use: below one of them no other community can be reached."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.model.workspace import Settings
from newsletter.settings.coverage import Fault

#: The first part of each path that the pages of a community answer.
RESERVED = frozenset(
    {
        *("u", "p", "mine", "address", "subscribe", "confirm", "link", "archive", "calendar", "assets"),
        *("api", "hooks", "healthz", "sign-in", "sign-out", "studio", "operator"),
    }
)


def first_reserved(path: str) -> str:
    """The first part of a path that is one of them; empty where none is."""
    return next((part for part in path.split("/") if part in RESERVED), "")


def reserved_paths(settings: Settings) -> Iterator[Fault]:
    """Whether the public address lies where a community above it has pages of its own."""
    if taken := first_reserved(urlsplit(settings.web.base_url).path):
        text = (
            f"`web.base_url`: {settings.web.base_url} has {taken!r} in its path, which is where every community has "
            "pages of its own: one that is reached above it at the same host would lose them; choose another path"
        )
        yield ("web", "base_url"), "settings.reserved-path", text
