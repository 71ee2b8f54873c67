"""A warm process from which workers are forked, so that a thousand of them can be killed in minutes.

Starting Python and importing the program costs a second of processor time, a fork some milliseconds. What is forked
is a process like any other: it runs the program's own command line, has its own connections, and dies by SIGKILL.

Orders come as JSON lines on standard input, answers go to standard output.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
#: What a worker would import when it is started.
WARM = (
    "newsletter.cli.commands",
    "newsletter.app.dispatching",
    "newsletter.app.sending.draining",
    "newsletter.app.sending.auditing",
    "newsletter.app.sending.reconciling",
    "newsletter.providers.smtp",
    "newsletter.providers.sendgrid",
    "newsletter.runtime.server",
    "newsletter.store.engine",
    "crash_roles",
)


class Zygote:
    """The warm process as its parent sees it."""

    def __init__(self, *more: str) -> None:
        """`more` are modules that what is forked would import besides."""
        places = os.pathsep.join((str(HERE), str(HERE.parent), str(HERE.parents[1])))
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "crash_zygote.py"), *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": places},
        )
        assert self._ask("hello") == 0, "the zygote did not start"

    def start(self, role: str, *arguments: str, env: dict[str, str], out: Path = Path(os.devnull)) -> int:
        """Fork a process that plays a role of `crash_roles`; its id."""
        return self._ask("start", role=role, arguments=arguments, env=env, out=str(out))

    def run(self, role: str, *arguments: str, env: dict[str, str], out: Path = Path(os.devnull)) -> int:
        """Fork it and wait; its exit code, or the negative signal that ended it."""
        return self.wait(self.start(role, *arguments, env=env, out=out))

    def kill(self, pid: int, number: int = signal.SIGKILL) -> int:
        """Send the signal, and wait until the process is gone; as `run`."""
        return self._ask("kill", pid=pid, number=int(number))

    def wait(self, pid: int) -> int:
        """Wait until the process ends by itself; as `run`."""
        return self._ask("wait", pid=pid)

    def stopped(self, pid: int) -> bool:
        """Wait until the process is stopped; False where it ended instead."""
        return bool(self._ask("stopped", pid=pid))

    def signal(self, pid: int, number: int) -> None:
        """Send the signal, and wait for nothing."""
        self._ask("signal", pid=pid, number=int(number))

    def close(self) -> None:
        """End it; what it forked ends by itself or was killed."""
        self._process.communicate(timeout=60)

    def _ask(self, order: str, **details: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"order": order, **details}) + "\n")
        self._process.stdin.flush()
        answer: int = json.loads(self._process.stdout.readline())
        return answer


def serve() -> None:
    """Answer orders until the input ends."""
    for name in (*WARM, *sys.argv[1:]):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(f"{obey(json.loads(line))}\n")
        sys.stdout.flush()


def obey(order: dict[str, Any]) -> int:
    """Do as one order says."""
    if order["order"] == "start":
        return os.fork() or play(order["role"], order["arguments"], order["env"], order["out"])
    if order["order"] in ("kill", "signal"):
        os.kill(order["pid"], order["number"])
    if order["order"] == "stopped":
        return int(os.WIFSTOPPED(os.waitpid(order["pid"], os.WUNTRACED)[1]))
    if order["order"] in ("kill", "wait"):
        return os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])
    return 0


def play(role: str, arguments: Sequence[str], env: dict[str, str], out: str) -> int:
    """In the child: become what was asked for, and never return."""
    import crash_roles

    code = 70
    try:
        _redirect(out)
        os.environ.update(env)
        code = crash_roles.play(role, arguments)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(out: str) -> None:
    sink = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for number, handle in ((0, null), (1, sink), (2, sink)):
        os.dup2(handle, number)


if __name__ == "__main__":
    serve()
