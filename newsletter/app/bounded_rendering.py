"""Rendering in a process of its own, under a second hand and a lid on memory.

Templates are the editors', and in a hosted studio those of many communities: one that never ends, or that fills the
memory, is stopped and named, and the program that serves everybody else goes on. The second hand counts what the
processor works, so that a busy machine stops nobody's mail.
"""

import functools
import itertools
import math
import multiprocessing
import resource
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path, PurePosixPath
from types import FrameType

from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import Edition, Parts
from newsletter.model.problem import Problem
from newsletter.render.edition import render, render_html_like
from newsletter.render.errors import RenderError, template_problem

#: A mail takes some hundredths of a second and a few megabytes; what takes so much more is a fault.
SECONDS = 4.0
MEMORY = 400 << 20
#: How long after its time a worker that does not hear the second hand is ended from outside.
GRACE = 1.0
#: Seconds on the wall in which a worker starts, or answers, even on a machine that is very busy.
PATIENCE = 60.0
#: Drafts that a worker keeps, so that the editions of one draft send it once.
KEPT = 4


#: A function of a module, which the worker knows by its name.
Change = Callable[[Issue], Issue]


@dataclass(frozen=True, slots=True)
class _Job:
    """One edition to render; the draft travels with the first of its editions alone, under a number.

    With a `change`, the HTML alone of what that makes of the issue, with room for as much as the issue itself has.
    """

    number: int
    issue: Issue
    draft: Draft | None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class _Html:
    """The HTML part of an edition."""

    parts: Parts


@dataclass(frozen=True, slots=True)
class _Page:
    """A page to write: a function of the renderer's, what it takes, and the folder of the templates it fills."""

    write: Callable[..., str]
    arguments: tuple[object, ...]
    folder: str


#: An edition or a page, what is wrong with a template, or a fault of the program.
_Answer = Edition | _Html | str | tuple[Problem, ...] | RuntimeError


class RenderTooLongError(Exception):
    """The time for one edition is over."""


class BoundedRenderer:
    """Renders editions one after another in a worker process, which is started at first need and again when it ended.

    Any thread may ask; `close` ends the worker.
    """

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._lock = threading.Lock()
        self._worker: BaseProcess | None = None
        self._line: Connection | None = None
        self._sent: dict[int, Draft] = {}
        self._numbers = itertools.count()

    def render(self, issue: Issue, draft: Draft) -> Edition:
        """The edition, as `render.edition.render` gives it; RenderError also where a limit was met."""
        with self._lock:
            answer = self._ask(lambda: self._job(issue, draft), _main_template(draft))
        if isinstance(answer, Edition):
            return answer
        raise _failure(answer)

    def changed_html(self, issue: Issue, draft: Draft, change: Change) -> Parts:
        """The HTML part alone of a changed twin of the issue, which has as much room; RenderError at a limit too."""
        with self._lock:
            answer = self._ask(lambda: self._job(issue, draft, change), _main_template(draft))
        if isinstance(answer, _Html):
            return answer.parts
        raise _failure(answer)

    def page(self, folder: str, write: Callable[..., str], *arguments: object) -> str:
        """What `write` makes of the arguments, with the templates of the folder; RenderError also at a limit."""
        with self._lock:
            answer = self._ask(lambda: _Page(write, arguments, folder), folder)
        if isinstance(answer, str):
            return answer
        raise _failure(answer)

    def close(self) -> None:
        """End the worker; the next edition starts another."""
        with self._lock:
            self._end()

    def _job(self, issue: Issue, draft: Draft, change: Change | None = None) -> _Job:
        known = next((number for number, kept in self._sent.items() if kept is draft), None)
        if known is not None:
            return _Job(known, issue, None, change)
        number = next(self._numbers)
        self._sent = dict([*self._sent.items(), (number, draft)][-KEPT:])
        return _Job(number, issue, draft, change)

    def _ask(self, job: Callable[[], _Job | _Page], path: str) -> _Answer:
        """The worker's answer; `path` is named where it ended without one."""
        line = self._started()
        if line is None:
            return RuntimeError(f"the process that renders did not start within {PATIENCE:g} seconds")
        try:
            line.send(job())
            if line.poll(PATIENCE):
                answer: _Answer = line.recv()
                return answer
            why = f"rendering took more than {PATIENCE:g} seconds"
        except (EOFError, OSError):
            why = self._why_it_ended()
        self._end()
        return (template_problem("src.endless", why, path),)

    def _why_it_ended(self) -> str:
        if self._worker is not None:
            self._worker.join(GRACE)
            if self._worker.exitcode == -signal.SIGXCPU:
                return f"rendering took more than {self._seconds:g} seconds"
        return f"rendering ended without an answer, as when more than {self._memory >> 20} MB are asked for"

    def _started(self) -> Connection | None:
        """The line to a worker that is ready; its start is no part of an edition's time."""
        if self._line is None or self._worker is None or not self._worker.is_alive():
            self._end()
            self._line, self._worker = _start(self._seconds, self._memory)
            if not _said_ready(self._line):
                self._end()
        return self._line

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._worker is not None:
            self._worker.kill()
            self._worker.join()
        self._line, self._worker, self._sent = None, None, {}


