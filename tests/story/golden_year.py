"""Writes docs/golden-year.md: a year of the sample workspace, issue by issue, for a person to agree with.

`python tests/story/golden_year.py` writes it anew. The people of the lab change their pages as golden_year.toml says,
and one reader in Seattle takes the weekly and the quarterly digest.
"""

import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from newsletter.app.drafting import freeze
from newsletter.app.sample import init_workspace
from newsletter.app.timing import home_zone, terms_around
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.compose.programme import Programme, programme_of
from newsletter.compose.replay import Follower, Turn, planned, replay
from newsletter.model.issue import Choices, Entry, Slot

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "golden-year.md"
EDITS = Path(__file__).parent / "golden_year.toml"
FIRST, DAYS = date(2026, 9, 1), 365
TAKEN = ("weekly", "quarterly")
#: What stands beside an entry, where it is more than its section says.
SPACES = {"\u202f": " ", "\u00a0": " ", "|": "\\|"}

HEAD = """\
# A golden year

A reader in Seattle takes the weekly and the quarterly digest of the sample workspace from 1 September 2026 on,
with every topic. Below is every issue of that year, in the order of sending: what it tells, and the mark that stands
beside it. Lines with ✎ say what the lab's people changed in their pages meanwhile (`tests/story/golden_year.toml`);
drafts are frozen three days before a weekly issue and seven before a quarterly one. The tables at a glance, which
repeat the week, are left out.

`python tests/story/golden_year.py` writes this page, and a test holds it against what the program does. Read a change
of it line by line: is everything told in time, once, and with the right mark?
"""


@dataclass(frozen=True)
class Edit:
    """One change of a file on a day, and why."""

    on: date
    says: str
    path: str
    put: str
    find: str = ""

    def apply(self, root: Path) -> None:
        file = root / self.path
        if not self.find:
            file.write_text(self.put.lstrip("\n"), encoding="utf-8")
            return
        text = file.read_bytes().decode()
        ends = "\r\n" if "\r\n" in text else "\n"
        find, put = (part.replace("\n", ends) for part in (self.find, self.put))
        assert text.count(find) == 1, f"{self.path} says {text.count(find)} times {find!r}"
        file.write_bytes(text.replace(find, put).encode())


def tell() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "lab"
        init_workspace(root)
        ws = open_workspace(root, {})
        try:
            return HEAD + "".join(_parts(ws))
        finally:
            ws.store.close()


def edits() -> list[Edit]:
    return [Edit(**edit) for edit in tomllib.loads(EDITS.read_text(encoding="utf-8"))["edit"]]


def _parts(ws: Workspace) -> Iterator[str]:
    zone = home_zone(ws)
    start = datetime.combine(FIRST, time(), tzinfo=zone)
    digests = {name: ws.settings.digests[name] for name in TAKEN}
    terms = terms_around(ws, start, ahead=3)
    slots = planned(digests, start, start + timedelta(days=DAYS), zone=zone, terms=terms)
    programmes = _frozen(ws, slots)
    reader = Follower.steady(Choices(timezone=zone.key), TAKEN)
    waiting = edits()
    month = ""
    for turn in replay([programmes[slot.key] for slot in slots], reader):
        if f"{turn.slot.send_at:%B %Y}" != month:
            month = f"{turn.slot.send_at:%B %Y}"
            yield f"\n## {month}\n"
        done = [edit for edit in waiting if edit.on <= turn.slot.send_at.date()]
        waiting = waiting[len(done) :]
        yield "".join(f"\n✎ {_day(edit.on)}: {edit.says}.\n" for edit in done)
        yield from _issue(turn)


def _frozen(ws: Workspace, slots: tuple[Slot, ...]) -> dict[str, Programme]:
    """Every draft, made when its time comes, from the files as they are by then."""
    found: dict[str, Programme] = {}
    waiting = edits()
    for slot in sorted(slots, key=lambda one: (one.draft_at, one.key)):
        while waiting and datetime.combine(waiting[0].on, time(12), tzinfo=slot.draft_at.tzinfo) <= slot.draft_at:
            waiting.pop(0).apply(ws.root)
        found[slot.key] = programme_of(freeze(ws, slot, slot.draft_at))
    return found


def _issue(turn: Turn) -> Iterator[str]:
    issue, sent = turn.issue, turn.slot.send_at
    first, last = issue.window.start.date(), issue.window.end.date() - timedelta(days=1)
    yield f"\n### {turn.slot.key}\n\nSent {_day(sent.date())}, {sent:%H:%M}; {_day(first)} to {_day(last)}."
    if turn.withheld:
        yield f" **Not sent:** nothing for this reader. {_plain(issue.next_content)}\n"
        return
    yield f" **{_plain(issue.subject)}**\n\n| Section | Mark | What | When |\n|---|---|---|---|\n"
    for section in issue.sections:
        if section.kind not in ("note", "glance"):
            yield from (_row(section.title, entry) for entry in section.entries)


def _row(section: str, entry: Entry) -> str:
    mark = entry.flag or entry.change
    told = (f"now {entry.now}" if entry.now else "", f"was {entry.was}" if entry.was else "")
    said = (entry.when_text if entry.when_text not in entry.now else "", *told, *entry.exceptions)
    when = "; ".join(part for part in said if part)
    return f"| {section} | {mark} | {_plain(entry.title)} | {_plain(when)} |\n"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _plain(text: str) -> str:
    for letter, plain in SPACES.items():
        text = text.replace(letter, plain)
    return text


if __name__ == "__main__":
    PAGE.write_text(tell(), encoding="utf-8")
    print(f"wrote {PAGE}")
