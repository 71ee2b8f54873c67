"""Lines of a file as the rows that are staged: with the keyed hash of their address, and an id should they be new."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from newsletter.app.workspace import Workspace
from newsletter.people.address import address_hash, key_print
from newsletter.people.importing.deciding import RESTORED
from newsletter.people.importing.moments import read_moment
from newsletter.people.importing.profiles.documents import Suppressed
from newsletter.people.importing.record import Refused, Row
from newsletter.people.importing.standing import GRAVITY

_RANKS = {standing: rank for rank, standing in enumerate(GRAVITY)}
_EMPTY: tuple[None, ...] = (None,) * 20
# Made once: json.dumps makes one at every call that asks for anything.
_json = json.JSONEncoder(ensure_ascii=False).encode
Moment = Callable[[datetime | None], object]


class Rows:
    """Makes the rows of one import."""

    def __init__(self, ws: Workspace) -> None:
        self.key = ws.hash_key
        self.first = {name: settings.digests[:1] for name, settings in ws.settings.lists.items()}
        # Ids of one import begin alike and then count up, so that their index grows at its end.
        self.begin, self.number = secrets.token_hex(5), 0
        self.latest = ("", "")

    def row(self, one: Row | Refused | Suppressed, moment: Moment) -> tuple[object, ...]:
        """The staged row of one line, its columns in the order of the table."""
        if isinstance(one, Refused):
            return (one.line, f"{one.code} {one.text}", *_EMPTY, None)
        return self._suppressed(one) if isinstance(one, Suppressed) else self._person(one, moment)

    def _person(self, row: Row, moment: Moment) -> tuple[object, ...]:
        remarks = row.choices.remarks + row.remarks
        ended = row.standing != "active"
        back = row.restored
        standing = f"{RESTORED}{back.state}" if back and back.state else row.standing
        since = (read_moment(back.since) if back else None) or (row.ended if ended else row.joined)
        return (
            row.line,
            None,
            _json(remarks) if remarks else None,
            standing,
            _RANKS[row.standing],
            self._id(row.key),
            row.address,
            row.key,
            address_hash(self.key, row.key),
            row.list,
            row.name,
            *row.choices[:5],
            _names(row.choices.digests or self.first[row.list]),
            None if row.choices.topics is None else _names(row.choices.topics),
            _json(row.attributes) if row.attributes else "{}",
            moment(since) if since else None,
            moment(row.joined) if row.joined else None,
            moment(read_moment(back.created_at)) if back and back.created_at else None,
            _json(back._asdict()) if back else None,
        )

    def _suppressed(self, one: Suppressed) -> tuple[object, ...]:
        if one.key != key_print(self.key):
            text = "key this suppression was made under another key: bring subscribers/secret.key along"
            return (one.line, text, *_EMPTY, None)
        document = json.dumps({"who": one.who, "reason": one.reason, "at": one.at, "detail": one.detail})
        empty: list[object] = list(_EMPTY)
        empty[1] = "suppression"
        return (one.line, None, *empty, document)

    def _id(self, key: str) -> str:
        """Rows of one person that follow each other share an id."""
        if self.latest[0] != key:
            self.number += 1
            self.latest = (key, f"{self.begin}{self.number:010x}")
        return self.latest[1]


@lru_cache(maxsize=4096)
def _names(names: tuple[str, ...]) -> str:
    return _json(names)