def _start(seconds: float, memory: int) -> tuple[Connection, BaseProcess]:
    # A copy of this process would inherit the locks of its other threads; a fresh one does not.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    line, far = context.Pipe()
    worker = context.Process(target=_work, args=(far, seconds, memory), daemon=True, name="newsletter-render")
    worker.start()
    far.close()
    return line, worker


def _said_ready(line: Connection) -> bool:
    try:
        return line.poll(PATIENCE) and line.recv() is None
    except (EOFError, OSError):
        return False


def _work(line: Connection, seconds: float, memory: int) -> None:
    """The worker: one job after another until the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _put_a_lid_on(memory)
    line.send(None)
    drafts: dict[int, Draft] = {}
    while True:
        try:
            job: _Job | _Page = line.recv()
        except (EOFError, OSError):
            return
        _end_after(seconds + GRACE)
        if isinstance(job, _Page):
            line.send(_within_limits(functools.partial(job.write, *job.arguments), job.folder, seconds))
            continue
        if job.draft is not None:
            drafts = dict([*drafts.items(), (job.number, job.draft)][-KEPT:])
        draft = drafts[job.number]
        line.send(_within_limits(functools.partial(_rendered, job, draft), _main_template(draft), seconds))


def _rendered(job: _Job, draft: Draft) -> Edition | _Html:
    if job.change is None:
        return render(job.issue, draft)
    return _Html(render_html_like(job.change(job.issue), draft, job.issue))


def _within_limits(make: Callable[[], Edition | _Html | str], path: str, seconds: float) -> _Answer:
    """What is made, or what stopped it; `path` is named where no template is."""
    try:
        with _second_hand(seconds):
            return make()
    except RenderError as error:
        return error.problems
    except RenderTooLongError as error:
        what = f"this did not end within {seconds:g} seconds; look for a loop in a loop"
        return (_named(path, error, "src.endless", what),)
    except MemoryError as error:
        return (_named(path, error, "src.memory", "this asks for too much memory; make it smaller"),)
    except RecursionError as error:
        return (_named(path, error, "src.endless", "this calls itself without end"),)
    except Exception as error:
        # What went wrong in our own code is raised where it was asked for, with the worker's own words.
        return RuntimeError("".join(traceback.format_exception(error)))


@contextmanager
def _second_hand(seconds: float) -> Iterator[None]:
    """RenderTooLongError where the block takes longer."""

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise RenderTooLongError

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _end_after(seconds: float) -> None:
    """Let the kernel end this process after so much work more: a long call of C hears no second hand."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), most))


def _put_a_lid_on(memory: int) -> None:
    """No more address space than there is in use now, and `memory` bytes beyond (Linux; elsewhere no lid)."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        used = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))


def _named(path: str, error: BaseException, code: str, text: str) -> Problem:
    """The fault at the innermost line of a template that was being rendered."""
    folder = path if not PurePosixPath(path).suffix else str(PurePosixPath(path).parent)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(f"{folder}/")]
    if not frames:
        return template_problem(code, text, path)
    return template_problem(code, text, frames[-1].filename, frames[-1].lineno)


def _main_template(draft: Draft) -> str:
    return f"templates/{draft.settings.theme}/issue.mjml"


def _failure(answer: _Answer) -> Exception:
    if isinstance(answer, tuple):
        return RenderError(*answer)
    return answer if isinstance(answer, RuntimeError) else RuntimeError("the process that renders lost its place")


_shared = BoundedRenderer()


def render_bounded(issue: Issue, draft: Draft) -> Edition:
    """The edition, rendered by the one worker that all of this program shares."""
    return _shared.render(issue, draft)


def changed_html_bounded(issue: Issue, draft: Draft, change: Change) -> Parts:
    """The HTML part alone of a changed twin of the issue, which has as much room, rendered by that worker."""
    return _shared.changed_html(issue, draft, change)


def page_bounded(folder: str, write: Callable[..., str], *arguments: object) -> str:
    """What a function of the renderer's writes with the templates of a folder, under the same limits."""
    return _shared.page(folder, write, *arguments)
