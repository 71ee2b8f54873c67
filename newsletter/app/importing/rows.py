"""Lines of a file as the rows that are staged: with the keyed hash of their address, and what they share once."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from newsletter.app.workspace import Workspace
from newsletter.people.address import address_hasher, key_print
from newsletter.people.importing.deciding import RESTORED
from newsletter.people.importing.moments import read_moment
from newsletter.people.importing.profiles.documents import Suppressed
from newsletter.people.importing.reading import Line
from newsletter.people.importing.record import Manner, Refused, Row
from newsletter.people.importing.standing import GRAVITY
from newsletter.store.staging import Stager

_RANKS = {standing: rank for rank, standing in enumerate(GRAVITY)}
_OTHER_KEY = "key this suppression was made under another key: bring subscribers/secret.key along"
#: Manners whose number is remembered at most.
_KEPT = 4096
# Made once: json.dumps makes one at every call that asks for anything.
_json = json.JSONEncoder(ensure_ascii=False).encode
_Values = tuple[object, ...]


class Rows:
    """Stages the lines of one import, numbered in their order."""

    def __init__(self, ws: Workspace, stager: Stager) -> None:
        self.key, self.hashed, self.stager = ws.hash_key, address_hasher(ws.hash_key), stager
        self.first = {name: settings.digests[:1] for name, settings in ws.settings.lists.items()}
        self.seq = self.manners = 0
        # By identity: a manner holds what has no hash. Kept, so that no other takes its place.
        self.numbers: dict[int, tuple[int, Manner]] = {}
        self.fresh: list[_Values] = []

    def stage(self, part: Iterable[Line]) -> None:
        """Write the rows of these lines."""
        usual, unusual = list[_Values](), list[_Values]()
        numbers, hashed = self.numbers, self.hashed
        for one in part:
            self.seq += 1
            if not isinstance(one, Row):
                unusual.append(self._other(one))
                continue
            line, address, key, name, manner, remarks = one
            number = (numbers.get(id(manner)) or self._number(manner))[0]
            row = (self.seq, line, address, key, hashed(key), name, number)
            if remarks:
                unusual.append((*row, None, _json(remarks)))
            else:
                usual.append(row)
        self.stager.stage(self.fresh, usual, unusual)
        self.fresh = []

    def _number(self, manner: Manner) -> tuple[int, Manner]:
        """A new number for a manner, which is to be written."""
        if len(self.numbers) >= _KEPT:
            self.numbers.clear()
        self.manners += 1
        self.fresh.append((self.manners, *_manner(manner, self.first[manner.list], self.stager)))
        found = self.numbers[id(manner)] = self.manners, manner
        return found

    def _other(self, one: Refused | Suppressed) -> _Values:
        if isinstance(one, Refused):
            return self._refused(one.line, f"{one.code} {one.text}")
        if one.key != key_print(self.key):
            return self._refused(one.line, _OTHER_KEY)
        document = json.dumps({"who": one.who, "reason": one.reason, "at": one.at, "detail": one.detail})
        self.manners += 1
        self.fresh.append((self.manners, None, "suppression", *(None,) * 12, document, None))
        return (self.seq, one.line, None, None, None, None, self.manners, None, None)

    def _refused(self, line: int, text: str) -> _Values:
        return (self.seq, line, None, None, None, None, None, text, None)


def _manner(one: Manner, first: tuple[str, ...], stager: Stager) -> _Values:
    """The columns of a manner, in the order of the table."""
    ended, back = one.standing != "active", one.restored
    since = (read_moment(back.since) if back else None) or (one.ended if ended else one.joined)
    moments: tuple[datetime | None, ...] = (since, one.joined, read_moment(back.created_at) if back else None)
    return (
        one.list,
        f"{RESTORED}{back.state}" if back and back.state else one.standing,
        _RANKS[one.standing],
        *one.choices[:5],
        _names(one.choices.digests or first),
        None if one.choices.topics is None else _names(one.choices.topics),
        _json(one.attributes) if one.attributes else "{}",
        *map(stager.moment, moments),
        _json(back._asdict()) if back else None,
        _json(one.remarks) if one.remarks else None,
    )


@lru_cache(maxsize=4096)
def _names(names: tuple[str, ...]) -> str:
    return _json(names)
