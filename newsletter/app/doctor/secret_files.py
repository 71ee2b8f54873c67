"""Whether the keys lie where nobody else reads them."""

import stat
from collections.abc import Iterator

from newsletter.app.workspace import SECRET_FILE, Workspace
from newsletter.model.health import Finding, ok


def secret_findings(ws: Workspace) -> Iterator[Finding]:
    """How the key that signs links is kept."""
    if ws.settings.secrets.signing:
        yield ok("secrets", "The key that signs links comes from NEWSLETTER_SECRET")
        return
    file = ws.root / SECRET_FILE
    if not file.exists():
        yield ok("secrets", f"{SECRET_FILE} is not there yet; it is made with the first link, for its owner alone")
        return
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        text = f"{SECRET_FILE} has mode {mode:04o}: others on this machine can make links in your readers' names"
        advice = f"chmod 600 {SECRET_FILE}, then change the key as docs/operators.md says"
        yield Finding("secrets", "error", "doctor.secret-open", text, advice)
        return
    yield ok("secrets", f"{SECRET_FILE} is its owner's alone (mode {mode:04o})")
