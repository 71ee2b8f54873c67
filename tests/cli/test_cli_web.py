"""Pages and hooks in a process of their own, which sends nothing and drafts nothing."""

import threading
import urllib.request
from pathlib import Path

import pytest
from support_workspace import open_at

from newsletter.cli.web import answering
from newsletter.runtime.server import address, listen, serving
from newsletter.store import issues


def test_it_answers_readers_and_the_cadence_is_not_its_business(tmp_path: Path) -> None:
    ws, stop = open_at(tmp_path), threading.Event()
    listener = listen("127.0.0.1", 0)
    with answering(ws, stop) as app, serving(app, listener, stop):
        with urllib.request.urlopen(address(listener) + "/subscribe") as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(address(listener) + "/studio")
    with ws.store.read() as connection:
        assert issues.in_states(connection, ws.settings.community.id) == ()
