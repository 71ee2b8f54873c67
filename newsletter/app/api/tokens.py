"""Tokens of the API: made once and shown once, kept as hashes, known again by a public id and a comparison."""

import hashlib
import hmac
import secrets
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from newsletter.app.accounting.deeds import note_deed
from newsletter.app.workspace import Workspace
from newsletter.model.api import ApiToken, Scope
from newsletter.model.deeds import Actor
from newsletter.store import api_tokens

#: How every token begins, so that programs that look for leaked keys know one.
PREFIX = "nlapi_"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID, _SECRET, _CHECK = 8, 43, 6
#: Characters of a whole token.
LENGTH = len(PREFIX) + _ID + _SECRET + _CHECK


class TokenError(Exception):
    """A token cannot be made or revoked; the sentence says why."""


def create_token(
    ws: Workspace, name: str, scopes: Sequence[Scope], ends_at: datetime | None, by: Actor
) -> tuple[ApiToken, str]:
    """A new token, and what stands for it from now on, which nobody can ask for again."""
    token_id, now = _random(_ID), ws.clock()
    whole = _checked(PREFIX + token_id + _random(_SECRET))
    one = ApiToken(token_id, name, _hash(whole), tuple(dict.fromkeys(scopes)), now, ends_at)
    with ws.store.begin() as connection:
        if not api_tokens.put(connection, _community(ws), one):
            raise TokenError(f"there is, or was, a token {name!r}: the log of deeds knows tokens by their names")
        note_deed(connection, _community(ws), by, "token made", name, ", ".join(one.scopes), at=now)
    return one, whole


def tokens_of(ws: Workspace) -> tuple[ApiToken, ...]:
    """Every token there was."""
    with ws.store.read() as connection:
        return api_tokens.all_of(connection, _community(ws))


def revoke_token(ws: Workspace, name: str, by: Actor) -> None:
    """Let a token open nothing any more; TokenError where there is none that does."""
    with ws.store.begin() as connection:
        if not api_tokens.revoke(connection, _community(ws), name, ws.clock()):
            raise TokenError(f"there is no token {name!r}, or it is revoked already")
        note_deed(connection, _community(ws), by, "token revoked", name, at=ws.clock())


def find_token(ws: Workspace, text: str) -> ApiToken | None:
    """The token that this stands for, if it is good now; what is mistyped is not even looked for."""
    if len(text) != LENGTH or not text.startswith(PREFIX) or not text.isascii() or _checked(text[:-_CHECK]) != text:
        return None
    token_id = text[len(PREFIX) : len(PREFIX) + _ID]
    with ws.store.read() as connection:
        found = api_tokens.find(connection, _community(ws), token_id)
    if found is None or not hmac.compare_digest(found.hash, _hash(text)):
        return None
    return found if found.is_good(ws.clock()) else None


def any_good(ws: Workspace) -> bool:
    """Whether there is a token that opens anything: without one there is no API."""
    return any(one.is_good(ws.clock()) for one in tokens_of(ws))


def note_used(ws: Workspace, days: Mapping[str, date]) -> None:
    """Keep on which day (UTC) each of these tokens was used last."""
    with ws.store.begin() as connection:
        api_tokens.note_used(connection, _community(ws), days)


def _checked(body: str) -> str:
    """With a checksum at its end, by which a mistyped token is told from one that was never ours."""
    return body + _letters(zlib.crc32(body.encode()), _CHECK)


def _letters(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(_LETTERS))
        found = _LETTERS[digit] + found
    return found


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _hash(whole: str) -> str:
    return hashlib.sha256(whole.encode()).hexdigest()


def _community(ws: Workspace) -> str:
    return ws.settings.community.id
