"""Pictures on their way from beside a page into the archive: found, scaled, named by their content, and kept.

Only what lies in the workspace, or in the repository of a source, is looked at: nothing is fetched for a picture's
sake. What is for members is never published, since whoever has the address of a picture can see it.
"""

import hashlib
import json
import re
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from newsletter.app.archiving.hosting import base_url, is_public
from newsletter.app.archiving.picture_files import PictureFiles, as_path
from newsletter.app.source_cache import private_folder
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Draft, Issue
from newsletter.model.item import Item
from newsletter.model.picture import Mention, Picture
from newsletter.model.problem import Level, Origin, Problem
from newsletter.model.publishing import PublicFile
from newsletter.render.archive.site import ARCHIVE
from newsletter.render.prose import picture_targets
from newsletter.render.scaling import PictureError, Scaled, scaled

#: Where published pictures lie, below the workspace and below the public address alike.
FOLDER = f"{ARCHIVE}/pictures"
#: Pictures of one issue; the rest of it goes without.
MOST = 60
#: CSS pixels across which none is shown wider: the width of a mail.
SHOWN = 600
#: Changes where the same file would be scaled to another picture.
RECIPE = "1"
_NAME = re.compile(r"[0-9a-f]{32}\.(?:jpg|png)")
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


def with_pictures(ws: Workspace, draft: Draft, everybody: Callable[[Draft], Issue] | None = None) -> Draft:
    """The draft with the pictures of what its issue tells, scaled and ready, and what is wrong with them.

    `everybody` composes the issue with every topic; a mail that is a note alone needs none.
    """
    noted = tuple(_of_note(draft))
    some = [item for item in draft.items if item.picture or item.body_pictures] if everybody else []
    if not noted and not some:
        return draft
    told = {entry.id for section in everybody(draft).sections for entry in section.entries} if everybody else set()
    gathered = _Gathered(ws, PictureFiles(ws))
    for item in (item for item in some if item.id in told):
        gathered.add_item(item)
    for mention in noted:
        gathered.add(mention, titled=draft.settings.title)
    problems = tuple(dict.fromkeys((*draft.problems, *gathered.problems)))
    return replace(draft, pictures=tuple(sorted(gathered.pictures.items())), problems=problems)


def publish_pictures(ws: Workspace, draft: Draft) -> None:
    """Put the draft's pictures where they are served and built from; what is there already stays as it is."""
    for _, picture in draft.pictures:
        name = picture.url.rpartition("/")[2]
        place = ws.root / FOLDER / name
        if not place.exists():
            _write(place, (_kept(ws) / name).read_bytes())


def picture_file(ws: Workspace, name: str) -> PublicFile | None:
    """A published picture; None where there is none of that name."""
    if not _NAME.fullmatch(name):
        return None
    try:
        data = (ws.root / FOLDER / name).read_bytes()
    except OSError:
        return None
    return PublicFile(f"{FOLDER}/{name}", data, _TYPES[name.rpartition(".")[2]])


def picture_files(ws: Workspace) -> Iterator[PublicFile]:
    """Every published picture, by name."""
    folder = ws.root / FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        file = picture_file(ws, path.name)
        if file is not None:
            yield file


def in_place(ws: Workspace, draft: Draft, page: str) -> str:
    """The page with the draft's pictures in itself: to be looked at where none of them is published yet."""
    for _, picture in draft.pictures:
        name = picture.url.rpartition("/")[2]
        try:
            data = (_kept(ws) / name).read_bytes()
        except OSError:
            continue
        kind = _TYPES[name.rpartition(".")[2]]
        page = page.replace(f'src="{picture.url}"', f'src="data:{kind};base64,{b64encode(data).decode("ascii")}"')
    return page


def _of_note(draft: Draft) -> Iterator[Mention]:
    """The pictures in the words of the editor, or of a mail of its own, by the address as it is written."""
    at = draft.note.origin
    for address, alt in picture_targets(draft.note.body) if at else ():
        yield Mention(address, address, alt, at or Origin("", ""))


