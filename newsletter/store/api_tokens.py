"""Tokens of the HTTP API as rows, and the answers that a repeated request is given again."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.api import ApiToken, KeptAnswer
from newsletter.store.api_tables import api_answer, api_token
from newsletter.store.engine import insert_new

_COLUMNS = tuple(column for column in api_token.c if column.name != "community")


def put(connection: Connection, community: str, one: ApiToken) -> bool:
    """Write a new token; False, and nothing written, where its name or id is taken."""
    row = {column.name: getattr(one, column.name) for column in _COLUMNS} | {"scopes": list(one.scopes)}
    return connection.execute(insert_new(connection, api_token), row | {"community": community}).rowcount == 1


def find(connection: Connection, community: str, token_id: str) -> ApiToken | None:
    """The token of this id, whether it is good or not."""
    mine = sa.select(*_COLUMNS).where(api_token.c.community == community, api_token.c.id == token_id)
    row = connection.execute(mine).mappings().first()
    return _token(row) if row else None


def all_of(connection: Connection, community: str) -> tuple[ApiToken, ...]:
    """Every token there was, by name."""
    mine = sa.select(*_COLUMNS).where(api_token.c.community == community).order_by(api_token.c.name)
    return tuple(_token(row) for row in connection.execute(mine).mappings())


def revoke(connection: Connection, community: str, name: str, at: datetime) -> bool:
    """Let a token open nothing any more; False where there is none of that name, or it was revoked before."""
    mine = sa.update(api_token).where(api_token.c.community == community, api_token.c.name == name)
    return connection.execute(mine.where(api_token.c.revoked_at.is_(None)).values(revoked_at=at)).rowcount == 1


def note_used(connection: Connection, community: str, days: Mapping[str, date]) -> None:
    """Keep on which day each of these tokens was used last."""
    for token_id, day in days.items():
        mine = sa.update(api_token).where(api_token.c.community == community, api_token.c.id == token_id)
        older = sa.or_(api_token.c.used_on.is_(None), api_token.c.used_on < day)
        connection.execute(mine.where(older).values(used_on=day))


def begin_answer(
    connection: Connection, community: str, token_id: str, key: str, request: str, at: datetime
) -> KeptAnswer | None:
    """Take the key for this request; None where it was free, else what stands under it.

    The row is written before anything is done: of two requests at once the second waits here for the first.
    """
    row = {"community": community, "token_id": token_id, "key": key, "request": request, "status": 0, "at": at}
    if connection.execute(insert_new(connection, api_answer), row).rowcount == 1:
        return None
    columns = (api_answer.c.request, api_answer.c.status, api_answer.c.body)
    found = connection.execute(sa.select(*columns).where(*_mine(community, token_id, key))).one()
    return KeptAnswer(*found)


def keep_answer(connection: Connection, community: str, token_id: str, key: str, *, status: int, body: str) -> None:
    """Write what the request was answered with."""
    connection.execute(sa.update(api_answer).where(*_mine(community, token_id, key)).values(status=status, body=body))


def forget_answers(connection: Connection, community: str, before: datetime) -> int:
    """Delete the answers that were given before that moment; how many."""
    old = sa.delete(api_answer).where(api_answer.c.community == community, api_answer.c.at < before)
    return connection.execute(old).rowcount


def _mine(community: str, token_id: str, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (api_answer.c.community == community, api_answer.c.token_id == token_id, api_answer.c.key == key)


def _token(row: sa.RowMapping) -> ApiToken:
    return ApiToken(**{**row, "scopes": tuple(row["scopes"])})
