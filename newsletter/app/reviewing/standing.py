"""How the review of an issue stands: who approved it, what it waits for, and what moved in its sources."""

from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.app.drafting import find_row
from newsletter.app.reviewing.approving import approvers, needed
from newsletter.app.reviewing.drifting import NONE, drift_of_issue
from newsletter.app.views import Json
from newsletter.app.workspace import Workspace
from newsletter.compose.drift import Drift, ItemDrift
from newsletter.store import editor_mails


@dataclass(frozen=True, slots=True)
class Review:
    """What stands between a draft and its readers.

    `unread` says why the sources could not be compared; `told` are the mails to editors, with what became of them.
    """

    key: str
    approvers: tuple[str, ...]
    needed: int
    held: str = ""
    drift: Drift = NONE
    unread: str = ""
    told: tuple[dict[str, str], ...] = ()


def review_of(ws: Workspace, key: str) -> Review | None:
    """The review of an issue; its sources are read again while it waits to be sent. None where there is no issue."""
    row = find_row(ws, key)
    if row is None:
        return None
    with ws.store.read() as connection:
        told = editor_mails.history(connection, ws.settings.community.id, key)
    drift, unread = _drift(ws, key)
    return Review(key, approvers(ws, row), needed(ws, row), row.held, drift, unread, told)


def _drift(ws: Workspace, key: str) -> tuple[Drift, str]:
    """How an issue stands is told even where its sources, or the theme, are broken at the moment."""
    try:
        return drift_of_issue(ws, key), ""
    except Exception as error:
        problems = getattr(error, "problems", ())
        return NONE, f"{type(error).__name__}: {problems[0] if problems else error}"


def review_json(review: Review) -> Json:
    """The review for programs."""
    return {
        "approved_by": list(review.approvers),
        "needed": review.needed,
        "held": review.held,
        "drift": {
            "items": [_item_json(one) for one in review.drift.items],
            "parts": list(review.drift.parts),
            "unread": review.unread,
        },
        "editors_told": list(review.told),
    }


def review_lines(review: Review) -> Iterator[str]:
    """The review for people: nothing is said where there is nothing to say."""
    if review.approvers:
        missing = max(0, review.needed - len(review.approvers))
        more = f"; {missing} more needed" if missing else ""
        yield f"approved by {', '.join(review.approvers)}{more}"
    if review.held:
        yield f"held: {review.held}"
        yield f"newsletter approve {review.key} --refresh takes that in, --keep sends what was approved"
    if review.unread:
        yield f"the sources cannot be compared with the draft: {review.unread}"
    yield from drift_lines(review.drift)
    failed = [one for one in review.told if one["state"] not in ("accepted", "pending", "submitting")]
    yield from (f"the {one['kind']} mail to {one['address']} is {one['state']}: {one['detail']}" for one in failed)


def drift_lines(drift: Drift) -> Iterator[str]:
    """What moved since the draft, what this issue tells first."""
    groups = (
        ("since the draft, in this issue:", [one for one in drift.items if one.here and one.kind != "reworded"]),
        ("words alone:", [one for one in drift.items if one.here and one.kind == "reworded"]),
        ("in entries that this issue does not tell:", [one for one in drift.items if not one.here]),
    )
    for title, found in groups:
        if found:
            yield title
            yield from (f"  {one}" for one in found)
    if drift.parts:
        yield f"changed since the draft: {', '.join(drift.parts)}"


def _item_json(one: ItemDrift) -> Json:
    return {
        "kind": one.kind,
        "id": one.item.id,
        "title": one.item.title,
        "in_issue": one.here,
        "changes": [{"field": change.field, "was": change.was, "now": change.now} for change in one.changes],
    }
