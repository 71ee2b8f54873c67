"""What editors are told by mail: a draft to look at, once more before its time, and sources that moved since.

Only written down here, each once; handing the mails over is another step, so that no draft depends on a mail server.
"""

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr

from newsletter.app.checking import check_draft
from newsletter.app.drafting import find_row, last_sent_draft
from newsletter.app.reviewing.words import draft_text, drift_text, reminder_text
from newsletter.app.timing import find_digest
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import load_draft
from newsletter.compose.drift import Drift
from newsletter.dates.cadence.parsing import parse_lead
from newsletter.log_fields import about
from newsletter.model.issue import Draft
from newsletter.model.ledger import IssueRow
from newsletter.model.problem import Problem
from newsletter.model.reviewing import EditorMail, EditorMailKind
from newsletter.render.errors import RenderError
from newsletter.store import approvals, editor_mails
from newsletter.store import slots as slot_rows

LOG = logging.getLogger(__name__)
#: Drafts whose time is longer past than this are nobody's concern any more.
STALE = timedelta(days=2)


def look_after(ws: Workspace, now: datetime) -> None:
    """Write down what editors are to be told of the drafts there are; what was told before is not told again.

    One draft that cannot be told of is logged, and does not keep the others back.
    """
    if not ws.settings.editors.notify:
        return
    for row in _drafted(ws, now):
        try:
            tell_draft(ws, row.key, now)
            _remind(ws, row, now)
        except Exception:
            LOG.exception(
                "editors could not be told of %s; its draft stands",
                row.key,
                extra=about("editors.untold", ws.settings.community.id, issue=row.key),
            )


def tell_draft(ws: Workspace, key: str, now: datetime) -> int:
    """Tell the editors of a draft, once for each issue; how many mails are new."""
    if _last_told(ws, key, "draft") is not None:
        return 0
    row, draft = _stored(ws, key)
    subject, text = draft_text(ws, row, draft, last_sent_draft(ws, draft), _findings(ws, draft))
    return _put(ws, "draft", key, subject, text, now)


def tell_drift(ws: Workspace, row: IssueRow, drift: Drift, now: datetime) -> int:
    """Tell the editors what moved since an issue was approved, once for each state of its sources."""
    subject, text = drift_text(ws, row, load_draft(row.draft), drift)
    return _put(ws, "drift", row.key, subject, text, now, about=drift.fingerprint)


def _remind(ws: Workspace, light: IssueRow, now: datetime) -> None:
    """Ask again where nobody approved by the time that `remind` names; a draft told of after that asked by itself."""
    key, remind = light.key, ws.settings.editors.remind
    if not remind or find_digest(ws, light.digest).review == "automatic":
        return
    at = light.send_at - parse_lead(remind)
    if now < at or _last_told(ws, key, "reminder") is not None:
        return
    told = _last_told(ws, key, "draft")
    if told is not None and told >= at:
        return
    row, draft = _stored(ws, key)
    with ws.store.read() as connection:
        given = approvals.standing(connection, ws.settings.community.id, key, row.draft_hash)
    names = tuple(dict.fromkeys(one.by for one in given))
    subject, text = reminder_text(ws, row, draft, names)
    _put(ws, "reminder", key, subject, text, now)


def _put(
    ws: Workspace, kind: EditorMailKind, key: str, subject: str, text: str, now: datetime, about: str = ""
) -> int:
    addresses = dict.fromkeys(parseaddr(one)[1] for one in ws.settings.editors.notify)
    mails = (EditorMail(key, kind, address, subject, text, about) for address in addresses)
    with ws.store.begin() as connection:
        return editor_mails.put(connection, ws.settings.community.id, mails, now)


def _drafted(ws: Workspace, now: datetime) -> tuple[IssueRow, ...]:
    """The drafts that wait, without what they hold: this is asked at every wake-up."""
    with ws.store.read() as connection:
        return tuple(
            row
            for name in ws.settings.digests
            for row in slot_rows.rows(connection, ws.settings.community.id, name, "drafted")
            if row.send_at > now - STALE
        )


def _stored(ws: Workspace, key: str) -> tuple[IssueRow, Draft]:
    row = find_row(ws, key)
    if row is None or not row.draft:
        raise LookupError(f"{key} has no draft")
    return row, load_draft(row.draft)


def _last_told(ws: Workspace, key: str, kind: EditorMailKind) -> datetime | None:
    with ws.store.read() as connection:
        return editor_mails.last_told(connection, ws.settings.community.id, key, kind)


def _findings(ws: Workspace, draft: Draft) -> tuple[Problem, ...]:
    """Errors and warnings; a template that is at fault is among them."""
    try:
        found = check_draft(ws, draft)
    except RenderError as error:
        found = (*draft.problems, *error.problems)
    return tuple(one for level in ("error", "warning") for one in found if one.level == level)
