"""The sendgrid package made fit to be trusted with mail: timeouts, no redirects, and no key or address in any log.

Its client follows redirects with the key, waits for ever, and writes headers and payload to its debug log.
"""

import http.client
import logging
import urllib.request
from email.message import Message
from typing import Any
from urllib.error import URLError

from python_http_client.client import Client
from sendgrid import SendGridAPIClient

from newsletter.providers.sendgrid_answer import Reply

_MOST_BODY = 65536


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

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response

    def getcode(self) -> int:
        return self._response.status

    def read(self) -> bytes:
        try:
            return self._response.read(_MOST_BODY)
        except (OSError, http.client.HTTPException):
            return b""
        finally:
            self._response.close()

    def info(self) -> Message:
        return self._response.headers


class _Client(Client):  # type: ignore[misc]  # the package has no types
    """The package's client, with an opener that neither redirects nor raises on a status."""

    def _build_client(self, name: str | None = None) -> "_Client":
        path = [*self._url_path, name] if name else self._url_path
        return _Client(self.host, self.request_headers, self._version, path, self.append_slash, self.timeout)

    def _make_request(self, opener: Any, request: urllib.request.Request, timeout: float | None = None) -> _Answer:
        del opener
        return _Answer(_opener().open(request, timeout=timeout or self.timeout))


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    handlers = (urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler())
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def post_mail(api_url: str, key: str, timeout: float, body: dict[str, Any]) -> Reply:
    """POST /v3/mail/send once; `timeout` in seconds bounds each wait."""
    # A client for each request: its headers are state that threads would share.
    api = SendGridAPIClient(key, host=api_url.rstrip("/"))
    api.client = _Client(api.host, api._default_headers, version=3, timeout=timeout)
    try:
        response = api.send(body)
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
