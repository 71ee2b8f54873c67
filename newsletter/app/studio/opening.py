"""Opens a source at its line in the editor's own program: started with a list of arguments, never through a shell.

Which file is meant comes from the issue on the stage, by an entry's id or a finding's number, and never as a path.
"""

import re
import shlex
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath

from newsletter.app.editors_file import ISSUES
from newsletter.app.studio.said import Said
from newsletter.app.studio.view import View
from newsletter.model.problem import Origin

#: What follows a program's name, where the command says nothing of the file itself.
_USUAL: Mapping[str, tuple[str, ...]] = (
    dict.fromkeys(("code", "codium", "code-insiders", "cursor", "windsurf"), ("-g", "{file}:{line}"))
    | dict.fromkeys(("subl", "zed", "zeditor", "mate"), ("{file}:{line}",))
    | dict.fromkeys(("gedit", "emacsclient", "emacs", "gvim", "mousepad", "xed", "pluma"), ("+{line}", "{file}"))
    | dict.fromkeys(("idea", "pycharm", "webstorm", "kate"), ("--line", "{line}", "{file}"))
)
#: These want a terminal, and there is none behind a page.
_IN_TERMINAL = frozenset({"vi", "vim", "nvim", "nano", "pico", "micro", "hx", "helix", "joe", "ed", "mcedit", "ne"})
_PLACE = re.compile(r"\{(file|line)\}")
Start = Callable[[Sequence[str], Path], None]


def place_meant(view: View, entry: str, finding: str) -> Origin | None:
    """Where an entry of the outline, or a finding as the view lists them, is written; the issue's own file else."""
    if finding.isascii() and finding.isdigit() and int(finding) < len(view.problems):
        return view.problems[int(finding)].problem.origin
    if not entry:
        return Origin("issue", f"{ISSUES}/{view.key}.md", 1)
    return next((one.origin for part in view.outline for one in part.entries if one.id == entry), None)


def editor_command(configured: str, environ: Mapping[str, str]) -> str:
    """The command to use: the workspace's own setting, then $VISUAL, then $EDITOR; empty where there is none."""
    return configured or environ.get("VISUAL", "") or environ.get("EDITOR", "")


def arguments(command: str, file: Path, line: int) -> tuple[str, ...]:
    """The command's arguments with the file and line in their places; none where it cannot be started from a page."""
    try:
        given = shlex.split(command)
    except ValueError:
        return ()
    program = PurePath(given[0]).name.removesuffix(".exe") if given else ""
    if not program or program in _IN_TERMINAL or "-nw" in given:
        return ()
    if not any("{file}" in one for one in given):
        given += _USUAL.get(program, ("{file}",))
    values = {"file": str(file), "line": str(line)}
    return tuple(_PLACE.sub(lambda match: values[match[1]], one) for one in given)


def open_place(root: Path, place: Origin | None, command: str, start: Start | None = None) -> Said:
    """Open the place, or say where it is for somebody to open it by hand."""
    file = (root / place.path).resolve() if place and place.path else None
    if place is None or file is None or not file.is_relative_to(root.resolve()) or not file.is_file():
        where = f" ({place})" if place else ""
        return Said(f"This stands in no file of the workspace{where}.", well=False)
    asked = arguments(command, file, place.line or 1)
    if not asked:
        return Said("No editor that a page can start is configured; it is written at", place=str(place))
    try:
        (start or _start)(asked, root)
    except OSError as error:
        return Said(f"{asked[0]} could not be started ({error.strerror}); it is written at", False, str(place))
    return Said(f"Opened in {PurePath(asked[0]).name}:", place=str(place))


def _start(command: Sequence[str], folder: Path) -> None:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603 - the editor's own command, and no shell reads it
        command, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    threading.Thread(target=process.wait, daemon=True).start()
