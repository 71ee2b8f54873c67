"""A person of a file checked against what the lists offer: a row, or why the line is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.model.workspace import ListSettings
from newsletter.people.address import host_of, parse_address, plain_address
from newsletter.people.address_kinds import WORDS, AddressBook
from newsletter.people.importing.choices import FIELDS, read_choices
from newsletter.people.importing.moments import read_moment
from newsletter.people.importing.record import Manner, Person, Refused, Restored, Row
from newsletter.people.importing.standing import Standing

LONGEST_NAME = 200
_MOMENTS = frozenset({"joined", "confirmed", "ended", "since"})
#: Addresses of people who asked Substack to forget them.
_FORGOTTEN = "deletion-request.substack.com"


@dataclass(frozen=True)
class Checker:
    """What a file is checked against: the lists there are, and the one `into` which everybody is to go.

    Without one, the file's own lists count, and `otherwise` for whoever it names none for. `everybody` says how all
    people of the file stand, whatever it says itself; `now` is aware.
    """

    lists: Mapping[str, ListSettings]
    into: str
    now: datetime
    book: AddressBook = field(default_factory=AddressBook)
    everybody: Standing | None = None
    otherwise: str = ""

    def row(self, line: int, person: Person, restored: Restored | None = None) -> Row | Refused:
        """The row of one person; what is odd in it is remarked, what cannot be is refused."""
        typed = person.cells.get("email", "")
        address, key, fault = _address(typed)
        if fault:
            return Refused(line, "address", fault, typed)
        manner = self.manner(person, restored)
        if isinstance(manner, str):
            return Refused(line, "list", manner, address)
        remarks = [f"the address {WORDS[kind]}" for kind in self.book.kinds(key)]
        return Row(line, address, key, _name(person.cells, remarks), manner, tuple(remarks))

    def manner(self, person: Person, restored: Restored | None = None) -> Manner | str:
        """What counts of a person beside their address and name, or why the line is none, in a sentence."""
        cells = person.cells
        list_name = self.into or cells.get("list") or self.otherwise
        offered = self.lists.get(list_name)
        if offered is None:
            return _no_list(list_name, self.lists)
        standing, remarks = self.everybody or person.standing, list[str]()
        joined, ended = self._moments(cells, standing, remarks) if cells.keys() & _MOMENTS else (None, None)
        choices = read_choices(tuple(map(cells.get, FIELDS)), offered.topics, offered.digests)
        said = choices.remarks + tuple(remarks)
        return Manner(list_name, standing, choices, person.attributes, joined, ended, said, restored)

    def host(self, domain: str) -> str:
        """The domain as DNS knows it; empty where an address there needs a longer look."""
        host = host_of(domain)
        return "" if host.endswith(_FORGOTTEN) or self.book.kinds(f"@{host}") else host

    def _moments(
        self, cells: Mapping[str, str], standing: Standing, remarks: list[str]
    ) -> tuple[datetime | None, datetime | None]:
        """When the person agreed, and when they left or bounced; `since` is the one or the other."""
        here = standing == "active"
        joined = self._moment(cells, ("confirmed", "joined", "since" if here else ""), remarks)
        return joined, self._moment(cells, ("ended", "" if here else "since"), remarks)

    def _moment(self, cells: Mapping[str, str], names: Sequence[str], remarks: list[str]) -> datetime | None:
        for name in names:
            text = cells.get(name)
            if text:
                found = read_moment(text)
                if found is None or found > self.now:
                    why = "not over yet" if found else "none we read"
                    remarks.append(f"the time {text!r} is {why}; today counts")
                elif found:
                    return found
        return None


def _address(typed: str) -> tuple[str, str, str]:
    """Address, key, and what is wrong with them."""
    found = plain_address(typed)
    if found is None:
        parsed = parse_address(typed)
        if parsed.problems:
            return "", "", "; ".join(parsed.problems)
        found = parsed.address, parsed.key
    if found[1].endswith(_FORGOTTEN):
        return "", "", "this person asked Substack to be forgotten"
    return (*found, "")


def _no_list(name: str, lists: Mapping[str, ListSettings]) -> str:
    known = ", ".join(lists) or "none"
    return (
        f"there is no list {name!r}; lists.toml has {known}"
        if name
        else "the file names no list for this person: say --list"
    )


def _name(cells: Mapping[str, str], remarks: list[str]) -> str:
    text = cells.get("name") or f"{cells.get('first_name', '')} {cells.get('last_name', '')}".strip()
    if not text:
        return ""
    if not text.isprintable():
        text = "".join(ch if ch.isprintable() else " " for ch in text)
    text = " ".join(text.split())
    if len(text) > LONGEST_NAME:
        remarks.append(f"the name is longer than {LONGEST_NAME} characters and is cut")
    return text[:LONGEST_NAME]
