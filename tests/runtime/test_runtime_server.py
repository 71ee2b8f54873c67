"""The server: ports that cannot be had, and an end that lets requests finish."""

import asyncio
import threading
import time

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from support_loopback import Served, ask, served

from newsletter.runtime.server import PortError, address, listen


def test_a_port_in_use_is_told_with_its_number():
    first = listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    with pytest.raises(PortError, match=rf"port {port} on 127\.0\.0\.1 is in use; .* another port"):
        listen("127.0.0.1", port)
    first.close()


def test_a_port_that_was_just_used_can_be_had_again():
    with served(Starlette()) as server:
        port = server.port
    listen("127.0.0.1", port).close()


def test_an_address_of_another_machine_is_told():
    with pytest.raises(PortError, match=r"cannot listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_the_address_is_what_a_browser_opens():
    listener = listen("127.0.0.1", 0)
    assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def test_a_request_under_way_is_finished(monkeypatch):
    monkeypatch.setattr("newsletter.runtime.server.GRACE", 60)
    began = threading.Event()

    async def slow(_request: Request) -> Response:
        began.set()
        await asyncio.sleep(0.4)
        return PlainTextResponse("whole")

    answers: list[str] = []
    with served(Starlette(routes=[Route("/", slow)])) as server:
        asking = threading.Thread(target=lambda: answers.append(ask(Served(server.port), "GET", "/")[1]))
        asking.start()
        assert began.wait(30)
    asking.join()
    assert answers == ["whole"]


def test_no_log_names_the_address_of_a_page(caplog):
    with caplog.at_level("DEBUG", "uvicorn"), served(Starlette()) as server:
        ask(server, "GET", "/u/secret-token")
        time.sleep(0.05)
    assert "secret-token" not in caplog.text
