"""The house rules that a tool can check: sizes, who imports what, and a core that reads no clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# The program is read here, and not run.
pytestmark = pytest.mark.no_cover

PACKAGE = Path(__file__).parents[2] / "newsletter"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations/versions" not in path.as_posix())
PURE = (
    *("model", "language", "dates", "sources", "compose", "people", "delivery", "settings"),
    *("health", "render", "checks"),
)
#: A third-party package is one room's business (architecture, section 3).
OWNERS = {
    "jinja2": {"render"},
    "mjml": {"render"},
    "nh3": {"render", "sources"},
    "apscheduler": {"runtime"},
    "watchfiles": {"runtime"},
    "sqlalchemy": {"store", "app"},
    "alembic": {"store"},
    "procrastinate": {"runtime"},
    "sendgrid": {"providers"},
    "python_http_client": {"providers"},
    "starlette": {"web", "devsink", "runtime"},
    "uvicorn": {"runtime", "devsink"},
    "typer": {"cli"},
    "aiosmtpd": {"devsink"},
    "httpcore2": {"net"},
    "dns": {"net"},
    "prometheus_client": {"app"},
    "feedparser": {"sources"},
    "flufl": {"delivery"},
    "babel": {"language", "dates"},
}
CLOCKS = {"now", "utcnow", "today", "monotonic", "time_ns"}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """Top-level packages a module loads when it runs; what only a type checker reads is left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


@pytest.fixture(scope="module")
def users(trees: dict[Path, ast.Module]) -> dict[str, set[str]]:
    """The rooms that load each package."""
    found: dict[str, set[str]] = {}
    for path, tree in trees.items():
        for package in set(imported(tree)):
            found.setdefault(package, set()).add(room(path))
    return found


def test_no_file_has_grown_into_two_rooms() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


def test_functions_are_short(trees: dict[Path, ast.Module]) -> None:
    lengths = sorted((node.end_lineno or 0) - node.lineno + 1 for tree in trees.values() for node in functions(tree))
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 25
    assert lengths[-1] <= 60


@pytest.mark.parametrize("package", sorted(OWNERS))
def test_a_third_party_package_is_imported_in_its_own_room_only(package: str, users: dict[str, set[str]]) -> None:
    assert users.get(package, set()) <= OWNERS[package]
    assert package in users, f"nothing imports {package} any more: take it out of the dependencies"


def test_the_pure_rooms_read_no_clock(trees: dict[Path, ast.Module]) -> None:
    readers = {
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path, tree in trees.items()
        if room(path) in PURE
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    }
    assert readers == set()


def test_every_public_function_and_class_says_what_it_is(trees: dict[Path, ast.Module]) -> None:
    silent = [
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_module_opens_with_its_law(trees: dict[Path, ast.Module]) -> None:
    assert [str(path.relative_to(PACKAGE)) for path, tree in trees.items() if not ast.get_docstring(tree)] == []
