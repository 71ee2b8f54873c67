"""docs/first-send.md, done as it is written: from nothing to an issue that leaves by itself, at its time.

Only the two port numbers are others than in the guide, since a machine that tests may have them in use.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.app.sample import sample_root
from newsletter.cli.failures import run_guarded
from newsletter.dates.cadence.parsing import parse_cadence
from newsletter.runtime.server import listen
from newsletter.settings.reading import CONFIG, LISTS, TomlFile, read_settings

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "first-send.md").read_text(encoding="utf-8")
PORTS = ("2525", "8025")
#: Two minutes up to the slot, half a minute up to the next wake-up, and a machine that has other things to do.
PATIENCE = 600


def steps() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def free_port() -> str:
    with listen("127.0.0.1", 0) as listener:
        return str(listener.getsockname()[1])


def written(name: str) -> str:
    """What the guide has one write into a file at first."""
    found = re.search(rf"cat > {re.escape(name)} <<'END'\n(.*?)^END$", "\n".join(steps()), re.DOTALL | re.MULTILINE)
    assert found, name
    return found[1]


def test_the_guides_commands_are_those_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line for step in steps() for line in step.splitlines()]
    found = [shlex.split(line, comments=True) for line in lines if line.startswith("newsletter ")]
    assert [words[1] for words in found] == [
        *("init", "config", "collect", "doctor", "subscribers", "subscribers", "dev-sink"),
        *("cadence", "draft", "check", "approve", "run", "status", "audit"),
    ]
    for words in found:
        arguments = words[1 : next((at for at, word in enumerate(words) if word in (">", "2>&1", "|")), None)]
        assert run_guarded([*arguments, "--help"]) == 0, words
        assert "Usage:" in capsys.readouterr().out


def test_the_guides_files_are_good_and_its_changes_find_what_they_change(tmp_path: Path) -> None:
    more = re.search(r"cat >> config\.toml <<'END'\n(.*?)^END$", "\n".join(steps()), re.DOTALL | re.MULTILINE)
    assert more
    config = TomlFile(CONFIG, written("config.toml") + more[1])
    settings = read_settings(config, TomlFile(LISTS, written("subscribers/lists.toml")), root=tmp_path)
    assert (settings.provider.kind, str(settings.provider.port), str(settings.web.port)) == ("smtp", *PORTS)
    (changed,) = re.findall(r'sed -i "s/(.*?)/(.*?)/" config\.toml', "\n".join(steps()))
    assert changed[0] in config.text
    assert parse_cadence(changed[1].replace("$SOON", "Saturday at 22:19"))
    assert (sample_root() / "templates" / settings.digests["weekly"].theme).is_dir()


@pytest.mark.slow
def test_the_guide_leads_to_a_scheduled_send_as_it_is_written(tmp_path: Path) -> None:
    script = "set -euo pipefail\n" + "\n".join(steps())
    for port in PORTS:
        assert port in script
        script = script.replace(port, free_port())
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    environ |= {"HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"}
    with (tmp_path / "said").open("w+") as said:
        guide = subprocess.Popen(
            ["bash", "-c", script], cwd=tmp_path, env=environ, stdout=said, stderr=said, start_new_session=True
        )
        try:
            code = guide.wait(PATIENCE)
        finally:
            end_all_of(guide)
        said.seek(0)
        told = said.read()
    assert code == 0, told
    assert re.search(r"^weekly-\S+: sent, 2 planned: 2 accepted$", told, re.MULTILINE), told
    assert "sending  by schedule" in told, "it left by itself"
    mails = [file.read_text(encoding="utf-8") for file in sorted((tmp_path / "first-send" / "sink").glob("*.eml"))]
    assert sorted(re.findall(r"^To: (\S+)", "\n".join(mails), re.MULTILINE)) == [
        "ada@example.org",
        "grace@example.org",
    ]
    assert all("Open rehearsal" in mail for mail in mails)
    ran = (tmp_path / "first-send" / "run.log").read_text(encoding="utf-8")
    assert "Traceback" not in ran
    assert "Ctrl+C ends it" in ran


def end_all_of(guide: "subprocess.Popen[bytes]") -> None:
    """What the guide started in the background is in its session, and ends with it."""
    try:
        os.killpg(guide.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
