"""The dev sink as a process of its own, for every test that sends over a network."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest


@dataclass(frozen=True)
class DevSink:
    """A running sink: its ports, its folder, and what one may ask of it."""

    process: "subprocess.Popen[str]"
    smtp_port: int
    http_port: int
    keep: Path

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def messages(self) -> list[dict[str, Any]]:
        """What was received, SMTP and HTTP, one entry for each reader."""
        found: list[dict[str, Any]] = self._ask("GET", "/_sink/messages")["messages"]
        return found

    def received(self) -> list[str]:
        """The recipient of every message received, in order of address."""
        return sorted(address for one in self.messages() for address in one["to"])

    def requests(self) -> int:
        """How many times mail/send was asked."""
        count: int = self._ask("GET", "/_sink/messages")["requests"]
        return count

    def forget(self) -> None:
        """Forget all messages, behave, and post no events."""
        self._ask("DELETE", "/_sink/messages")
        self.misbehave()
        self.tell_events()

    def misbehave(self, **faults: Any) -> None:
        """Fail in these ways from now on, and in no others; names as in newsletter.devsink.misbehave."""
        self._ask("PUT", "/_sink/misbehave", faults)

    def tell_events(self, **plan: Any) -> None:
        """Post events in this way from now on, and in no other; names as in newsletter.devsink.events."""
        self._ask("PUT", "/_sink/events", plan)

    def events(self) -> dict[str, Any]:
        """How it posts events: the plan, the key that verifies them, and how many were posted and taken."""
        found: dict[str, Any] = self._ask("GET", "/_sink/events")
        return found

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.api_url + path, data, method=method), timeout=60) as answer:
            return json.load(answer)


def start_dev_sink(keep: Path, *options: str) -> DevSink:
    """Start one and wait until it listens."""
    command = [sys.executable, "-m", "newsletter.devsink", "--keep", str(keep), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    return DevSink(process, ready["smtp_port"], ready["http_port"], Path(ready["keep"]))


def stop_dev_sink(sink: DevSink) -> int:
    """Stop it as an operator would; its exit code."""
    sink.process.terminate()
    try:
        return sink.process.wait(60)
    finally:
        sink.process.kill()
        sink.process.communicate()


@pytest.fixture(scope="session")
def dev_sink_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevSink]:
    sink = start_dev_sink(tmp_path_factory.mktemp("dev-sink"))
    yield sink
    stop_dev_sink(sink)


@pytest.fixture
def dev_sink(dev_sink_process: DevSink) -> DevSink:
    """A well-behaved sink that has received nothing; one process for the session."""
    dev_sink_process.forget()
    return dev_sink_process
