"""The lines of the workspace's files, for excerpts beside a finding."""

from pathlib import Path

#: Bytes; longer files are not quoted.
LARGEST = 1_000_000


class SourceLines:
    """Gives the lines of a file below the root by its name; None for what is none, leads out, or is large."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, name: str) -> list[str] | None:
        """Read the file as it is now."""
        path = (self._root / name).resolve()
        try:
            if not name or not path.is_relative_to(self._root) or path.stat().st_size > LARGEST:
                return None
            return path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
