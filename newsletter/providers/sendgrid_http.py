"""The sendgrid package made fit to be trusted with mail: timeouts, no redirects, and no key or address in any log.

Its client follows redirects with the key, waits for ever, and writes headers and payload to its debug log.
"""

import http.client
import logging
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from email.message import Message
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

from python_http_client.client import Client
from sendgrid import SendGridAPIClient

from newsletter.providers.sendgrid_answer import Reply

#: Bytes of an answer that are looked at: an error page may be of any length.
MOST_BODY = 1 << 16
#: The same for an answer that is asked for its content.
MOST_ANSWER = 1 << 22


class NotSubmittedError(Exception):
    """The connection or the request failed before its last byte was written: nothing was submitted."""


class NoAnswerError(Exception):
    """The request was written whole and no status came back: it may have been accepted."""


def _above_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# A filter holds where a level would be overruled by whoever turns debugging on.
logging.getLogger("python_http_client.client").addFilter(_above_debug)


class _Answer:
    """What the package expects of a response: any status, and as much of the body as came."""

    def __init__(self, response: http.client.HTTPResponse, most: int) -> None:
        self._response, self._most = response, most

    def getcode(self) -> int:
        return self._response.status

    def read(self) -> bytes:
        try:
            return self._response.read(self._most)
        except (OSError, http.client.HTTPException):
            return b""
        finally:
            self._response.close()

    def info(self) -> Message:
        return self._response.headers


class _Client(Client):  # type: ignore[misc]  # the package has no types
    """The package's client, with an opener that neither redirects nor raises on a status."""

    most_body = MOST_BODY

    def _build_client(self, name: str | None = None) -> "_Client":
        path = [*self._url_path, name] if name else self._url_path
        made = _Client(self.host, self.request_headers, self._version, path, self.append_slash, self.timeout)
        made.most_body = self.most_body
        return made

    def _make_request(self, opener: Any, request: urllib.request.Request, timeout: float | None = None) -> _Answer:
        del opener
        return _Answer(_opener().open(request, timeout=timeout or self.timeout), self.most_body)


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    handlers = (urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler())
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def post_mail(api_url: str, key: str, timeout: float, body: dict[str, Any]) -> Reply:
    """POST /v3/mail/send once; `timeout` in seconds bounds each wait."""
    api = _api(api_url, key, timeout)
    return _reply(lambda: api.send(body))


def call(api_url: str, key: str, timeout: float, path: Sequence[str], body: Mapping[str, Any] | None = None) -> Reply:
    """POST the body to a route below /v3, or GET it without one; errors as of `post_mail`."""
    route = _api(api_url, key, timeout).client
    route.most_body = MOST_ANSWER
    for part in path:
        route = route._(quote(part, safe=""))
    return _reply(route.get if body is None else lambda: route.post(request_body=dict(body)))


def _api(api_url: str, key: str, timeout: float) -> SendGridAPIClient:
    # A client for each request: its headers are state that threads would share.
    api = SendGridAPIClient(key, host=api_url.rstrip("/"))
    api.client = _Client(api.host, api._default_headers, version=3, timeout=timeout)
    return api


def _reply(ask: Callable[[], Any]) -> Reply:
    try:
        response = ask()
    except http.client.InvalidURL as error:
        raise NotSubmittedError(str(error)) from None
    except URLError as error:
        # urllib raises this for what happens up to the last byte of the request, and nothing after it.
        raise NotSubmittedError(str(error.reason)) from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(str(error) or type(error).__name__) from None
    return Reply(
        response.status_code, response.body, {name.lower(): value for name, value in response.headers.items()}
    )
