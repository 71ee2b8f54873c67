"""An SMTP server that does at each step what the test's script says, and remembers what it was told."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

#: What to do at a step: reply with this line; CLOSE; HANG.
CLOSE, HANG = "<close>", "<hang>"
Step = str | Callable[[int], str]

_USUAL: dict[str, Step] = {
    "greeting": "220 test",
    "EHLO": "250 test",
    "STARTTLS": "220 go on",
    "AUTH": "235 ok",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "body": "",
    "dot": "250 2.0.0 Ok: queued as ABC123",
    "BDAT": "250 2.0.0 Ok: queued as ABC123",
    "RSET": "250 ok",
    "NOOP": "250 ok",
    "QUIT": "221 bye",
}


def small_server() -> socket.socket:
    """A listener whose connections hold little, so that a message of some megabytes cannot hide in buffers."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


class _Closed(Exception):
    pass


class ScriptedSmtp:
    """`sessions` holds the commands of each connection, `messages` the bytes between DATA and the dot.

    An `orderly` server answers 503 to what follows a refused command; another goes by its script alone.
    """

    def __init__(
        self, script: dict[str, Step] | None = None, *, tls: ssl.SSLContext | None = None, implicit: bool = False
    ):
        self.script = _USUAL | (script or {})
        self.sessions: list[list[str]] = []
        self.messages: list[bytes] = []
        self.body_limit = 1000
        self.orderly = True
        self._counts: dict[str, int] = {}
        self._tls, self._implicit = tls, implicit
        self._listener = small_server()
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # who waits for a connection is woken by this alone
        self._listener.close()

    def commands(self, verb: str) -> list[str]:
        return [line for session in self.sessions for line in session if line.upper().startswith(verb)]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._session, args=(sock,), daemon=True).start()

    def _session(self, sock: socket.socket) -> None:
        self.sessions.append(commands := [])
        with contextlib.ExitStack() as stack, contextlib.suppress(_Closed, OSError):
            stack.enter_context(sock)
            if self._implicit and self._tls:
                sock = stack.enter_context(self._tls.wrap_socket(sock, server_side=True))
            self._do(sock, "greeting")
            self._talk(sock, commands)

    def _talk(self, sock: socket.socket, commands: list[str]) -> None:
        verb, out_of_order = "", False
        with sock.makefile("rb") as reader:
            while line := reader.readline():
                commands.append(line.decode("latin-1").rstrip("\r\n"))
                verb = commands[-1].split(" ")[0].upper()
                if verb == "BDAT":
                    self.messages.append(reader.read(int(commands[-1].split(" ")[1])))
                if out_of_order and self.orderly and verb in ("RCPT", "DATA", "BDAT"):
                    sock.sendall(b"503 bad sequence of commands\r\n")
                    continue
                reply = self._do(sock, verb if verb in self.script else "NOOP")
                out_of_order = verb in ("MAIL", "RCPT") and reply[:1] in "45"
                if verb == "DATA" and reply[:3] == "354":
                    self._body(sock, reader)
                elif verb in ("QUIT", "STARTTLS"):
                    break
        if verb == "STARTTLS" and self._tls:
            with self._tls.wrap_socket(sock, server_side=True) as secured:
                self._talk(secured, commands)

    def _body(self, sock: socket.socket, reader: BinaryIO) -> None:
        if self.script["body"]:
            reader.read(self.body_limit)
            self._do(sock, "body")
            raise _Closed
        lines: list[bytes] = []
        while (line := reader.readline()) != b".\r\n":
            if not line:  # whoever sends has gone before the dot: nothing is a message
                raise _Closed
            lines.append(line)
        self.messages.append(b"".join(lines))
        self._do(sock, "dot")

    def _do(self, sock: socket.socket, step: str) -> str:
        self._counts[step] = self._counts.get(step, 0) + 1
        action = self.script[step]
        reply = action(self._counts[step]) if callable(action) else action
        if reply == CLOSE:
            raise _Closed
        if reply == HANG:
            time.sleep(3)
            raise _Closed
        sock.sendall(reply.encode() + b"\r\n")
        return reply


@contextlib.contextmanager
def scripted(script: dict[str, Step] | None = None, **options: object) -> Iterator[ScriptedSmtp]:
    server = ScriptedSmtp(script, **options)
    try:
        yield server
    finally:
        server.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A self-signed certificate for 127.0.0.1: the server's context, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


def authority(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate for 127.0.0.1 by an authority of its own, `ca.pem` in the folder."""
    now = datetime.datetime.now(datetime.UTC)

    def made(
        name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey, *, ca: bool
    ) -> x509.Certificate:
        subject, signer = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (name, issuer))
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        return (
            x509.CertificateBuilder(signer, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .sign(by, hashes.SHA256())
        )

    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    private = leaf.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    served = made("mail", leaf, "authority", root, ca=False).public_bytes(serialization.Encoding.PEM)
    (folder / "mail.pem").write_bytes(private + served)
    believed = made("authority", root, "authority", root, ca=True).public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(believed)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "mail.pem")
    return server
