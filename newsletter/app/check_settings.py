"""What [checks] of config.toml says, and the issue's own file: warnings that are meant, and programs that matter."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from newsletter.app.editors_file import read_editors_file
from newsletter.app.workspace import Workspace
from newsletter.checks.compat.rule import support
from newsletter.model.editing import Silence
from newsletter.model.issue import Draft
from newsletter.model.problem import Origin, Problem
from newsletter.settings.locate import key_line
from newsletter.settings.reading import CONFIG


def silences_of(ws: Workspace, draft: Draft) -> tuple[Silence, ...]:
    """Everything that is silenced for the draft, as the files stand now: no mail is other for it."""
    own = read_editors_file(ws, draft.slot).silences if draft.kind == "issue" else ()
    return (*_of_settings(ws), *own)


def unknown_clients(ws: Workspace) -> Iterator[Problem]:
    """Names in `checks.clients` that caniemail's data does not know: they would check nothing."""
    known = support().clients
    names = {*known, *(client.partition(".")[0] for client in known)}
    for name in ws.settings.checks.clients:
        if name not in names:
            near = get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]!r}?" if near else "write a family or one of its platforms: outlook.windows"
            text = f"`checks.clients`: there is no mail program {name!r}; {hint}"
            yield Problem("warning", "settings.unknown-name", text, _place(ws, ("checks", "clients")))


def _of_settings(ws: Workspace) -> Iterator[Silence]:
    for number, one in enumerate(ws.settings.checks.silence):
        origin = _place(ws, ("checks", "silence", number, "rule"))
        yield Silence(one.rule, one.reason, origin, one.where)


def _place(ws: Workspace, key: Sequence[str | int]) -> Origin:
    file = ws.root / CONFIG
    text = file.read_text(encoding="utf-8-sig") if file.exists() else ""
    return Origin("settings", CONFIG, key_line(text, key))
