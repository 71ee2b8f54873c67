"""The lines of a table checked many at a time: most need one look, and whatever is unusual goes the long way.

Files repeat themselves: what the cells beside address and name say is read once for all lines that say the same.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from newsletter.people.address import LONGEST_LOCAL, ONE_CASE, plain_parts
from newsletter.people.importing.checking import LONGEST_NAME, Checker
from newsletter.people.importing.columns import Columns
from newsletter.people.importing.record import Manner, Refused, Row
from newsletter.people.importing.standing import UnknownWordError
from newsletter.people.importing.table import Block, is_empty

#: Manners and hosts that are remembered at most.
_KEPT = 2048
_new = tuple.__new__


class Lane:
    """Reads blocks of records as rows and refusals, in their order."""

    def __init__(self, columns: Columns, checker: Checker) -> None:
        self.columns, self.checker = columns, checker
        at = {field: position for position, field in columns.fields}
        self.email = at["email"]
        self.names = [at[field] for field in ("name", "first_name", "last_name") if field in at]
        self.named_whole = "name" in at
        self.rest = _getter([place for place in range(columns.width) if place not in (self.email, *self.names)])
        self.manners: dict[object, Manner | None] = {}
        self.hosts: dict[str, str] = {"": ""}
        self.remarkable = checker.book.roles | ONE_CASE

    def lines(self, block: Block) -> Iterator[Row | Refused]:
        """What became of each record that is not empty."""
        hosts, manners, rest, remarkable = self.hosts, self.manners, self.rest, self.remarkable
        for line, record, (local, domain) in zip(block.lines, block.records, self._parts(block), strict=True):
            try:
                host, manner = hosts[domain], manners[rest(record)]
            except LookupError:
                host, manner = self._host(domain), self._manner(record)
            folded = local.lower()
            if host and manner and folded not in remarkable and "+" not in folded and len(local) <= LONGEST_LOCAL:
                name = self._name(record)
                if name is not None:
                    key = f"{folded}@{host}"
                    address = key if folded == local else f"{local}@{host}"
                    yield _new(Row, (line, address, key, name, manner, ()))
                    continue
            if found := self._long_way(line, record):
                yield found
        if block.refused:
            yield block.refused

    def _parts(self, block: Block) -> Sequence[tuple[str, str]]:
        width, email = self.columns.width, self.email
        return plain_parts([record[email] if len(record) == width else "" for record in block.records])

    def _host(self, domain: str) -> str:
        host = self.hosts.get(domain)
        if host is None:
            if len(self.hosts) >= 8 * _KEPT:
                self.hosts.clear()
            self.hosts[domain] = host = self.checker.host(domain) if domain else ""
        return host

    def _name(self, record: Sequence[str]) -> str | None:
        """The name that needs nothing done to it; None where there is something to do."""
        if not self.names:
            return ""
        if self.named_whole:
            text = record[self.names[0]]
            if not text:
                return None if len(self.names) > 1 else ""
        else:
            cells = [record[at] for at in self.names]
            if any(cell[:1] == "'" for cell in cells):
                return None
            text = " ".join(cells)
        plain = text.isprintable() and "  " not in text and text[:1] not in "' " and text[-1:] != " "
        return text if plain and len(text) <= LONGEST_NAME else None

    def _manner(self, record: Sequence[str]) -> Manner | None:
        """What the other cells say; None where the line is to be refused for it."""
        if len(record) != self.columns.width:
            return None
        if len(self.manners) >= _KEPT:
            self.manners.clear()
        try:
            found = self.checker.manner(self.columns.person(record))
        except UnknownWordError:
            found = ""
        self.manners[self.rest(record)] = manner = None if isinstance(found, str) else found
        return manner

    def _long_way(self, line: int, record: Sequence[str]) -> Row | Refused | None:
        if is_empty(record):
            return None
        width = self.columns.width
        if len(record) > width and any(record[width:]):
            return Refused(line, "cells", _too_many(len(record), width))
        try:
            return self.checker.row(line, self.columns.person(record))
        except UnknownWordError as error:
            return Refused(line, "state", str(error))


def _getter(places: Sequence[int]) -> Callable[[Sequence[str]], object]:
    return itemgetter(*places) if places else lambda record: None


def _too_many(cells: int, width: int) -> str:
    return f"this line has {cells} cells, the head has {width}: is a separator not quoted?"
