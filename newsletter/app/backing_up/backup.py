"""Making a backup while the program runs."""

from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter.app.accounting.deeds import note_alone
from newsletter.app.backing_up.archive import BackupError, write_archive
from newsletter.app.workspace import SECRET_FILE, Workspace
from newsletter.model.backup import Manifest
from newsletter.people.tokens import key_id
from newsletter.store.examining import examine_store
from newsletter.store.migrate import HEAD
from newsletter.store.moving import copy_to_file


def back_up(ws: Workspace, target: Path) -> Manifest:
    """Copy the store as it stands at one moment, with the key it is read by, into a new file for its owner alone.

    The program may go on sending meanwhile. A key from the environment is not written down, only which one it is.
    BackupError or StoreError where it cannot be made; then there is no file.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; name another file")
    key = b"" if ws.settings.secrets.signing else (ws.root / SECRET_FILE).read_bytes()
    with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder) / "newsletter.db"
        counts = copy_to_file(ws.settings.store.url, ws.root, copy)
        manifest = _manifest(ws, copy, counts, key)
        write_archive(target, manifest, copy, key)
    if manifest.schema == HEAD:
        # An older store has no such log yet, and is not brought up to date by being backed up.
        note_alone(ws, "backed up", detail=f"sha256 {manifest.digest[:12]}")
    return manifest


def _manifest(ws: Workspace, copy: Path, counts: dict[str, int], key: bytes) -> Manifest:
    with copy.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    schema = examine_store(f"sqlite:///{copy}", ws.root).schema
    return Manifest(ws.clock(), ws.settings.community.id, schema, counts, digest, key_id(ws.hash_key), bool(key))
