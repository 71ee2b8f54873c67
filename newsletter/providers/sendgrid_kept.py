"""POST /v3/mail/send over connections that are kept, which the sendgrid package's client cannot do.

Up to the last byte of a request a failure has submitted nothing; from then on only an answer can tell. A connection
that was idle for long may have been closed by the other side without a word, so it is not trusted with a request.
Where a proxy stands between, the package's client finds it.
"""

import contextlib
import http.client
import json
import selectors
import time
import urllib.request
import weakref
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr
from sendgrid import SendGridAPIClient

from newsletter.providers.sendgrid_answer import Reply
from newsletter.providers.sendgrid_http import MOST_BODY, NoAnswerError, NotSubmittedError, post_mail

#: Seconds after which an idle connection is not used again.
_IDLE = 2.0


class KeptConnections:
    """Connections to one API, each used by one thread at a time; `timeout` in seconds bounds each wait."""

    def __init__(self, api_url: str, key: SecretStr, timeout: float) -> None:
        self._url, self._key, self._timeout = api_url, key, timeout
        self._idle: list[tuple[float, http.client.HTTPConnection]] = []
        self._place: SplitResult = urlsplit(api_url.rstrip("/"))
        weakref.finalize(self, _close_all, self._idle)

    def post_mail(self, body: bytes) -> Reply:
        """The answer to one request; NotSubmittedError or NoAnswerError where there is none."""
        if self._by_proxy():
            return post_mail(self._url, self._key.get_secret_value(), self._timeout, json.loads(body))
        connection = self._connected()
        try:
            reply = _asked(connection, f"{self._place.path}/v3/mail/send", body, self._headers())
        except (NotSubmittedError, NoAnswerError):
            connection.close()
            raise
        if connection.sock is not None:
            self._idle.append((time.monotonic(), connection))
        return reply

    def close(self) -> None:
        """Let go of those that are idle."""
        _close_all(self._idle)

    def _headers(self) -> dict[str, str]:
        """As the package would send them."""
        found: dict[str, str] = SendGridAPIClient(self._key.get_secret_value())._default_headers
        return found | {"Content-Type": "application/json"}

    def _by_proxy(self) -> bool:
        host = self._place.hostname or ""
        return self._place.scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)

    def _connected(self) -> http.client.HTTPConnection:
        with contextlib.suppress(IndexError):
            while True:
                since, connection = self._idle.pop()
                if time.monotonic() - since < _IDLE and not _has_spoken(connection):
                    return connection
                connection.close()
        return self._dialled()

    def _dialled(self) -> http.client.HTTPConnection:
        secure = self._place.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection: http.client.HTTPConnection | None = None
        try:
            connection = kind(self._place.hostname or "", self._place.port, timeout=self._timeout)
            connection.connect()
        except (OSError, ValueError, http.client.HTTPException) as error:
            if connection is not None:
                connection.close()
            raise NotSubmittedError(str(error) or type(error).__name__) from None
        return connection


def _close_all(idle: list[tuple[float, http.client.HTTPConnection]]) -> None:
    while idle:
        idle.pop()[1].close()


def _has_spoken(connection: http.client.HTTPConnection) -> bool:
    """Whether the other side hung up, or said something that nobody asked for."""
    if connection.sock is None:
        return True
    with selectors.DefaultSelector() as watched:  # select() itself takes no number of a file beyond 1023
        watched.register(connection.sock, selectors.EVENT_READ)
        return bool(watched.select(0))


def _asked(connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> Reply:
    try:
        connection.request("POST", path, body, headers)
    except ValueError:  # whose words tell the key
        raise NotSubmittedError("the key holds what no header may hold, such as a line's end") from None
    except (OSError, http.client.HTTPException) as error:
        raise NotSubmittedError(str(error) or type(error).__name__) from None
    try:
        response = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(str(error) or type(error).__name__) from None
    return Reply(response.status, _read(response, connection), {k.lower(): v for k, v in response.getheaders()})


def _read(response: http.client.HTTPResponse, connection: http.client.HTTPConnection) -> bytes:
    """As much of the answer as is looked at; what is longer or breaks off costs the connection."""
    body = b""
    if response.status < 200:  # an interim answer: the last one is yet to come, and must not be taken for the next
        connection.close()
        return body
    with contextlib.suppress(OSError, http.client.HTTPException):
        body = response.read(MOST_BODY)
        if response.isclosed() or response.read(1) == b"":
            return body
    connection.close()
    return body
