"""Putting a backup in the place of the store; it is fenced, since nobody knows what was sent after it was made."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter.app.accounting.deeds import note_alone
from newsletter.app.backing_up.archive import BackupError, opened_archive, unpack_database
from newsletter.app.sending.fence import raise_fence
from newsletter.app.workspace import SECRET_FILE, Workspace
from newsletter.model.backup import Manifest
from newsletter.people.tokens import key_id
from newsletter.store.copying import check_copy, file_of, move_away, put_in_place
from newsletter.store.engine import is_file, open_store, unmigrated
from newsletter.store.migrate import migrate, revisions
from newsletter.store.moving import holds_rows, load


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands in the store's place now, and where what stood there lies; None where there was nothing."""

    manifest: Manifest
    replaced: Path | str | None


def restore(ws: Workspace, source: Path, *, replace: bool = False) -> Restored:
    """Let the backup be the store. With `replace`, a store that is there is moved aside first, and never deleted.

    One of an older schema is brought up: the backup itself stays as it is. Nothing is sent until
    `newsletter resume --restored`. BackupError or StoreError, and nothing is changed, where
    the file is no sound backup, the store is in use, or the key is another than the one it was made with.
    """
    in_file = is_file(ws.settings.store.url, ws.root)
    if not replace and holds_rows(ws.settings.store.url, ws.root):
        raise BackupError("there is a store there already; --replace moves it aside and takes the backup")
    (ws.root / "subscribers").mkdir(parents=True, exist_ok=True)
    with (
        opened_archive(source) as (manifest, key, tar),
        TemporaryDirectory(dir=(ws.root / "subscribers"), prefix=".restore-") as folder,
    ):
        copy = Path(folder) / "newsletter.db"
        unpack_database(tar, manifest, copy)
        _check(ws, manifest, key, copy)
        away = _put_in_file(ws, copy) if in_file else _put_in_database(ws, copy)
        _keep_key(ws, key)
    open_store(ws.settings.store.url, ws.root, migrate).close()
    raise_fence(ws)
    note_alone(ws, "restored", detail=f"of {manifest.made_at:%Y-%m-%d %H:%M} UTC, sha256 {manifest.digest[:12]}")
    ws.store.close()
    return Restored(manifest, away)


def _put_in_file(ws: Workspace, copy: Path) -> Path | None:
    file = file_of(ws.settings.store.url, ws.root)
    away = move_away(file, f"replaced-{ws.clock():%Y%m%dT%H%M%S}") if file.exists() else None
    put_in_place(copy, file)
    return away


def _put_in_database(ws: Workspace, copy: Path) -> str | None:
    """What was there lies in a schema of its own afterwards."""
    store, aside = unmigrated(ws.settings.store.url, ws.root), f"replaced_{ws.clock():%Y%m%dt%H%M%S}"
    try:
        return f"the schema {aside} of the database" if load(copy, store, aside) else None
    finally:
        store.close()


def _check(ws: Workspace, manifest: Manifest, key: bytes, copy: Path) -> None:
    if manifest.schema not in revisions():
        raise BackupError(f"the backup's schema is {manifest.schema}, which this program does not know: update it")
    if manifest.community != ws.settings.community.id:
        text = f"the backup is of {manifest.community}, and this workspace is of {ws.settings.community.id}"
        raise BackupError(text)
    ours = _our_key(ws) or key.strip()
    if not ours or key_id(ours) != manifest.key:
        advice = f"set NEWSLETTER_SECRET to that key, or move {SECRET_FILE} away if the backup holds it"
        raise BackupError(
            f"the backup was made with another key, without which nobody's wish to leave is known: {advice}"
        )
    with closing(sqlite3.connect(copy)) as connection:
        check_copy(connection)


def _our_key(ws: Workspace) -> bytes:
    """The oldest key that is set or lies here; empty where there is none. It is not made here."""
    if ws.settings.secrets.signing or ws.settings.secrets.signing_old or (ws.root / SECRET_FILE).exists():
        return ws.hash_key
    return b""


def _keep_key(ws: Workspace, key: bytes) -> None:
    if key and not _our_key(ws):
        handle = os.open(ws.root / SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
