"""A mailbox that the settings name: a folder, a file, or one on a server. One short protocol for all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from newsletter.model.requests import BoxSettings
from newsletter.providers.inbound.files import open_maildir, open_mbox
from newsletter.providers.inbound.imap import open_imap


class MailboxError(Exception):
    """The mailbox cannot be read; the sentence names it and says what to do."""


class Inbox(Protocol):
    """A mailbox that is open: whoever has dealt with a message removes it."""

    def messages(self, most: int) -> Iterator[tuple[str, bytes]]:
        """So many messages, oldest first: a name in this mailbox, and the bytes."""
        ...

    def remove(self, name: str) -> None:
        """Take a message out of the mailbox."""
        ...


@contextmanager
def open_inbox(settings: BoxSettings, password: SecretStr | None, root: Path) -> Iterator[Inbox]:
    """The mailbox, closed at the end; MailboxError where it is not there, does not let us in, or breaks off."""
    try:
        with _opened(settings, password, root) as inbox:
            yield inbox
    except OSError as error:
        where = settings.path or settings.host
        raise MailboxError(
            f"the mailbox {where} cannot be read ({error}): check its settings in config.toml"
        ) from error


def _opened(settings: BoxSettings, password: SecretStr | None, root: Path) -> AbstractContextManager[Inbox]:
    if settings.kind == "maildir":
        return open_maildir(root / settings.path)
    if settings.kind == "mbox":
        return open_mbox(root / settings.path)
    return open_imap(settings, password.get_secret_value() if password else "")
