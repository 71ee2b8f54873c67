"""What moved in the sources since an issue was approved, and whether it leaves all the same."""

import logging
from dataclasses import replace
from datetime import datetime

from newsletter.app.checking import is_editors
from newsletter.app.drafting import find_row, freeze
from newsletter.app.fetching import Recent
from newsletter.app.reviewing.telling import tell_drift
from newsletter.app.sending.planning import SendRefused
from newsletter.app.timing import find_digest
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import dump_draft, load_draft
from newsletter.compose.drift import Drift, drift_of
from newsletter.log_fields import about
from newsletter.model.issue import Draft
from newsletter.model.ledger import IssueRow
from newsletter.store import approvals, issues

LOG = logging.getLogger(__name__)
NONE = Drift()


def drift_since(ws: Workspace, frozen: Draft, recent: Recent | None = None) -> Drift:
    """The sources read again as of the draft's own moment, and compared with it; nothing is stored."""
    now = freeze(ws, frozen.slot, frozen.as_of, recent)
    # The stored draft went through JSON; what is compared with it goes the same way.
    return drift_of(frozen, load_draft(dump_draft(now)))


def drift_from_approved(ws: Workspace, fresh: Draft) -> Drift:
    """How a draft as it would be now differs from the approved one of its issue, if that was approved."""
    row = find_row(ws, fresh.key)
    if row is None or row.state != "approved" or not row.draft:
        return NONE
    frozen = load_draft(row.draft)
    return drift_of(frozen, replace(load_draft(dump_draft(fresh)), terms=frozen.terms))


def drift_of_issue(ws: Workspace, key: str) -> Drift:
    """The drift of an issue that waits to be sent; none for any other, and for what no digest makes."""
    row = find_row(ws, key)
    if row is None or row.kind != "issue" or not row.draft or row.state not in ("drafted", "approved"):
        return NONE
    return drift_since(ws, load_draft(row.draft))


def sources_as_approved(ws: Workspace, key: str, now: datetime) -> None:
    """SendRefused where an issue waits for somebody to look at what moved, as its digest's `drift` says.

    What moved is told to the editors and written into the history in any case. An issue that needs no approval is
    stopped by what was not understood in its editor's file alone.
    """
    row = find_row(ws, key)
    if row is None or row.kind != "issue" or not row.draft:
        return
    if row.state == "drafted":
        _understood(load_draft(row.draft))
    elif row.state == "approved":
        _watch_drift(ws, row, now)


def _understood(draft: Draft) -> None:
    error = next((one for one in draft.problems if is_editors(one) and one.level == "error"), None)
    if error:
        raise SendRefused(f"the editor's file of {draft.key} is not understood: {error}")


def _watch_drift(ws: Workspace, row: IssueRow, now: datetime) -> None:
    """What cannot be compared is no reason to keep approved bytes back, but where the digest wants to be sure."""
    holds = find_digest(ws, row.digest).drift == "hold"
    try:
        drift = drift_since(ws, load_draft(row.draft))
    except Exception as error:
        what = f"its sources could not be read again ({type(error).__name__}: {error})"
    else:
        if not drift.holding:
            _go_on(ws, row, now)
            return
        _tell(ws, row, drift, now)
        what = "; ".join(drift.holding)
        holds = holds and not _is_kept(ws, row, drift)
    if holds:
        _hold(ws, row.key, what, now)
    _remark(ws, row.key, f"sent as approved, although {what}", now)


def _tell(ws: Workspace, row: IssueRow, drift: Drift, now: datetime) -> None:
    try:
        tell_drift(ws, row, drift, now)
    except Exception:
        LOG.exception(
            "editors could not be told what moved in the sources of %s",
            row.key,
            extra=about("editors.untold", ws.settings.community.id, issue=row.key),
        )


def _hold(ws: Workspace, key: str, what: str, now: datetime) -> None:
    with ws.store.begin() as connection:
        news = issues.hold(connection, ws.settings.community.id, key, what, now)
    if news:
        LOG.warning("%s is held: %s", key, what, extra=about("issue.held", ws.settings.community.id, issue=key))
    raise SendRefused(
        f"{key} is held, since its sources are not as they were when it was approved ({what}): look, then "
        f"newsletter approve {key} --refresh, or --keep to send what was approved"
    )


def _go_on(ws: Workspace, row: IssueRow, now: datetime) -> None:
    if row.held:
        with ws.store.begin() as connection:
            issues.hold(connection, ws.settings.community.id, row.key, "", now)


def _is_kept(ws: Workspace, row: IssueRow, drift: Drift) -> bool:
    """Whether as many people as it takes approved of the draft knowing of exactly this."""
    with ws.store.read() as connection:
        given = approvals.standing(connection, ws.settings.community.id, row.key, row.draft_hash)
    names = {one.by.casefold() for one in given if one.drift == drift.fingerprint}
    return len(names) >= find_digest(ws, row.digest).approvals


def _remark(ws: Workspace, key: str, detail: str, now: datetime) -> None:
    with ws.store.begin() as connection:
        known = {event.detail for event in issues.history(connection, ws.settings.community.id, key)}
        if detail not in known:
            issues.remark(connection, ws.settings.community.id, key, detail, now)
            LOG.warning("%s is %s", key, detail, extra=about("issue.held", ws.settings.community.id, issue=key))
