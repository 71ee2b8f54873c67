"""Who works on the ledger: a name that tells, on the same machine, whether its bearer is still there."""

import os
import secrets
import socket

_BORN = secrets.token_hex(4)


def _be_born() -> None:
    """A process that was forked is another worker than the one it was forked from."""
    global _BORN
    _BORN = secrets.token_hex(4)


os.register_at_fork(after_in_child=_be_born)


def this_worker(suffix: str = "") -> str:
    """HOST:PID:TOKEN of this process; `suffix` tells its threads apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{_BORN}{suffix}"


def is_dead(worker: str) -> bool:
    """Whether the worker is known to have ended. Another machine's is never known, nor is a process id reused."""
    host, pid, token = [*worker.rsplit(":", 2), "", ""][:3]
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return not token.startswith(_BORN)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
