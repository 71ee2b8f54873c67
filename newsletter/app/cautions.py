"""What the settings leave open, as warnings with the line in config.toml; errors are told when they are read."""

from newsletter.app.workspace import Workspace
from newsletter.model.problem import Origin, Problem
from newsletter.settings.coverage import uncovered_days
from newsletter.settings.locate import key_line
from newsletter.settings.reading import CONFIG
from newsletter.settings.reserved_paths import reserved_paths


def settings_cautions(ws: Workspace) -> tuple[Problem, ...]:
    """Digests whose windows leave days that no issue is about, and an address where others have their pages."""
    faults, file = (*uncovered_days(ws.settings), *reserved_paths(ws.settings)), ws.root / CONFIG
    config = file.read_text(encoding="utf-8-sig") if faults and file.exists() else ""
    return tuple(
        Problem("warning", code, text, Origin("settings", CONFIG, key_line(config, key)))
        for key, code, text in faults
    )
