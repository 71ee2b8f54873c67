"""Moments at which a test may kill the process, each with a label; without NEWSLETTER_CRASH_AT they do nothing.

`NEWSLETTER_CRASH_AT="after mark:3"` ends this process by SIGKILL when it passes `after mark` for the third time, as a
power cut or an operator's kill -9 would: nothing is closed, flushed or said. A test aid, never of use in earnest.
"""

import os
import signal
from collections.abc import Callable

VARIABLE = "NEWSLETTER_CRASH_AT"

#: Called with the label of each moment that is passed; None, as always but in tests, costs one look.
_watcher: Callable[[str], None] | None = None


def crash_point(label: str) -> None:
    """This moment is passed."""
    if _watcher is not None:
        _watcher(label)


def are_watched() -> bool:
    """Whether anybody wants to know of moments; what would be costly to name is named only then."""
    return _watcher is not None


def watch(watcher: Callable[[str], None] | None) -> None:
    """Tell of every moment from now on; None ends it."""
    global _watcher
    _watcher = watcher


def arm(text: str) -> None:
    """Die at `LABEL:N`, the N-th passing of the label, or at the first where no number stands; empty disarms."""
    label, _, number = text.rpartition(":")
    label, left = (label, int(number)) if label and number.isdecimal() else (text, 1)

    def passed(name: str) -> None:
        nonlocal left
        left -= name == label
        if name == label and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(passed if text else None)


arm(os.environ.get(VARIABLE, ""))
