"""An HTTP server that answers one canned response to each request, or misbehaves below HTTP."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from support_smtp import small_server

Answer = Callable[[bytes], bytes | None]


class CannedHttp:
    """`requests` holds each whole request; `answer` gets it and returns the raw response, or None to hang up."""

    def __init__(self, answer: Answer, read_limit: int | None = None) -> None:
        self.requests: list[bytes] = []
        self._answer, self._limit = answer, read_limit
        self._listener = small_server()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # who waits for a connection is woken by this alone
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                with sock, contextlib.suppress(OSError):
                    self._one(sock)

    def _one(self, sock: socket.socket) -> None:
        request = self._read(sock)
        # Ports are used again: a late connection meant for an earlier server asks nothing of this one.
        if not request:
            return
        self.requests.append(request)
        reply = self._answer(request)
        if reply is not None:
            sock.sendall(reply)

    def _read(self, sock: socket.socket) -> bytes:
        data = b""
        while not _whole(data) and (self._limit is None or len(data) < self._limit):
            if not (more := sock.recv(65536)):
                break
            data += more
        return data


def _whole(data: bytes) -> bool:
    head, found, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(found) and len(body) >= int(lengths[0] if lengths else 0)


@contextlib.contextmanager
def canned(answer: Answer | bytes | None, read_limit: int | None = None) -> Iterator[CannedHttp]:
    """A server that always gives this answer (None: closes without one)."""
    server = CannedHttp(answer if callable(answer) else lambda _: answer, read_limit)
    try:
        yield server
    finally:
        server.close()


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A raw HTTP/1.1 response."""
    lines = [f"HTTP/1.1 {status} Test", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
