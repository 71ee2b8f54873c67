"""Delivery cut off at every step: whoever takes it up again loses nobody, doubles nobody, and says what is in doubt.

The steps are found and not listed: a story of delivery is told once with all crash points written down, and then once
for each of them, killed there and told to its end by another process.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from crash_oracle import arrivals, beliefs, judge
from crash_roles import BEFORE, STOPPED, UNWANTED
from crash_workspace import ENV, KEY, Road, fill, opened, write
from crash_zygote import Zygote
from support_dev_sink import DevSink

from newsletter.app.sending.auditing import audit_mailing
from newsletter.crash_points import VARIABLE

# Processes of their own, which nobody watches; test_crash_postgresql.py has the other database.
pytestmark = [pytest.mark.no_cover, pytest.mark.sqlite_only]
KILLED = -9
READERS, BATCH = 9, 4
#: Where a worker is killed before the story begins: in the middle of a batch of which nothing has left.
IN_THE_MIDDLE = {"http": "before request", "smtp": "before dot"}


@dataclass(frozen=True)
class Scene:
    """A workspace in which one mailing lies as a killed worker left it, and one is approved."""

    transport: str
    template: Path
    sink: DevSink
    zygote: Zygote

    def told(self, root: Path, point: str = "") -> int:
        """Tell the story in a process of its own, to be killed at this point; how it ended."""
        out = root / "story.log"
        code = self.zygote.run("story", str(root), env=ENV | {VARIABLE: point}, out=out)
        assert code in (0, KILLED), out.read_text()
        return code

    def fresh(self, root: Path) -> Path:
        self.sink.forget()
        return Path(shutil.copytree(self.template, root))


@pytest.fixture(params=["http", "smtp"])
def scene(request: pytest.FixtureRequest, scenes: dict[str, Scene]) -> Scene:
    return scenes[request.param]


@pytest.fixture(scope="module")
def scenes(dev_sink_process: DevSink, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    ports = {"http": dev_sink_process.http_port, "smtp": dev_sink_process.smtp_port}
    found = {}
    for transport, port in ports.items():
        root = tmp_path_factory.mktemp(transport) / "ws"
        ws = write(root, Road(transport, port, BATCH))
        fill(ws, READERS, BEFORE, KEY, STOPPED)
        ws.store.close()
        assert zygote.run("plan", str(root), BEFORE, env=ENV) == 0
        killed_there = ENV | {VARIABLE: IN_THE_MIDDLE[transport]}
        assert zygote.run("newsletter", "-w", str(root), "worker", "--once", env=killed_there) == KILLED
        found[transport] = Scene(transport, root, dev_sink_process, zygote)
    return found


def faults(scene: Scene, root: Path) -> list[str]:
    """What does not hold after the story was told to its end."""
    found = []
    ws = opened(root)
    for key in (BEFORE, KEY, STOPPED):
        arrived = arrivals(scene.sink.keep, key)
        believed = beliefs(ws, key)
        verdict = judge(arrived, believed, believed if key == STOPPED else {UNWANTED})
        if not verdict.holds:
            found.append(f"{key}: {verdict}")
        if verdict.unknown and scene.transport == "http":
            found.append(f"{key}: {len(verdict.unknown)} unknown, though the provider has a log")
        if len(verdict.unknown) > (key == BEFORE) + 1:
            found.append(f"{key}: {len(verdict.unknown)} unknown of one message in flight")
        found += [str(one) for one in audit_mailing(ws, key).violations]
    left = [path.name for path in (root / "subscribers" / "journal").iterdir() if path.name != ".gitignore"]
    if left:
        found.append(f"journals are left: {left}")
    ws.store.close()
    return found


def cut_off(scene: Scene, root: Path, point: str) -> list[str]:
    """The story killed at one point and taken up again: what does not hold then."""
    scene.fresh(root)
    killed = scene.told(root, point) == KILLED
    again = scene.told(root)
    return faults(scene, root) + ([] if killed and not again else [f"killed: {killed}, then ended with {again}"])


@pytest.mark.parametrize(
    ("transport", "point"),
    [("http", "after hand over"), ("http", "before settle"), ("smtp", "after mark"), ("smtp", "after dot")],
)  # fmt: skip
def test_check_2_delivery_cut_off_at_this_point_loses_and_doubles_nobody(
    scenes: dict[str, Scene], tmp_path: Path, transport: str, point: str
) -> None:
    assert cut_off(scenes[transport], tmp_path / "ws", point) == []


def passed_points(scene: Scene, root: Path) -> list[str]:
    """Every crash point of the story, in the order in which they are first passed."""
    scene.fresh(root)
    file = root / "points.txt"
    assert scene.zygote.run("record", str(root), str(file), env=ENV, out=root / "story.log") == 0
    assert faults(scene, root) == [], "of a story that nobody cut off"
    return file.read_text().splitlines()


@pytest.mark.slow
def test_check_2_delivery_cut_off_at_any_point_loses_and_doubles_nobody(scene: Scene, tmp_path: Path) -> None:
    points = passed_points(scene, tmp_path / "recorded")
    steps = {point.partition(" ")[2] for point in points}
    assert len(steps) >= 30, f"only {len(steps)} steps are seen"
    found = {}
    for number, point in enumerate(points):
        if wrong := cut_off(scene, tmp_path / str(number), point):
            found[point] = wrong
        shutil.rmtree(tmp_path / str(number))
    print(f"{scene.transport}: {len(points)} crash points at {len(steps)} steps, {len(found)} violations")
    assert found == {}, json.dumps(found, indent=1)
