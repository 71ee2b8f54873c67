"""A picture of a mail: a Chromium of this machine lays it out, without a network, within a limit of time.

The mail stands in a frame of the wished width, because a browser's window is never as narrow as a phone. A first run
tells how tall it is, a second takes the picture. Nothing in the mail can run: the only script that may is ours.
"""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newsletter.app.studio.stage import in_scheme
from newsletter.app.timing import UsageError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge")
#: Seconds for each of the two runs; a mail takes one.
SECONDS = 60.0
#: Pixels: what is taller is cut off, and what a browser takes at all.
TALLEST, NARROWEST, WIDEST = 16_000, 240, 2_000
_HEIGHT = re.compile(r'data-height="(\d{1,6})"')
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-extensions",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--force-device-scale-factor=1",
    # Whatever a mail names on other machines is not there.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
)


class ShotError(Exception):
    """There is no picture; the sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Shot:
    """How a mail is looked at: the frame's width in pixels, and the scheme of the client."""

    width: int = 600
    scheme: Literal["light", "dark"] = "light"


def find_chromium(environ: Mapping[str, str]) -> str:
    """The browser: CHROMIUM where it is set, else what the path has; ShotError where there is none."""
    named = environ.get("CHROMIUM", "")
    places = (shutil.which(name, path=environ.get("PATH", "")) for name in ((named,) if named else NAMES))
    found = next((place for place in places if place), "")
    if not found:
        what = f"CHROMIUM names {named!r}, which cannot be run" if named else "there is no Chromium on the path"
        raise ShotError(f"{what}: install one (Debian: apt install chromium), or set CHROMIUM to where it is")
    return found


def take_shot(html: str, file: Path, shot: Shot, environ: Mapping[str, str]) -> None:
    """Write a PNG of the whole mail; ShotError where the browser gives none in time."""
    if not html:
        raise UsageError("this reader gets text only: there is nothing to take a picture of")
    chromium = find_chromium(environ)
    with tempfile.TemporaryDirectory(prefix="newsletter-shot-") as folder:
        place = Path(folder)
        (place / "mail.html").write_text(_policed(in_scheme(html, shot.scheme), "'none'"), encoding="utf-8")
        height = _height(chromium, place, html, shot)
        (place / "page.html").write_text(_page("mail.html", shot.width, height), encoding="utf-8")
        size = f"--window-size={shot.width},{height}"
        _run(chromium, place, (size, f"--screenshot={place / 'shot.png'}", (place / "page.html").as_uri()))
        if not (place / "shot.png").is_file():
            raise ShotError(f"{chromium} ended without a picture; try it with another Chromium (CHROMIUM)")
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place / "shot.png", file)


def _height(chromium: str, place: Path, html: str, shot: Shot) -> int:
    nonce = secrets.token_urlsafe(16)
    (place / "measured.html").write_text(_measured(in_scheme(html, shot.scheme), nonce), encoding="utf-8")
    (place / "measure.html").write_text(_page("measured.html", shot.width, 100, _LISTENS), encoding="utf-8")
    address = (place / "measure.html").as_uri()
    told = _run(chromium, place, ("--virtual-time-budget=5000", "--window-size=1200,800", "--dump-dom", address))
    found = _HEIGHT.search(told)
    if found is None:
        raise ShotError(f"{chromium} does not tell how tall the mail is; try another Chromium (CHROMIUM)")
    return max(1, min(int(found[1]), TALLEST))


_LISTENS = """<script>addEventListener("message", told => {
document.documentElement.dataset.height = Math.ceil(Number(told.data)) || 0; });</script>"""


def _page(name: str, width: int, height: int, script: str = "") -> str:
    """The frame alone, at the corner of the window."""
    frame = f'<iframe src="{name}" width="{width}" height="{height}" style="border:0;display:block"></iframe>'
    return f'<!doctype html><meta charset="utf-8">{script}<body style="margin:0">{frame}'


def _measured(html: str, nonce: str) -> str:
    """The mail with a word of ours at its end, and nobody else's."""
    tells = 'addEventListener("load", () => parent.postMessage(document.documentElement.scrollHeight, "*"))'
    return _policed(html, f"'nonce-{nonce}'") + f'<script nonce="{nonce}">{tells}</script>'


def _policed(html: str, scripts: str) -> str:
    """The mail in which no other scripts run."""
    doctype, _, rest = html.partition(">")
    return f'{doctype}><meta http-equiv="Content-Security-Policy" content="script-src {scripts}">{rest}'


def _run(chromium: str, place: Path, arguments: Sequence[str]) -> str:
    # In a container there is often no user for the sandbox; nothing in the mail can run.
    root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    command = (chromium, *_QUIET, *root, f"--user-data-dir={place / 'profile'}", *arguments)
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - no shell
    except subprocess.TimeoutExpired:
        raise ShotError(f"{chromium} took more than {SECONDS:g} seconds; try again, or with a smaller mail") from None
    except OSError as error:
        raise ShotError(f"{chromium} cannot be run ({error.strerror}); set CHROMIUM to one that can") from error
    return done.stdout.decode("utf-8", "replace")
