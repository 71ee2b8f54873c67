"""What people see when something is wrong: one clear message each, never a traceback.

Exit codes: 0 fine, 1 problems of level error, 2 wrong usage.
"""

import errno
import sys
from collections.abc import Callable, Sequence

from newsletter.cli.output import say, show_problems
from newsletter.redaction import redact

#: Exceptions that say all there is to say, with all that are kinds of them, and their exit codes; by name, so that
#: `--help` loads none of them.
_TOLD = {
    "ApprovalError": 1,
    "BackupError": 1,
    "CadenceError": 1,
    "DevSinkError": 1,
    "InitError": 1,
    "IssueMoveError": 1,
    "PortError": 1,
    "MailboxError": 1,
    "ProviderError": 1,
    "SendRefused": 1,
    "ShotError": 1,
    "StoreError": 1,
    "SegmentError": 2,
    "SubscriberError": 1,
    "UsageError": 2,
}


def run_guarded(arguments: Sequence[str]) -> int:
    """Run the command and turn what went wrong into a message and an exit code."""
    from newsletter.cli.commands import app

    return guarded(lambda: app(list(arguments), standalone_mode=False))


def guarded(command: Callable[[], object]) -> int:
    """The command's exit code; a fault of the program itself is raised."""
    try:
        code = command()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except KeyboardInterrupt:
        return _fail("stopped", 130)
    except Exception as error:
        return _explain(error)
    return code if isinstance(code, int) else 0


def _explain(error: Exception) -> int:
    """Problems are listed, known refusals are quoted, and so are Typer's complaints and the machine's."""
    problems = getattr(error, "problems", ())
    show_problems(problems)
    name = type(error).__name__
    if name in _TOLD:
        return _fail(str(error), _TOLD[name])
    if problems:
        return 1
    if hasattr(error, "format_message"):
        return _fail(error.format_message(), int(getattr(error, "exit_code", 2)))
    if hasattr(error, "exit_code"):
        return int(error.exit_code)
    if isinstance(error, OSError):
        return _fail(_os_error(error), 1)
    if name == "OperationalError":
        return _fail(_store_error(error), 1)
    for kind in type(error).__mro__:
        if kind.__name__ in _TOLD:
            return _fail(str(error), _TOLD[kind.__name__])
    raise error


def _store_error(error: Exception) -> str:
    """What the database says; nothing of the statement. What was not written is not there, and is done again."""
    said = getattr(error, "orig", None) or error
    return f"the store cannot be written or read now ({said}): make room or wait, then give the command again"


def _os_error(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"the port is in use; choose another with --port ({error.strerror})"
    where = f": {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}"


def _fail(text: str, code: int) -> int:
    say(f"newsletter: {redact.known(text)}", file=sys.stderr)
    return code
