"""What a mail that came back to us says, whoever wrote it and in whatever shape."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: hard: the address is none. soft: it failed this time. block: it was refused for what or whose it is. delay: it is
#: still tried. complaint: its reader called it spam. leave: its reader wants to leave. pass: it is about nothing.
Nature = Literal["hard", "soft", "block", "delay", "complaint", "leave", "pass"]


@dataclass(frozen=True, slots=True)
class Report:
    """One mail about a mail of ours, with what names that mail.

    `detail` is for people: status and words of the server that refused, or why the mail is passed over. `message_ids`
    are bare Message-IDs it returns, `sent_to` addresses it was sent to, of which one may be a return path of ours;
    `returned_to` is whom the returned mail was for, where that can be read. `at` is when it was written, as it says.
    """

    nature: Nature
    detail: str = ""
    recipient: str = ""
    message_ids: tuple[str, ...] = ()
    sent_to: tuple[str, ...] = ()
    returned_to: str = ""
    at: datetime | None = None
