"""Two designs that are known to be wrong, each with its own books: the harness must see what is wrong with them.

A worker has its own part of the readers, and takes it up again where its books say it was.
"""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from crash_workspace import KEY, opened
from support_mail import edition, row

from newsletter.app.dispatching import provider_of
from newsletter.crash_points import crash_point
from newsletter.model.delivery import Batch


def mark_after_send(root: str, part: str, parts: str) -> int:
    """Sends a batch and writes it down then: whoever is killed in between sends it again."""
    return _work(Path(root), part, int(parts), lambda send, write: (send(), write()))


def cursor_at_fetch(root: str, part: str, parts: str) -> int:
    """Moves its cursor when it fetches a batch: whoever is killed in between never sends it."""
    return _work(Path(root), part, int(parts), lambda send, write: (write(), send()))


Step = Callable[[], None]
DESIGNS: dict[str, Callable[..., int]] = {"mark-after-send": mark_after_send, "cursor-at-fetch": cursor_at_fetch}


def _work(root: Path, part: str, parts: int, turn: Callable[[Step, Step], object]) -> int:
    ws, books = opened(root), root / f"books-{part}.txt"
    mine = audience(root)[int(part) :: parts]
    with provider_of(ws) as provider:
        while batch := mine[len(_lines(books)) :][: ws.settings.provider.batch]:
            mails = _batch(batch)

            def send(mails: Batch = mails) -> None:
                crash_point("before hand over")
                provider.submit(mails)
                crash_point("after hand over")

            def write(batch: Sequence[str] = batch) -> None:
                with books.open("a") as file:
                    file.writelines(f"{address}\n" for address in batch)
                    file.flush()
                    os.fsync(file.fileno())

            turn(send, write)
    return 0


def _batch(addresses: Sequence[str]) -> Batch:
    rows = tuple(row(int(address[6:12]), address) for address in addresses)
    return Batch(f"bad-{rows[0].delivery_id}", KEY, "issue", edition(subject=KEY), rows, datetime.now(UTC))


def audience(root: Path) -> list[str]:
    """Who is to get the mail."""
    return _lines(root / "audience.txt")


def believed(root: Path) -> dict[str, str]:
    """What the books say: accepted for whoever stands in them."""
    done = {address for path in root.glob("books-*.txt") for address in _lines(path)}
    return {address: "accepted" if address in done else "pending" for address in audience(root)}


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
