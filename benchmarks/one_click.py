"""How many one-click leavings (RFC 8058) a second the public pages take, each on disk before its 200.

Run `python benchmarks/one_click.py [READERS] [CONNECTIONS]`. A real server, in a process of its own, answers over
loopback; every POST is of another reader. Afterwards the store is looked at: whoever was answered 200 has left.
Besides the wall clock, the server's own processor time is told, which other programs on the machine change less.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sample import init_workspace
from newsletter.app.sending.addressing import LEAVE
from newsletter.app.subscribing import listing
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.people.tokens import make_token

GOAL, GOAL_P99 = 1_000, 0.200
READERS, CONNECTIONS = 20_000, 32
BODY = b"List-Unsubscribe=One-Click"
#: As long, and refused without a look at the store.
NOTHING = b"List-Unsubscribe=Not-Today"


def prepared(root: Path, readers: int) -> tuple[Workspace, list[str]]:
    """A workspace with so many active readers, and the leave token of each."""
    init_workspace(root)
    config = root / "config.toml"
    config.write_text(config.read_text().replace("[web]", "[web]\nport = 0"), encoding="utf-8")
    ws = open_workspace(root, environ={})
    table = "\n".join(("email", *(f"reader{number:06d}@example.org" for number in range(readers))))
    import_bytes(ws, table.encode(), "readers.csv", "community")
    return ws, [make_token(ws.secret, LEAVE, person.id, "community") for person, _ in listing(ws)]


def served(root: Path) -> tuple[subprocess.Popen[str], int]:
    """The process that stays up, and the port it tells."""
    command = [sys.executable, "-m", "newsletter", "--workspace", str(root), "run"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    line = next(line for line in server.stdout if "public pages on http://" in line)
    return server, int(line.split("http://127.0.0.1:")[1].split(",")[0].split()[0])


async def post_all(
    port: int, tokens: list[str], connections: int, body: bytes = BODY, expected: bytes = b"200"
) -> list[float]:
    """Seconds that each POST took, over so many connections that stay open."""
    took: list[float] = []
    waiting = iter(tokens)

    async def one_client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for token in waiting:
            began = perf_counter()
            writer.write(_request(token, body))
            status = await reader.readline()
            length = 0
            while (line := await reader.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            await reader.readexactly(length)
            took.append(perf_counter() - began)
            assert status.split()[1] == expected, status
        writer.close()

    await asyncio.gather(*(one_client() for _ in range(connections)))
    return took


def measured(
    server: subprocess.Popen[str], port: int, tokens: list[str], connections: int, body: bytes, expected: bytes
) -> tuple[list[float], float]:
    """Seconds of each request, and the server's processor time for all of them."""
    before = _processor_time(server.pid)
    took = asyncio.run(post_all(port, tokens, connections, body, expected))
    return took, _processor_time(server.pid) - before


def _request(token: str, body: bytes) -> bytes:
    head = (
        f"POST /u/{token} HTTP/1.1\r\nHost: news.example.org\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Measure once and print what a reader of docs/performance.md needs."""
    readers = int(sys.argv[1]) if len(sys.argv) > 1 else READERS
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else CONNECTIONS
    root = Path(tempfile.mkdtemp(prefix="one-click-")) / "lab"
    try:
        ws, tokens = prepared(root, readers)
        server, port = served(root)
        _, bare = measured(server, port, tokens[:2_000], connections, NOTHING, b"400")
        took, processor = measured(server, port, tokens, connections, BODY, b"200")
        wall = sum(took) / connections
        server.send_signal(signal.SIGTERM)
        server.wait()
        left = sum(one.state == "left" for _, one in listing(ws))
        ws.store.close()
    finally:
        shutil.rmtree(root.parent)
    p50, p99 = (quantiles(took, n=100)[at] for at in (49, 98))
    print(f"{readers} leavings over {connections} connections, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"wall: {readers / wall:.0f}/s, p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms (goal {GOAL}/s, 200 ms)")
    print(
        f"server's processor time: {processor / readers * 1e6:.0f} us each, {readers / processor:.0f}/s of one core; "
        f"of that {bare / len(tokens[:2_000]) * 1e6:.0f} us for HTTP alone (the same request, which asks for nothing)"
    )
    print(f"answered 200 and left in the store: {left} of {readers}")
    sys.exit(0 if left == readers else 1)


def _processor_time(pid: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
