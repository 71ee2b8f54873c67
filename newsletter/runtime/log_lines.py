"""One formatter for every line that is logged, by whichever library: for people, or one JSON document a line.

Whatever a line says goes through a redactor: libraries, providers and peers write what they like into exceptions.
"""

import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Any, Literal

from newsletter.log_fields import FIELDS, SPOKEN_OF, about
from newsletter.redaction import Redactor, redact

Style = Literal["text", "json"]
STYLES: tuple[Style, ...] = ("text", "json")
#: Characters of a traceback that are kept, from its end, where the cause stands.
LONGEST_TRACE = 12_000
#: Libraries that talk more than an operator wants to hear, and how grave it must be.
QUIET = {
    "apscheduler": logging.ERROR,
    "alembic": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "procrastinate": logging.WARNING,
}
#: The syslog priorities that journald reads from the beginning of a line (sd-daemon(3)).
_PRIORITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}


class LogLines(logging.Formatter):
    """Formats a record as one line of text with the traceback indented below it, or as one JSON document."""

    def __init__(self, style: Style, redactor: Redactor = redact, *, journal: bool = False) -> None:
        super().__init__()
        self.style, self.redactor, self.journal = style, redactor, journal

    def format(self, record: logging.LogRecord) -> str:
        """The line; it never raises, since a line that cannot be written must not end what it tells of."""
        fields = self._fields(record)
        line = json.dumps(fields) if self.style == "json" else self._text(fields)
        return f"<{_priority(record.levelno)}>{line}" if self.journal else line

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        about = getattr(record, "about", None)
        known: Mapping[str, object] = about if isinstance(about, dict) else {}
        if community := SPOKEN_OF.get():
            known = {"community": community, **known}
        fields: dict[str, Any] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "event": str(getattr(record, "event", "") or record.name.rpartition(".")[2]),
            **{name: _plain(known[name], self.redactor) for name in FIELDS if name in known},
            "message": self.redactor(_message(record)),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0] is not None:
            fields["error"] = record.exc_info[0].__name__
            fields["trace"] = self.trace(record.exc_info[1])
        return fields

    def trace(self, error: BaseException | None) -> str:
        """The traceback without anybody's variables, and without what its messages give away."""
        whole = "".join(traceback.format_exception(error)).rstrip() if error else ""
        if len(whole) > LONGEST_TRACE:
            whole = "[...]" + whole[-LONGEST_TRACE:].partition("\n")[2]
        return self.redactor.whole(whole)

    def _text(self, fields: dict[str, Any]) -> str:
        ids = " ".join(f"{name}={_one_line(str(fields[name]))}" for name in FIELDS if name in fields)
        head = "" if self.journal else f"{fields['time']} {fields['level'].upper():7} "
        line = f"{head}{fields['event']}: {_one_line(fields['message'])}{f' [{ids}]' if ids else ''}"
        trace = "".join(f"\n    {_one_line(one)}" for one in fields.get("trace", "").splitlines())
        return line + trace


class PlainLines(LogLines):
    """A warning as a person at a terminal reads it."""

    def __init__(self) -> None:
        super().__init__("text")

    def _text(self, fields: dict[str, Any]) -> str:
        return "\n".join(filter(None, (fields["message"], fields.get("trace", ""))))


class LogHandler(logging.StreamHandler[IO[str]]):
    """Writes lines; of a record that cannot be formatted only its logger is told."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """Say that a line is missing, and why, without what it was to say."""
        kind = type(sys.exc_info()[1]).__name__
        self.stream.write(f"a line of {record.name} could not be logged ({kind})\n")


def log_to(stream: IO[str], style: Style, level: int = logging.INFO) -> LogHandler:
    """Have everything that is logged in this process written to the stream, and nothing anywhere else."""
    handler = LogHandler(stream)
    handler.setFormatter(LogLines(style, journal=is_journal(stream, os.environ)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
    return handler


def log_plainly(stream: IO[str]) -> None:
    """Have warnings told as they are in a command that ends soon: without time and fields, and without secrets."""
    handler = LogHandler(stream)
    handler.setFormatter(PlainLines())
    logging.getLogger().handlers[:] = [handler]


def log_crashes() -> None:
    """Have what ends a thread, or the process, logged like everything else; Python would print it as it is."""
    logger = logging.getLogger("newsletter")

    def crashed(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        logger.critical(
            "the program ended on a fault of its own",
            exc_info=(kind, error, error.__traceback__),
            extra=about("program.crashed"),
        )

    def thread_crashed(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            crashed(args.exc_type, args.exc_value, args.exc_traceback)

    def ignored(args: Any) -> None:
        if args.exc_value is not None:
            logger.error(
                "an error was passed over",
                exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
                extra=about("program.error"),
            )

    sys.excepthook, threading.excepthook, sys.unraisablehook = crashed, thread_crashed, ignored


def is_journal(stream: IO[str], environ: Mapping[str, str]) -> bool:
    """Whether the stream goes to journald, which has a clock and priorities of its own (systemd.exec(5))."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def _priority(level: int) -> int:
    return next((priority for least, priority in _PRIORITIES.items() if level >= least), 7)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:
        return f"[its arguments do not fit: {type(error).__name__}]"


def _plain(value: object, redactor: Redactor) -> object:
    return value if isinstance(value, int | float) else redactor(str(value))


def _time(created: float) -> str:
    return datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _one_line(text: str) -> str:
    """Nothing that is logged begins a line of its own, or moves the cursor of whoever reads it."""
    return "".join(one if one.isprintable() else " " for one in text.replace("\r\n", " ").replace("\n", " | "))
