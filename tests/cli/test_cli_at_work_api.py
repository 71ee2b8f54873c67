"""The running program serves the API beside its pages, and writes what it counted when it ends."""

import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from starlette.testclient import TestClient

from newsletter.app.accounting.actors import account
from newsletter.app.api.tokens import create_token, tokens_of
from newsletter.app.numbers.counting import today
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace
from newsletter.cli.at_work import Shift
from newsletter.store import numbers


def test_what_was_asked_for_is_written_when_the_program_ends(tmp_path: Path) -> None:
    init_workspace(tmp_path / "lab")
    ws = open_workspace(tmp_path / "lab", environ={})
    _, token = create_token(ws, "site", ("published:read",), ws.clock() + timedelta(days=1), account())
    with closing(Shift(ws, threading.Event())) as at_work:
        client = TestClient(at_work.app)
        answer = client.get("/api/v1/topics", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, len(answer.json()["topics"])) == (200, len(ws.settings.topics))
        assert client.get("/api/v1/openapi.json").status_code == 200
        assert client.get("/calendar/datathons.ics").status_code == 200
        with ws.store.read() as connection:
            assert numbers.between(connection, "data-lab", today(ws), today(ws)) == ()
    with ws.store.read() as connection:
        [one] = numbers.between(connection, "data-lab", today(ws) - timedelta(days=1), today(ws))
    assert (one.kind, one.about, one.count) == ("topic calendar", "datathons", 1)
    [mine] = tokens_of(ws)
    assert mine.used_on is not None
    ws.store.close()
