"""What `newsletter --help` lists is what there is, each in its own words, and nothing is loaded to say so."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from newsletter.cli import overview
from newsletter.cli.failures import run_guarded

ENTRIES = [entry for rows in overview.PANELS.values() for entry in rows]
MODULES = sorted({module for _, module, _ in ENTRIES})


def registered(module: str) -> dict[str, str]:
    """The commands that the module adds, and the first sentence of each one's help."""
    app = typer.Typer()
    import_module(f"newsletter.cli.{module}").register(app)
    return {name: first_sentence(command.help or "") for name, command in typer.main.get_group(app).commands.items()}


def first_sentence(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].replace("`", "").split())


@pytest.mark.parametrize("module", MODULES)
def test_every_command_of_a_module_is_listed_in_its_own_words(module: str) -> None:
    listed = {name: summary.replace("`", "") for name, its, summary in ENTRIES if its == module}
    assert listed == registered(module)


def test_no_module_with_commands_is_left_out() -> None:
    package = import_module("newsletter.cli").__path__
    written = {path.stem: path.read_text(encoding="utf-8") for path in Path(package[0]).glob("*.py")}
    of_subscribers = {"people_files"}
    assert {name for name, text in written.items() if "\ndef register(" in text} - of_subscribers == set(MODULES)


def test_a_command_that_is_mistyped_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_guarded(["statsu"]) == 2
    assert "Did you mean 'status'?" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), ([], 2)])
def test_asking_what_there_is_loads_nothing(arguments: list[str], code: int) -> None:
    script = "import sys, newsletter.cli as c\ntry: c.main()\nexcept SystemExit as end: code = end.code\n"
    script += (
        "print(sorted(m for m in sys.modules if m.split('.')[0] in {'typer', 'rich', 'pydantic', 'sqlalchemy'}))\n"
    )
    script += "sys.exit(code)"
    told = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    *lines, loaded = told.stdout.splitlines()
    assert (told.returncode, loaded) == (code, "[]")
    assert all(any(line.startswith(f"  {name} ") for line in lines) for name, _, _ in ENTRIES)
    assert max(map(len, lines)) <= overview.WIDE


def test_help_behind_an_option_is_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_guarded(["--workspace", ".", "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage: newsletter [OPTIONS] COMMAND [ARGS]...")
