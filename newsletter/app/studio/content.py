"""What the sources hold beside the issue: what is wrong there, what may be one event, what stands only in prose."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from newsletter.app.collecting import DECISIONS
from newsletter.app.studio.issue_writing import bytes_of, replace_file
from newsletter.app.studio.said import Said
from newsletter.app.studio.scene import Scene
from newsletter.app.suggesting import Offer, find_suggestions
from newsletter.app.workspace import Workspace
from newsletter.compose.identity import shared_addresses
from newsletter.compose.near_duplicates import near_duplicates, near_problem
from newsletter.model.item import Item
from newsletter.model.problem import Problem
from newsletter.model.workspace import SourceSettings
from newsletter.sources.blob import Blob, SourceContext, UnreadableError, decode
from newsletter.sources.decisions_file import read_decisions
from newsletter.sources.items import slug
from newsletter.sources.toml_statements import appended, quoted

WILD = frozenset("*?[")
LONGEST_PAGE = 50_000
#: So many files of one name are tried.
NAMES = 20
DECIDING = ("same", "different")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that may be one event."""

    one: Item
    other: Item

    @property
    def name(self) -> str:
        """By what a form means it."""
        return f"{self.one.id} | {self.other.id}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A suggestion and the new file that it may become; without one, it is to be copied."""

    offer: Offer
    file: str

    @property
    def name(self) -> str:
        """By what a form means it."""
        return sha256(self.offer.suggestion.page.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ContentPane:
    """Which of the view's findings are of the sources (numbers), pairs to be decided, and suggestions."""

    numbers: frozenset[int]
    pairs: tuple[Pair, ...]
    offers: tuple[Offered, ...]
    over: int


def content_pane(scene: Scene) -> ContentPane:
    """All of it, as of the moment that the issue is looked at."""
    of_sources = {(one.code, one.origin) for one in scene.draft.problems}
    numbered = enumerate(scene.view.problems)
    found = find_suggestions(scene.ws, scene.at, scene.recent)
    return ContentPane(
        frozenset(n for n, one in numbered if (one.problem.code, one.problem.origin) in of_sources),
        pairs_of(scene),
        tuple(Offered(one, new_file(scene.ws, one)) for one in found.offers),
        len(found.over),
    )


def pairs_of(scene: Scene) -> tuple[Pair, ...]:
    """The entries that may be one event, and about which nothing is decided."""
    events, told = [one for one in scene.draft.items if one.kind == "event"], set(scene.draft.problems)
    near = near_duplicates(events, shared_addresses(events))
    return tuple(Pair(one, other) for one, other in near if near_problem(one, other) in told)


def decide(scene: Scene, values: Mapping[str, str]) -> Said:
    """Write into decisions.toml whether two entries are one event; whatever is there already stays as it is."""
    pair = next((one for one in pairs_of(scene) if one.name == values.get("pair", "")), None)
    table = values.get("do", "")
    if pair is None or table not in DECIDING:
        return Said("There is nothing of that kind to decide any more.", well=False)
    ids, reason = f"[{quoted(pair.one.id)}, {quoted(pair.other.id)}]", " ".join(values.get("reason", "").split())
    rows = [f"[[{table}]]", f"ids = {ids}", *([f"reason = {quoted(reason)}"] if reason else []), ""]
    return _append(scene.ws, "\n".join(rows))


def accept(scene: Scene, values: Mapping[str, str]) -> Said:
    """Save a suggestion, as it was edited, as a new file of its source; no file is ever written over."""
    found = find_suggestions(scene.ws, scene.at, scene.recent).offers
    offer = next((one for one in found if Offered(one, "").name == values.get("offer", "")), None)
    name = new_file(scene.ws, offer) if offer else ""
    page = values.get("page", "").replace("\r\n", "\n")
    if not name or not page.strip() or len(page) > LONGEST_PAGE:
        return Said("There is no such suggestion any more, or no text of it.", well=False)
    path = scene.ws.root / name
    if not path.resolve().is_relative_to(scene.ws.root.resolve()) or not replace_file(path, None, page.encode()):
        return Said(f"{name} is there by now; nothing is written.", False, texts=(("Your page", page),))
    return Said("Saved as", place=f"{name}:1")


def new_file(ws: Workspace, offer: Offer) -> str:
    """The first free name for the suggestion's page, where a source of pages will read it; empty where none does."""
    wanted = offer.suggestion.origin.source
    sources = sorted(ws.settings.sources, key=lambda one: one.name != wanted)
    folder = next(filter(None, map(_folder, sources)), "")
    base = slug(offer.suggestion.title) or "event"
    names = (f"{folder}/{base}{f'-{n}' if n else ''}.md" for n in (0, *range(2, NAMES)))
    return next((name for name in names if not (ws.root / name).exists()), "") if folder else ""


def _folder(source: SourceSettings) -> str:
    """The folder of a source that reads every page in it."""
    path = PurePosixPath(source.path)
    parts = [part for part in path.parts[:-1] if part != "**"]
    plain = not any(set(part) & WILD or part in ("..", "/") for part in parts)
    readable = source.format == "markdown" and not source.is_remote and path.name == "*.md"
    return "/".join(parts) if readable and plain and source.kind != "announcement" else ""


def _append(ws: Workspace, table: str) -> Said:
    path: Path = ws.root / DECISIONS
    data = bytes_of(path)
    try:
        text = (data or b"").decode("utf-8")
        decode(data or b"")
    except (UnicodeDecodeError, UnreadableError) as error:
        return Said(f"{DECISIONS} is not written: {error}", well=False, place=DECISIONS)
    fresh = appended(text, table).encode()
    if any(one.code == "E-TOML" for one in _read(fresh)) or len(_read(fresh)) > len(_read(data or b"")):
        return Said(f"{DECISIONS} is not written: mend what is wrong in it first.", well=False, place=DECISIONS)
    if not path.resolve().is_relative_to(ws.root.resolve()) or not replace_file(path, data, fresh):
        return Said(f"{DECISIONS} was changed meanwhile; nothing is written.", well=False)
    return Said(f"Written into {DECISIONS}.")


def _read(data: bytes) -> tuple[Problem, ...]:
    return read_decisions(Blob(DECISIONS, data), SourceContext("UTC")).problems
