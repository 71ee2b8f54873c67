"""A road that answers after a while and does nothing, but for writing down half-way whom it took."""

import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from newsletter.model.delivery import Batch, Receipt, receipts_for_all

#: Seconds that one batch takes.
ANSWER = 0.05


class Stub:
    """Each process writes a file of its own, a line for each delivery, before half of its time is over.

    So a worker may be killed before that, between that and its answer, and after it.
    """

    def __init__(self, root: Path) -> None:
        self._file = os.open(root / f"taken.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """Take all of it."""
        time.sleep(ANSWER / 2)
        os.write(self._file, "".join(f"{row.delivery_id}\n" for row in batch.rows).encode())
        time.sleep(ANSWER / 2)
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None:
        """Nothing more comes."""
        os.close(self._file)


def taken(root: Path) -> Counter[str]:
    """How often each delivery was taken, by whichever process."""
    return Counter(line for file in root.glob("taken.*") for line in file.read_text().splitlines())


def has_begun(root: Path, pid: int) -> bool:
    """Whether this process took a batch."""
    file = root / f"taken.{pid}"
    return file.exists() and file.stat().st_size > 0


class Growth:
    """How much was taken so far, without reading it again."""

    def __init__(self, root: Path, width: int = len(f"{0:032x}\n")) -> None:
        self._root, self._width = root, width

    def look(self) -> int:
        """Lines by now."""
        return sum(file.stat().st_size for file in self._root.glob("taken.*")) // self._width
