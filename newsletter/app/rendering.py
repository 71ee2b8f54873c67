"""Writes one edition to files, filled with inert values, for looking at and for other programs."""

from datetime import datetime
from pathlib import Path

from newsletter.app.archiving.pictures import in_place
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Draft
from newsletter.model.mail import SLOT_NAMES, Edition, Row, fill_text, message_bytes

SAMPLE_LINK = "https://news.example.org/sample"


def sample_row(address: str = "reader@example.org") -> Row:
    """A recipient whose links lead nowhere; nothing in a rendered sample is anybody's."""
    values = dict.fromkeys(SLOT_NAMES, SAMPLE_LINK) | {"name": "", "address": address}
    return Row("sample", address, "<sample@news.example.org>", SAMPLE_LINK, values)


def write_edition(edition: Edition, out: Path, stem: str, at: datetime) -> tuple[Path, ...]:
    """STEM.html, STEM.txt and STEM.eml below `out`."""
    row = sample_row()
    out.mkdir(parents=True, exist_ok=True)
    contents = {
        "html": fill_text(edition.html, row.values).encode(),
        "txt": fill_text(edition.text, row.values).encode(),
        "eml": message_bytes(edition, row, at),
    }
    return tuple(_write(out / f"{stem}.{suffix}", data) for suffix, data in contents.items() if data)


def shown_html(ws: Workspace, draft: Draft, edition: Edition) -> str:
    """The HTML part with inert values and the draft's own pictures in itself; empty for a reader of text only."""
    return in_place(ws, draft, fill_text(edition.html, sample_row().values))


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
