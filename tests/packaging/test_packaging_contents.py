"""What is shipped: the package and the sample workspace, and never anybody's address."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE_SUFFIXES = {".toml", ".md", ".csv", ".ics", ".mjml", ".txt", ".html", ".css"}
PACKAGE_SUFFIXES = {".py", ".typed", ".html", ".css", ".js", ".json", ".toml", ".mako", ".ini", ".po"}
#: Data of others comes with their licence.
LICENCE = "LICENCE-"
SDIST_TOP = {
    "newsletter", "templates", "content", "issues", "subscribers", "config.toml", "personas.toml",
    "README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "PKG-INFO", ".gitignore",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel and the sdist, built from the checkout with the pinned build backend."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def wheel_names(built: Path) -> list[PurePosixPath]:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        return [PurePosixPath(name) for name in archive.namelist()]


def test_the_wheel_holds_the_package_the_sample_and_nothing_else(built: Path) -> None:
    for name in wheel_names(built):
        if name.parts[0].endswith(".dist-info"):
            continue
        assert name.parts[0] == "newsletter", name
        allowed = SAMPLE_SUFFIXES if name.parts[1] == "sample" else PACKAGE_SUFFIXES
        assert name.suffix in allowed or name.name == "py.typed" or name.name.startswith(LICENCE), name


def test_the_wheel_holds_what_init_needs_and_the_typing_marker(built: Path) -> None:
    names = {str(name) for name in wheel_names(built)}
    assert "newsletter/py.typed" in names
    for needed in ("config.toml", "subscribers/lists.toml", "templates/hours/issue.mjml", "content/calendar/lab.ics"):
        assert f"newsletter/sample/{needed}" in names
    assert {name for name in names if name.endswith(".po")} == {
        f"newsletter/language/catalogues/{code}.po" for code in ("ar", "de", "es", "fr", "ja")
    }


def test_no_store_no_key_and_no_outbox_is_ever_shipped(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = [PurePosixPath(*PurePosixPath(name).parts[1:]) for name in archive.getnames()]
    everything = [*wheel_names(built), *(name for name in names if name.parts)]
    for name in everything:
        assert ".db" not in name.name, name
        assert name.name != "secret.key", name
        assert "outbox" not in name.parts, name
    assert {name.parts[0] for name in names if name.parts} <= SDIST_TOP
