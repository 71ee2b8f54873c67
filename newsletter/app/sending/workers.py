"""Who works on the ledger: a name that tells, on the same machine, whether its bearer is still there."""

import os
import secrets
import socket
from pathlib import Path


def this_worker(suffix: str = "") -> str:
    """HOST:PID:TOKEN of this process; `suffix` tells its threads apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{_BORN}{suffix}"


def is_dead(worker: str) -> bool:
    """Whether the worker is known to have ended. Another machine's is never known.

    A process id that was given away again is told by when its new bearer started, where the system says it.
    """
    host, pid, token = [*worker.rsplit(":", 2), "", ""][:3]
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return not token.startswith(_BORN)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OverflowError:
        return False
    except PermissionError:
        pass
    started, named = _started(pid), token.partition("-")[0]
    return bool(started) and named.startswith("t") and named != f"t{started}"


def _started(pid: str | int) -> str:
    """When the process started, in ticks since the machine did; empty where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return stat.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _token() -> str:
    return f"t{_started(os.getpid())}-{secrets.token_hex(4)}"


_BORN = _token()


def _be_born() -> None:
    """A process that was forked is another worker than the one it was forked from."""
    global _BORN
    _BORN = _token()


os.register_at_fork(after_in_child=_be_born)
