"""The sample workspace: where it lies in a checkout and in an installed package, and how it is copied."""

import shutil
from pathlib import Path

import newsletter

#: What makes a workspace; everything else beside it is the project's own.
FILES = (
    "config.toml",
    "personas.toml",
    "subscribers/lists.toml",
    "subscribers/example.csv",
    "subscribers/README.md",
)
FOLDERS = ("content", "templates", "issues")
_IGNORE = "subscribers/*.db*\nsubscribers/secret.key\nsubscribers/high-water.json\noutbox/\npublic/\n"


class InitError(Exception):
    """The new workspace cannot be written; the message says why."""


def sample_root() -> Path:
    """The folder that holds the sample: inside the package when installed, else the checkout."""
    package = Path(newsletter.__file__).parent
    installed = package / "sample"
    return installed if installed.is_dir() else package.parent


def sample_files(root: Path) -> tuple[Path, ...]:
    """The sample's files, relative to its root, in order; a subscriber store is never among them."""
    inside = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    wanted = {path.relative_to(root) for path in inside} | {Path(name) for name in FILES}
    return tuple(sorted(path for path in wanted if not path.name.startswith(".")))


def init_workspace(directory: Path) -> tuple[Path, ...]:
    """Write a new workspace; InitError where the folder already holds something."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InitError(f"{directory} is not an empty folder; name a new one, nothing was written")
    root = sample_root()
    files = sample_files(root)
    for file in files:
        target = directory / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / file, target)
    (directory / ".gitignore").write_text(_IGNORE, encoding="utf-8")
    return files
