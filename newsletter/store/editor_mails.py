"""Mails to editors: a UNIQUE row for each, so that any number of wakers and restarts tell everybody once."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.ledger import Settlement
from newsletter.model.reviewing import DueEditorMail, EditorMail, EditorMailKind
from newsletter.store.engine import insert_new
from newsletter.store.tables import editor_mail

_MAIL = ("key", "kind", "address", "subject", "text", "about")


def put(connection: Connection, community: str, mails: Iterable[EditorMail], at: datetime) -> int:
    """Write down mails that are to go out from `at` on; those that stand stay as they are. How many are new."""
    rows = [
        {name: getattr(one, name) for name in _MAIL} | {"community": community, "at": at, "not_before": at}
        for one in mails
    ]
    return sum(connection.execute(insert_new(connection, editor_mail), row).rowcount for row in rows)


def last_told(connection: Connection, community: str, key: str, kind: EditorMailKind) -> datetime | None:
    """When editors were last told of the issue in this way."""
    found = sa.select(sa.func.max(editor_mail.c.at)).where(
        editor_mail.c.community == community, editor_mail.c.key == key, editor_mail.c.kind == kind
    )
    return connection.execute(found).scalar()


def due(connection: Connection, community: str, now: datetime) -> tuple[DueEditorMail, ...]:
    """The mails that may be tried now, in the order in which they were written down."""
    found = (
        sa.select(editor_mail.c.id, editor_mail.c.tries, *(editor_mail.c[name] for name in _MAIL))
        .where(editor_mail.c.community == community, editor_mail.c.state == "pending")
        .where(editor_mail.c.not_before <= now)
        .order_by(editor_mail.c.id)
    )
    rows = connection.execute(found).mappings()
    return tuple(
        DueEditorMail(row["id"], EditorMail(**{name: row[name] for name in _MAIL}), row["tries"]) for row in rows
    )


def mark_submitting(connection: Connection, mail_id: int) -> bool:
    """Take the mail, durably, before a byte of it leaves; False where another was quicker."""
    mine = sa.update(editor_mail).where(editor_mail.c.id == mail_id, editor_mail.c.state == "pending")
    return connection.execute(mine.values(state="submitting", tries=editor_mail.c.tries + 1)).rowcount == 1


def settle(connection: Connection, mail_id: int, one: Settlement) -> None:
    """What the provider's answer made of a mail that was handed over; one that was put off may be tried again."""
    mine = sa.update(editor_mail).where(editor_mail.c.id == mail_id, editor_mail.c.state == "submitting")
    again = {"not_before": one.not_before} if one.not_before else {}
    connection.execute(mine.values(state=one.state, detail=one.detail, **again))


def history(connection: Connection, community: str, key: str) -> tuple[dict[str, str], ...]:
    """Which mails about the issue there are, and what became of each."""
    found = (
        sa.select(editor_mail.c.kind, editor_mail.c.address, editor_mail.c.state, editor_mail.c.detail)
        .where(editor_mail.c.community == community, editor_mail.c.key == key)
        .order_by(editor_mail.c.id)
    )
    return tuple(dict(row) for row in connection.execute(found).mappings())
