"""Whether readers reach the public pages, asked from outside like a mail client would."""

from collections.abc import Iterator

from newsletter.app.doctor.surroundings import Surroundings
from newsletter.app.sending.addressing import LEAVE
from newsletter.app.workspace import SECRET_FILE, Workspace
from newsletter.health.pages import judge_base_url, judge_one_click
from newsletter.model.health import Finding
from newsletter.people.tokens import make_token

#: A link that is ours and nobody's: whoever leaves by it was never there.
NOBODY = "doctor"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def site_findings(ws: Workspace, around: Surroundings, in_use: bool) -> Iterator[Finding]:
    """The address in the mails, and what it answers to a one-click leaving of nobody; `in_use` once mails have left.

    Mails that are written to files are in nobody's hands.
    """
    base = ws.settings.web.base_url.rstrip("/")
    yield judge_base_url(base)
    if not (ws.settings.secrets.signing or (ws.root / SECRET_FILE).exists()):
        text = "There is no key for links yet, so the public pages were not asked"
        yield Finding("pages", "warning", "doctor.pages-new", text, "Start `newsletter run`, then ask again")
        return
    name = next(iter(ws.settings.lists), "")
    url = f"{base}/u/{make_token(ws.secret, LEAVE, NOBODY, name)}"
    said = around.ask("POST", url, _FORM, b"List-Unsubscribe=One-Click")
    yield judge_one_click(url, said, in_use and ws.settings.provider.kind != "outbox")