class _Gathered:
    """The pictures of one issue as they are found, by their address in texts."""

    def __init__(self, ws: Workspace, files: PictureFiles) -> None:
        self.ws, self.files = ws, files
        self.pictures: dict[str, Picture] = {}
        self.problems: list[Problem] = []

    def add_item(self, item: Item) -> None:
        """Those of one item, unless they are for members alone."""
        if item.picture and not self.files.holds(item.picture) and self.files.is_ours(item.picture):
            self._tell("info", "I-PICTURE", item.picture, "this lies elsewhere, and is not fetched; put a copy here")
        for mention in (*((item.picture,) if item.picture else ()), *item.body_pictures):
            if item.visibility == "members" and self.files.holds(mention):
                text = f"{item.title!r} is for members and pictures are public, so the mail goes without it"
                self._tell("info", "I-PICTURE", mention, text)
            elif item.visibility == "public":
                self.add(mention, item.title)

    def add(self, mention: Mention, titled: str) -> None:
        """One picture, where it can be shown."""
        if mention.address in self.pictures or not self.files.holds(mention):
            return
        data = self._shown(mention, titled)
        if data is None:
            return
        try:
            self.pictures[mention.address] = _prepared(self.ws, data)
        except PictureError as error:
            self._tell("warning", "W-PICTURE", mention, f"the picture {error}")

    def _shown(self, mention: Mention, titled: str) -> bytes | None:
        """Its bytes, where it is there, says what is to be seen, and could be looked at by readers."""
        data = self.files.read(mention)
        if data is None:
            text = f"there is no such file, beside {mention.origin.path} or in a folder of the site's pictures"
            self._tell("warning", "W-PICTURE", mention, text)
        elif not mention.alt:
            text = f"nothing says what is to be seen on it; write image_alt, or ![words]({as_path(mention.written)})"
            self._tell("warning", "W-ALT", mention, f"{text}. The mail goes without it")
        elif not is_public(self.ws.settings.web.base_url):
            text = "web.base_url leads to this machine alone, where no reader could see it; the mail goes without it"
            self._tell("info", "I-PICTURE", mention, text)
        elif len(self.pictures) >= MOST:
            self._tell("warning", "W-PICTURE", mention, f"{titled!r} comes after {MOST} pictures; that is enough")
        else:
            return data
        return None

    def _tell(self, level: Level, code: str, mention: Mention, text: str) -> None:
        self.problems.append(Problem(level, code, f"{mention.written}: {text}.", mention.origin))


def _prepared(ws: Workspace, data: bytes) -> Picture:
    """The picture scaled, kept beside the workspace's other copies until it is published; scaled once."""
    kept = _kept(ws)
    index = kept / f"{hashlib.sha256(RECIPE.encode() + data).hexdigest()}.json"
    try:
        known = json.loads(index.read_bytes())
        name, width, height, octets = known["name"], known["width"], known["height"], known["octets"]
        if (kept / name).stat().st_size != octets:
            raise ValueError(name)
    except (OSError, ValueError, KeyError, TypeError):
        found = scaled(data)
        name = _name_of(found)
        width, height, octets = found.width, found.height, len(found.data)
        _write(kept / name, found.data)
        _write(index, json.dumps({"name": name, "width": width, "height": height, "octets": octets}).encode())
    return Picture(f"{base_url(ws.settings)}/{FOLDER}/{name}", width, height, octets).fitted(SHOWN)


def _name_of(found: Scaled) -> str:
    return f"{hashlib.sha256(found.data).hexdigest()[:32]}.{found.ending}"


def _kept(ws: Workspace) -> Path:
    return private_folder(ws.root) / "pictures"


def _write(place: Path, data: bytes) -> None:
    """At one stroke, so that nobody is served half a picture."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}-", delete=False) as file:
        file.write(data)
    fresh = Path(file.name)
    fresh.chmod(0o644)
    fresh.replace(place)
