"""The row by which a reader decides: sender, subject and first words, as lists of mail cut them."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr


@dataclass(frozen=True, slots=True)
class Client:
    """A list of mail: how many characters it shows, of the sender, the subject, and the words behind it.

    With `shared`, subject and words stand in one line of `line` characters, and the words get what is left.
    """

    name: str
    sender: int
    subject: int
    words: int
    shared: bool = False


#: Usual window sizes; clients cut by pixels, so these are rules of thumb (desk, phone, desk).
CLIENTS = (
    Client("Gmail", 20, 70, 110, shared=True),
    Client("Apple Mail on a phone", 28, 41, 81),
    Client("Outlook", 32, 52, 55),
)


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One list's row; `cut` says that the subject does not stand there whole."""

    client: str
    sender: str
    subject: str
    words: str
    cut: bool


def inbox_rows(
    sender: str, subject: str, preheader: str, clients: Sequence[Client] = CLIENTS
) -> tuple[InboxRow, ...]:
    """How each list shows the mail."""
    name = parseaddr(sender)[0] or sender
    return tuple(_row(client, name, subject, preheader) for client in clients)


def _row(client: Client, sender: str, subject: str, preheader: str) -> InboxRow:
    shown = shortened(subject, client.subject)
    room = client.words - len(shown) if client.shared else client.words
    return InboxRow(
        client.name, shortened(sender, client.sender), shown, shortened(preheader, room), shown != subject
    )


def shortened(text: str, room: int) -> str:
    """The text, or as much of it as there is room for, with an ellipsis; nothing where there is no room."""
    if len(text) <= room:
        return text
    return text[: room - 1].rstrip() + "…" if room > 1 else ""
