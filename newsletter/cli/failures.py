"""What people see when something is wrong: one clear message each, never a traceback.

Exit codes: 0 fine, 1 problems of level error, 2 wrong usage.
"""

import errno
import sys
from collections.abc import Callable, Sequence

from newsletter.app.editing import ApprovalError
from newsletter.app.timing import UsageError
from newsletter.cli.output import say, show_problems
from newsletter.render.errors import RenderError
from newsletter.settings.reading import SettingsError

#: Exceptions whose message is the whole story, and the exit code each means.
_PLAIN: dict[str, int] = {
    "IssueMoveError": 1,
    "ProviderError": 1,
    "DevSinkError": 1,
    "PortInUse": 1,
    "SendRefused": 1,
    "InitError": 1,
}


def run_guarded(arguments: Sequence[str]) -> int:
    """Run the command and turn what went wrong into a message and an exit code."""
    from newsletter.cli.commands import app

    return guarded(lambda: app(list(arguments), standalone_mode=False))


def guarded(command: Callable[[], object]) -> int:
    """The command's exit code."""
    try:
        code = command()
    except (SettingsError, RenderError) as error:
        show_problems(error.problems)
        return 1
    except ApprovalError as error:
        show_problems(error.problems)
        return _fail(str(error), 1)
    except UsageError as error:
        return _fail(str(error), 2)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except KeyboardInterrupt:
        return _fail("stopped", 130)
    except Exception as error:
        return _unexpected(error)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> int:
    """Typer's own complaints, the network's and the disk's; anything else is a fault of ours and is raised."""
    name = type(error).__name__
    if name in _PLAIN:
        return _fail(str(error), _PLAIN[name])
    if hasattr(error, "exit_code") and hasattr(error, "format_message"):
        return _fail(error.format_message(), int(error.exit_code))
    if hasattr(error, "exit_code"):
        return int(error.exit_code)
    if isinstance(error, OSError):
        return _fail(_os_error(error), 1)
    raise error


def _os_error(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"the port is in use; choose another with --port ({error.strerror})"
    where = f": {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}"


def _fail(text: str, code: int) -> int:
    say(f"newsletter: {text}", file=sys.stderr)
    return code
