"""Several communities in one process: each is served at its own address, and none falls with another."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from support_loopback import Served, ask
from support_neighbours import CHOIR, LAB, MAKERS, NEIGHBOURS, Neighbour, store_url, with_members, write
from support_workspace import Clock

from newsletter.app.dispatching import edition_renderer
from newsletter.app.operating import TickResult, tick
from newsletter.app.sending.planning import plan_issue
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.cli import at_work, running
from newsletter.cli.hosting import Hosting
from newsletter.cli.working import work_for
from newsletter.runtime.log_lines import LogLines
from newsletter.runtime.workers import announce
from newsletter.settings.reading import SettingsError

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def opens(root: Path) -> Workspace:
    return open_workspace(root, {}, Clock(NOW))


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return [write(tmp_path, one, store_url(tmp_path)) for one in NEIGHBOURS]


@pytest.fixture
def hosting(folders) -> Iterator[Hosting]:
    with closing(Hosting(folders, threading.Event(), opens)) as made:
        yield made


def server_of(hosting: Hosting) -> Served:
    (socket,) = hosting._sockets.values()
    return Served(int(socket.address.rpartition(":")[2]))


def visit(hosting: Hosting, one: Neighbour, path: str) -> tuple[int, str]:
    host, _, before = one.base_url.removeprefix("https://").partition("/")
    answer, page = ask(server_of(hosting), "GET", f"{'/' if before else ''}{before}{path}", headers={"Host": host})
    return answer.status, page


def until(condition: Callable[[], object]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come about")


def test_each_community_is_served_at_its_own_address_by_one_socket(hosting):
    assert hosting.open_all() == 3
    for one in NEIGHBOURS:
        status, page = visit(hosting, one, "/subscribe")
        assert (status, one.name in page) == (200, True)
        assert not [other for other in NEIGHBOURS if other != one and other.word in page]
    assert ask(server_of(hosting), "GET", "/subscribe")[0].status == 404
    assert ask(server_of(hosting), "GET", "/healthz")[0].status == 200


def test_who_cannot_be_opened_is_said_once_and_taken_in_when_it_can(folders, hosting, caplog):
    config = folders[1] / "config.toml"
    good = config.read_text()
    config.write_text(good.replace('zone = "Europe/Berlin"', 'zone = "Europe/Nowhere"'))
    with caplog.at_level(logging.ERROR):
        assert [hosting.open_all(), hosting.open_all()] == [2, 2]
    said, *_ = [line for line in caplog.messages if "is not run" in line]
    assert [text in said for text in (str(folders[1]), "Europe/Nowhere")] == [True, True]
    assert visit(hosting, LAB, "/subscribe")[0] == visit(hosting, MAKERS, "/subscribe")[0] == 200
    assert visit(hosting, CHOIR, "/subscribe")[0] == 404
    assert b'newsletter_community_up{community="choir"} 0.0' in hosting.observers.metrics()
    config.write_text(good)
    assert hosting.open_all() == 3
    assert visit(hosting, CHOIR, "/subscribe")[0] == 200
    numbers = hosting.observers.metrics().decode()
    assert all(f'newsletter_community_up{{community="{one.id}"}} 1.0' in numbers for one in NEIGHBOURS)
    assert numbers.count("# TYPE newsletter_members gauge") == 1


def test_a_name_or_an_address_that_is_taken_keeps_only_the_second_out(tmp_path, caplog):
    folders = [
        write(tmp_path / "a", LAB, store_url(tmp_path)),
        write(tmp_path / "b", LAB, store_url(tmp_path)),
        write(tmp_path / "c", CHOIR, store_url(tmp_path)),
    ]
    config = folders[2] / "config.toml"
    config.write_text(config.read_text().replace(CHOIR.base_url, LAB.base_url))
    with closing(Hosting(folders, threading.Event(), opens)) as hosting:
        assert [hosting.open_all(), hosting.open_all()] == [1, 1]
        assert visit(hosting, LAB, "/subscribe")[0] == 200
    said = [line for line in caplog.messages if "already" in line or "both reached" in line]
    assert len(said) == 2, "each is said once, however often it is tried"
    assert ["'data-lab' already" in said[0], "both reached at cascadia.example.org" in said[1]] == [True, True]


def test_where_none_can_be_opened_the_fault_is_raised(tmp_path):
    (tmp_path / "empty").mkdir()
    hosting = Hosting([tmp_path / "empty"], threading.Event(), opens)
    assert hosting.open_all() == 0
    error = hosting.homes[0].error
    assert isinstance(error, SettingsError)
    assert error.problems[0].level == "error"


def test_one_that_fails_at_every_wake_up_keeps_no_other_from_sending(folders, hosting, caplog, monkeypatch):
    for one, root in zip(NEIGHBOURS, folders, strict=True):
        with_members(opens(root), one)
    drafted_at = datetime(2026, 10, 1, 17, tzinfo=UTC)
    tick(open_workspace(folders[0], {}, Clock(drafted_at)), drafted_at)
    (folders[1] / "content" / "programme.csv").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setattr(at_work, "tick", partial(failing_for, CHOIR.id))
    caplog.handler.setFormatter(LogLines("text"))
    clock = Clock(datetime(2026, 10, 2, 16, 30, tzinfo=UTC))  # the lab's Friday, half past nine in Seattle
    hosting.opens = lambda root: open_workspace(root, {}, clock)
    assert hosting.open_all() == 3
    until(lambda: len(list((folders[0] / "outbox").rglob("*.eml"))) >= 5)
    until(lambda: "this wake-up failed" in caplog.text)
    (said,) = [line for line in caplog.text.splitlines() if "this wake-up failed" in line]
    assert "[community=choir]" in said
    assert not list((folders[2] / "outbox").rglob("*.eml"))


def failing_for(community: str, ws: Workspace, *rest: object) -> TickResult:
    if ws.settings.community.id == community:
        raise OSError("the choir's folder cannot be read")
    return tick(ws, *rest)


@pytest.mark.slow
def test_a_changed_configuration_takes_effect_in_its_community_alone(folders, hosting):
    hosting.open_all()
    before = hosting.homes[1].shift
    config = folders[0] / "config.toml"
    config.write_text(config.read_text().replace("Cascadia Circle", "Cascadia Crowd"))
    hosting.ask()
    hosting.look()
    assert "Cascadia Crowd" in visit(hosting, LAB, "/subscribe")[1]
    assert hosting.homes[1].shift is before
    assert visit(hosting, CHOIR, "/subscribe")[0] == 200


def test_the_metrics_tell_communities_apart(hosting, folders):
    with_members(opens(folders[0]), LAB)
    hosting.open_all()
    lines = [line for line in hosting.observers.metrics().decode().splitlines() if "newsletter_members{" in line]
    assert lines == [
        f'newsletter_members{{community="data-lab",list="{LAB.list}",state="active"}} 5.0',
    ]
    assert hosting.observers.not_ready() == ""


def test_workers_for_several_send_what_is_planned_though_one_of_them_cannot_begin(folders, caplog):
    ws = opens(folders[0])
    with_members(ws, LAB)
    drafted_at, sent_at = datetime(2026, 10, 1, 17, tzinfo=UTC), datetime(2026, 10, 2, 16, 30, tzinfo=UTC)
    tick(open_workspace(folders[0], {}, Clock(drafted_at)), drafted_at)
    clock = Clock(sent_at)
    late = open_workspace(folders[0], {}, clock)
    key = f"{LAB.digest}-2026-10-02"
    plan_issue(late, key, edition_renderer(late, key, sent_at), sent_at)
    (folders[1] / "config.toml").write_text("[community\n")
    assert not work_for(folders, threading.Event(), once=True, opens=lambda root: open_workspace(root, {}, clock))
    assert len(list((folders[0] / "outbox" / key).rglob("*.eml"))) == 5
    assert [str(folders[1]) in line for line in caplog.messages if "nothing is sent for" in line] == [True]


def test_an_address_that_a_new_configuration_takes_from_another_is_refused_once(hosting, caplog):
    hosting.open_all()
    shift = hosting.homes[1].shift
    ws = shift.reloader.ws
    web = ws.settings.web.model_copy(update={"base_url": LAB.base_url})
    shift.reloader.ws = with_settings(ws, web=web)
    hosting.look()
    hosting.look()
    assert ["both reached at" in line for line in caplog.messages].count(True) == 1
    assert visit(hosting, LAB, "/subscribe")[0] == visit(hosting, CHOIR, "/subscribe")[0] == 200


@pytest.mark.slow
def test_the_process_serves_all_and_ends_well_when_it_is_told_to(folders):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    command = [sys.executable, "-m", "newsletter", "run", *map(str, folders)]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ, cwd=Path(__file__).parents[2]
    )
    try:
        assert running.stdout
        lines = [running.stdout.readline() for _ in range(4)]
        assert lines[-1] == "3 of 3 communities run in this process. Ctrl+C ends it.\n"
        server = Served(int(lines[0].rpartition("127.0.0.1:")[2].partition(",")[0]))
        answer, page = ask(server, "GET", "/rheinklang/subscribe", headers={"Host": "houses.example.org"})
        assert (answer.status, "Rheinklang Circle" in page) == (200, True)
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=60)
    finally:
        running.kill()
        running.communicate()
    assert running.returncode == 0, said
    assert "Traceback" not in said


def test_workers_elsewhere_are_told_of_the_mailings_of_each(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    run = "newsletter.cli.hosting.run_workspaces"
    monkeypatch.setattr(run, lambda roots, opens, _style: told.extend(opens(root).announce for root in roots))
    running.run(None, folders)  # type: ignore[arg-type]  # asked for only where no folder is named
    assert told == [announce] * 3
