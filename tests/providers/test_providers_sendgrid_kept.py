"""Connections to the API that are kept: used again while they can be trusted, and never at the price of a doubt."""

import fcntl
import http.client
import resource
import socket
import threading
from collections.abc import Iterator
from itertools import takewhile

import pytest
from pydantic import SecretStr
from support_mail import batch, edition, row

from newsletter.providers import sendgrid_kept
from newsletter.providers.sendgrid import SendGridProvider, SendGridRoute

TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nX-Message-Id: abc\r\n\r\n"


class Api:
    """Answers each request as told, and counts connections; `last` ends one after its answer."""

    def __init__(self, answer: bytes = TAKEN, *, last: bool = False) -> None:
        self.connections = self.requests = 0
        self._answer, self._last = answer, last
        self.ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as reader:
            while head := b"".join(takewhile(lambda line: line != b"\r\n", reader)):
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
                reader.read(int(length.split(b":")[1]))
                self.requests += 1
                sock.sendall(self._answer)
                if self._last:
                    break
        self.ended.set()


def road(url: str) -> SendGridProvider:
    return SendGridProvider(SendGridRoute(url, SecretStr("SG.test"), timeout=60))


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    yield made
    made.close()


def test_batch_after_batch_goes_over_one_connection(api: Api) -> None:
    provider = road(api.url)
    outcomes = [provider.submit(batch([row(number)]))[0].outcome for number in range(5)]
    provider.close()
    assert outcomes == ["accepted"] * 5
    assert (api.connections, api.requests) == (1, 5)


def test_one_that_was_idle_for_long_is_not_trusted_with_a_request(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sendgrid_kept, "_IDLE", -1.0)
    provider = road(api.url)
    for number in range(2):
        provider.submit(batch([row(number)]))
    provider.close()
    assert api.connections == 2


def test_one_that_the_other_side_closed_costs_no_doubt() -> None:
    api = Api(last=True)
    provider = road(api.url)
    outcomes = []
    for number in range(3):
        api.ended.clear()
        outcomes.append(provider.submit(batch([row(number)]))[0].outcome)
        assert api.ended.wait(30)
    provider.close()
    api.close()
    assert outcomes == ["accepted"] * 3
    assert api.connections == 3


def test_an_answer_that_is_longer_than_anybody_reads_costs_its_connection() -> None:
    api = Api(b"HTTP/1.1 202 Accepted\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70_000)
    provider = road(api.url)
    outcomes = [provider.submit(batch([row(number)]))[0].outcome for number in range(2)]
    provider.close()
    api.close()
    assert outcomes == ["accepted"] * 2
    assert api.connections == 2


def test_an_answer_that_is_not_the_last_costs_its_connection() -> None:
    """The last one would be taken for the answer to the next request."""
    api = Api(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    provider = road(api.url)
    outcomes = [provider.submit(batch([row(number)]))[0].outcome for number in range(2)]
    provider.close()
    api.close()
    assert outcomes == ["unknown"] * 2
    assert api.connections == 2


def test_a_key_that_cannot_be_written_into_a_header_sends_nothing(api: Api) -> None:
    provider = SendGridProvider(SendGridRoute(api.url, SecretStr("SG.te\nst"), timeout=60))
    [receipt] = provider.submit(batch([row(1)]))
    provider.close()
    assert (receipt.outcome, api.requests) == ("not_submitted", 0)
    assert "SG." not in receipt.detail


def test_a_connection_may_be_the_two_thousandth_file_of_its_process(api: Api) -> None:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(files[0], 2100), files[1]))
    low = socket.create_connection(("127.0.0.1", int(api.url.rpartition(":")[2])))
    connection = http.client.HTTPConnection("127.0.0.1")
    connection.sock = socket.socket(fileno=fcntl.fcntl(low.fileno(), fcntl.F_DUPFD, 2000))
    assert not sendgrid_kept._has_spoken(connection)
    connection.close()
    low.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, files)


def test_through_a_proxy_the_packages_own_client_goes(monkeypatch: pytest.MonkeyPatch, api: Api) -> None:
    monkeypatch.setenv("http_proxy", api.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    [receipt] = road("http://api.example.org").submit(batch([row(1)], of=edition()))
    assert receipt.outcome == "accepted"
    assert api.requests == 1
