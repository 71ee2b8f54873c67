"""What docs/deploy and docs/deploying.md tell people to type and to install fits the program as it is."""

import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded
from newsletter.settings.reading import CONFIG, LISTS, TomlFile, read_settings
from newsletter.settings.secrets import NAMES
from newsletter.web.hooks import LARGEST_POST

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNIT = (DEPLOY / "newsletter.service").read_text(encoding="utf-8")
IMAGE = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
GUIDE = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")


def fences(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def of_unit(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


def instructions(word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in IMAGE.splitlines() if line.startswith(f"{word} ")]


def commands(text: str) -> Iterator[list[str]]:
    """What follows the program's name on every line that names it as a command."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        for number, word in enumerate(words):
            before = words[number - 1] if number else "--"
            is_named = word.rpartition("/")[2] == "newsletter"
            if is_named and (before in ("--", "newsletter") or "=" in before):
                yield words[number + 1 :]


def is_understood(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether the command line has such a command with such options; `--help` keeps it from being done."""
    code = run_guarded([*arguments, "--help"])
    return code == 0 and "Usage:" in capsys.readouterr().out


def test_the_services_commands_are_those_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [*of_unit("ExecStart"), *of_unit("ExecReload")]
    found = [words for line in lines if "newsletter" in line for words in [shlex.split(line)[1:]]]
    assert [words[2:] for words in found] == [["run"], ["config", "check"]]
    assert all(is_understood(words, capsys) for words in found)
    assert not is_understood(["--workspace", "/srv/newsletter", "run", "--forever"], capsys)


def test_the_service_ends_the_batch_in_hand_and_takes_its_configuration_in_on_hang_up() -> None:
    assert (of_unit("KillSignal"), of_unit("KillMode"), of_unit("Restart")) == (
        ["SIGTERM"],
        ["mixed"],
        ["on-failure"],
    )
    assert of_unit("TimeoutStopSec") == ["11min"], "longer than the ten minutes that a mail server may take"
    assert of_unit("ExecReload")[-1].endswith("-HUP $MAINPID")
    assert (of_unit("ProtectSystem"), of_unit("NoNewPrivileges")) == (["strict"], ["yes"])
    assert of_unit("ReadWritePaths") == of_unit("WorkingDirectory") == ["/srv/newsletter"]
    assert of_unit("User") == ["newsletter"]


def test_every_secret_that_is_lent_to_the_service_is_one_that_is_read() -> None:
    lent = {line.partition(":")[0] for line in of_unit("LoadCredential")}
    read = dict(line.split("=", 1) for line in of_unit("Environment"))
    files = {name: value for name, value in read.items() if name.endswith("_FILE")}
    assert {value.removeprefix("%d/") for value in files.values()} == lent
    assert {name.removesuffix("_FILE") for name in files} <= set(NAMES.values())
    assert set(read) - set(files) == {"FORWARDED_ALLOW_IPS"}


def test_the_unit_is_one_that_systemd_reads_and_finds_well_shut_in(tmp_path: Path) -> None:
    assert re.findall(r"^\[(\w+)\]$", UNIT, re.MULTILINE) == ["Unit", "Service", "Install"]
    lines = [line for line in UNIT.splitlines() if line and line[0] not in "#["]
    assert [line for line in lines if not re.fullmatch(r"[A-Z]\w+=.*", line)] == []
    file = tmp_path / "newsletter.service"
    file.write_text(UNIT.replace("/opt/newsletter/bin/newsletter", "/bin/true"), encoding="utf-8")
    asked = (["verify", str(file)], ["security", "--offline=true", "--threshold=20", str(file)])
    # Where systemd is; elsewhere what stands above has to do.
    for command in asked if shutil.which("systemd-analyze") else ():
        done = subprocess.run(["systemd-analyze", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_goes_into_the_image_is_there_and_locked() -> None:
    sources = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    assert [name for name in sources if not (ROOT / name).exists()] == []
    installs = [line for line in instructions("RUN") if "pip install" in line]
    assert all("--require-hashes -r requirements.lock" in line or "--no-deps" in line for line in installs)
    assert len(installs) == 2
    assert not re.search(r"index-url|trusted-host|https?://(?!127\.0\.0\.1)", IMAGE)


def test_the_image_runs_the_program_as_nobody_in_particular_and_asks_for_its_health(
    capsys: pytest.CaptureFixture[str],
) -> None:
    last = IMAGE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER newsletter$", last, re.MULTILINE)
    assert "useradd --system --uid 10001" in last
    assert instructions("STOPSIGNAL") == ["SIGTERM"]
    assert (instructions("ENTRYPOINT"), instructions("CMD")) == (['["newsletter"]'], ['["run"]'])
    assert is_understood(["run"], capsys)
    assert "http://127.0.0.1:8025/healthz" in instructions("HEALTHCHECK")[0]
    assert instructions("EXPOSE") == ["8025"]


def test_the_proxies_pass_on_what_the_program_asks_for() -> None:
    nginx, caddy = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("nginx.conf", "Caddyfile"))
    places = re.findall(r"location [^{]*\{[^}]*proxy_pass[^}]*\}", nginx)
    assert len(places) == 2
    for place in places:
        for header in ("Host $http_host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"):
            assert f"proxy_set_header {header};" in place
        assert 'proxy_set_header X-Forwarded-Email "";' in place
        assert "proxy_pass http://127.0.0.1:8025;" in place
    assert "^/(studio|operator)/" in places[1]
    assert "proxy_buffering off;" in places[1]
    assert f"client_max_body_size {LARGEST_POST // 1024**2}m;" in nginx
    assert f"max_size {LARGEST_POST // 1024**2}MB" in caddy
    assert "access_log off;" in nginx
    assert "flush_interval -1" in caddy
    assert nginx.count("{") == nginx.count("}")


def test_every_command_of_the_guide_is_one_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = [words for fence in fences(GUIDE, "sh") for words in commands(fence)]
    assert len(found) >= 6, found
    assert [words for words in found if not is_understood(words, capsys)] == []


def test_every_setting_of_the_guide_is_one(tmp_path: Path) -> None:
    init_workspace(tmp_path / "lab")
    sample = tomllib.loads((tmp_path / "lab" / CONFIG).read_text(encoding="utf-8"))
    (block,) = fences(GUIDE, "toml")
    told = tomli.loads(block)
    config = (tmp_path / "lab" / CONFIG).read_text(encoding="utf-8")
    for table in told:
        config = re.sub(rf"^\[{table}\]\n.*?(?=^\[|\Z)", "", config, flags=re.DOTALL | re.MULTILINE)
    lists = (tmp_path / "lab" / LISTS).read_text(encoding="utf-8")
    settings = read_settings(TomlFile(CONFIG, f"{config}\n{block}"), TomlFile(LISTS, lists), root=tmp_path)
    assert (settings.provider.kind, settings.web.monitor_port) == ("smtp", 9464)
    assert settings.community.id == sample["community"]["id"]


def test_every_file_and_page_that_the_guide_leads_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)", GUIDE):
        assert (ROOT / "docs" / target).exists(), target
    for name in re.findall(r"docs/deploy/([\w.]+)", GUIDE):
        assert (DEPLOY / name).is_file(), name
