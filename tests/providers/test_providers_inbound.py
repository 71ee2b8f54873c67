"""Mailboxes as roads in: a folder, a file and a server give the same messages, and forget what was dealt with."""

import mailbox
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from support_smtp import small_server

from newsletter.model.requests import MailboxSettings
from newsletter.providers.inbound.registry import MailboxError, open_inbox

FIRST, SECOND = (f"From: ada@example.org\r\nSubject: {word}\r\n\r\n.\r\n".encode() for word in ("join", "leave"))


class Imap:
    """The few words of IMAP4rev1 that a reader of one folder needs; `deleted` are the UIDs that were expunged."""

    def __init__(self, password: str) -> None:
        self.mails = {7: FIRST, 9: SECOND}
        self.marked: set[int] = set()
        self.password = password
        self.listener = small_server()
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        sock, _ = self.listener.accept()
        with sock, sock.makefile("rwb") as file:
            file.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
            file.flush()
            for line in file:
                tag, word, *rest = line.decode().split()
                answer = self.answer(word.upper(), rest)
                file.write(b"".join(answer[:-1]) + f"{tag} {answer[-1].decode()} done\r\n".encode())
                file.flush()
                if word.upper() == "LOGOUT":
                    return

    def answer(self, word: str, rest: list[str]) -> list[bytes]:
        if word == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n", b"OK"]
        if word == "LOGIN":
            return [b"OK" if rest == ["hours", f'"{self.password}"'] else b"NO not so"]
        if word == "SELECT":
            return [
                f"* {len(self.mails)} EXISTS\r\n".encode(),
                b"OK" if rest == ['"INBOX"'] else b"NO no such folder",
            ]
        if word == "EXPUNGE":
            for uid in self.marked:
                self.mails.pop(uid, None)
        if word == "UID" and rest[0] == "SEARCH":
            return [b"* SEARCH " + " ".join(map(str, self.mails)).encode() + b"\r\n", b"OK"]
        if word == "UID" and rest[0] == "FETCH":
            raw = self.mails[int(rest[1])]
            return [f"* 1 FETCH (UID {rest[1]} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n", b"OK"]
        if word == "UID" and rest[0] == "STORE":
            self.marked.add(int(rest[1]))
        return [b"OK"]


SECRET = SecretStr("a-password")


def as_maildir(root: Path) -> MailboxSettings:
    box = mailbox.Maildir(root / "box")
    for number, raw in enumerate((FIRST, SECOND)):
        (root / "box" / "new" / f"{number}.1.here").write_bytes(raw)
    box.close()
    return MailboxSettings(kind="maildir", path="box")


def as_mbox(root: Path) -> MailboxSettings:
    box = mailbox.mbox(root / "box")
    for raw in (FIRST, SECOND):
        box.add(raw)
    box.close()
    return MailboxSettings(kind="mbox", path="box")


def as_imap(_root: Path) -> MailboxSettings:
    server = Imap("a-password")
    SERVERS.append(server)
    return MailboxSettings(kind="imap", host="127.0.0.1", port=server.port, security="none", username="hours")


SERVERS: list[Imap] = []


@contextmanager
def again(settings: MailboxSettings, root: Path) -> Iterator[list[bytes]]:
    """What lies in the mailbox after all that was closed."""
    if settings.kind == "imap":
        yield list(SERVERS[-1].mails.values())
        return
    with open_inbox(settings, SECRET, root) as inbox:
        yield [raw for _, raw in inbox.messages(10)]


@pytest.mark.parametrize("made", [as_maildir, as_mbox, as_imap])
def test_messages_come_in_order_and_what_is_removed_is_gone(
    tmp_path: Path, made: Callable[[Path], MailboxSettings]
) -> None:
    settings = made(tmp_path)
    with open_inbox(settings, SECRET, tmp_path) as inbox:
        found = [(name, raw.replace(b"\r\n", b"\n").strip()) for name, raw in inbox.messages(10)]
        wanted = [raw.replace(b"\r\n", b"\n").strip() for raw in (FIRST, SECOND)]
        assert sorted(raw for _, raw in found) == sorted(wanted)
        assert len(list(inbox.messages(1))) == 1
        inbox.remove(next(name for name, raw in found if b"join" in raw))
    with again(settings, tmp_path) as left:
        assert [b"leave" in raw for raw in left] == [True]


def test_a_mailbox_that_is_not_there_is_named(tmp_path: Path) -> None:
    for kind in ("maildir", "mbox"):
        settings = MailboxSettings(kind=kind, path="nowhere")  # type: ignore[arg-type]  # of the words
        with pytest.raises(MailboxError, match="nowhere"), open_inbox(settings, SECRET, tmp_path) as inbox:
            list(inbox.messages(1))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        # Held, and not listened at: nobody else can come to answer there.
        settings = MailboxSettings(kind="imap", host="127.0.0.1", port=free.getsockname()[1], security="none")
        with pytest.raises(MailboxError, match=r"127\.0\.0\.1"), open_inbox(settings, SECRET, tmp_path):
            pass


@pytest.mark.parametrize(("password", "folder"), [("wrong", "INBOX"), ("a-password", "elsewhere")])
def test_a_server_that_refuses_is_named_and_the_password_is_not(tmp_path: Path, password: str, folder: str) -> None:
    settings = as_imap(tmp_path).model_copy(update={"folder": folder})
    with (
        pytest.raises(MailboxError, match=r"127\.0\.0\.1") as told,
        open_inbox(settings, SecretStr(password), tmp_path),
    ):
        pass
    assert password not in str(told.value)


def test_a_server_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    listener = small_server()
    port = listener.getsockname()[1]
    settings = MailboxSettings(kind="imap", host="127.0.0.1", port=port, security="none", timeout=0.2)
    with pytest.raises(MailboxError, match="timed out"), open_inbox(settings, SECRET, tmp_path):
        pass
    listener.close()
