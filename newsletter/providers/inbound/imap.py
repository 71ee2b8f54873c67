"""A mailbox on a server (IMAP4rev1, RFC 3501): what was dealt with is deleted there."""

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from newsletter.model.requests import BoxSettings

_PORTS = {"tls": 993, "starttls": 143, "none": 143}


class ImapInbox:
    """The selected folder of one connection."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self.connection = connection

    def messages(self, most: int) -> Iterator[tuple[str, bytes]]:
        """So many messages that are not deleted, by UID; OSError where the server does not give them."""
        found = _good(self.connection.uid("SEARCH", "UNDELETED"))
        names = found[0].split() if isinstance(found[0], bytes) else []
        for name in names[:most]:
            uid = name.decode("ascii")
            parts = _good(self.connection.uid("FETCH", uid, "(BODY.PEEK[])"))
            yield uid, next((part[1] for part in parts if isinstance(part, tuple)), b"")

    def remove(self, name: str) -> None:
        """Delete the message on the server."""
        _good(self.connection.uid("STORE", name, "+FLAGS", "(\\Deleted)"))


@contextmanager
def open_imap(settings: BoxSettings, password: str) -> Iterator[ImapInbox]:
    """The folder on the server; OSError where it cannot be reached or does not let us in."""
    try:
        connection = _connected(settings)
        with contextlib.closing(_Ending(connection)):
            connection.login(settings.username, password)
            _good(connection.select(_quoted(settings.folder)))
            yield ImapInbox(connection)
            connection.expunge()
    except imaplib.IMAP4.error as error:
        raise ConnectionError(f"{settings.host} refuses: {error}") from None


class _Ending:
    def __init__(self, connection: imaplib.IMAP4) -> None:
        self.connection = connection

    def close(self) -> None:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self.connection.logout()


def _connected(settings: BoxSettings) -> imaplib.IMAP4:
    port = settings.port or _PORTS[settings.security]
    if settings.security == "tls":
        secure = ssl.create_default_context()
        return imaplib.IMAP4_SSL(settings.host, port, ssl_context=secure, timeout=settings.timeout)
    connection = imaplib.IMAP4(settings.host, port, timeout=settings.timeout)
    if settings.security == "starttls":
        connection.starttls(ssl.create_default_context())
    return connection


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise ConnectionError(f"the server answers {status}")
    return data


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
