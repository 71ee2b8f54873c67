"""The SMTP road with the ledger beside nodemailer, ten pooled connections each, to a sink that is not the limit.

Run `python benchmarks/nodemailer.py [ROUNDS] [MESSAGES]`. The package is looked for in the folder that
NEWSLETTER_BENCH_NODE names (where `npm install nodemailer` was run), or else where node itself finds it; without it,
or without node, the row is left out and says so. nodemailer makes every message from HTML, text and headers, as ours
is filled for every reader; it keeps no ledger.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_row import leave_out
from digest_mail import SIZES, addressing, edition_of, readers
from smtp_road import CONNECTIONS, ours, row
from smtp_stage import Sink, Took, fast_sink

from newsletter.model.mail import SlotRef

NAME = "60 KB, fast sink, nodemailer, ledger"
FOLDER = "NEWSLETTER_BENCH_NODE"
GOAL = 50
SCRIPT = """
const mailer = require("nodemailer");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const road = mailer.createTransport({host: "127.0.0.1", port: given.port, secure: false, ignoreTLS: true, pool: true,
  maxConnections: given.connections, maxMessages: Infinity});
const fill = (parts, row) => parts.map((part) => typeof part === "string" ? part : row.values[part[0]]).join("");
const begun = process.hrtime.bigint(), before = process.cpuUsage();
let next = 0, taken = 0;
const one = async () => {
  while (next < given.count) {
    const row = given.rows[next++ % given.rows.length];
    await road.sendMail({from: given.sender, to: row.address, subject: given.subject, messageId: row.message_id,
      headers: {"List-Unsubscribe": row.list_unsubscribe}, text: fill(given.text, row), html: fill(given.html, row),
      textEncoding: "quoted-printable"});
    taken++;
  }
};
Promise.all(Array.from({length: 2 * given.connections}, one)).then(() => {
  const wall = Number(process.hrtime.bigint() - begun) / 1e9, cpu = process.cpuUsage(before);
  road.close();
  console.log(JSON.stringify({wall, cpu: (cpu.user + cpu.system) / 1e6, taken}));
}, (error) => { console.error(error); process.exit(1); });
"""


def missing() -> str:
    """Why nodemailer cannot be run here; empty where it can."""
    if shutil.which("node") is None:
        return "there is no node here"
    tried = subprocess.run(
        ["node", "-e", 'require("nodemailer")'], env=_environment(), capture_output=True, check=False
    )
    return f"node finds no nodemailer; {FOLDER} names the folder it was installed in" if tried.returncode else ""


def _environment() -> dict[str, str]:
    folder = os.environ.get(FOLDER)
    return dict(os.environ) | ({"NODE_PATH": str(Path(folder) / "node_modules")} if folder else {})


def theirs(sink: Sink, count: int) -> Took:
    """So many messages by nodemailer, a thousand different readers in turn."""
    edition, links = edition_of(SIZES["60 KB"]), addressing()
    rows = [links.row(due) for due in readers(min(count, 1000))]
    given = {
        "port": sink.port,
        "connections": CONNECTIONS,
        "count": count,
        "sender": edition.sender,
        "subject": edition.subject,
        "html": [[part.name] if isinstance(part, SlotRef) else part for part in edition.html],
        "text": [[part.name] if isinstance(part, SlotRef) else part for part in edition.text],
        "rows": [
            {name: getattr(one, name) for name in ("address", "message_id", "list_unsubscribe")}
            | {"values": dict(one.values)}
            for one in rows
        ],
    }
    told = subprocess.run(
        ["node", "-e", SCRIPT],
        env=_environment(),
        input=json.dumps(given),
        text=True,
        capture_output=True,
        check=False,
    )
    if told.returncode:
        raise SystemExit(f"nodemailer failed: {told.stderr[-500:]}")
    found = json.loads(told.stdout)
    assert found["taken"] == count, found
    return Took(count, found["wall"], found["cpu"], sink.end())


def main(rounds: int = 1, messages: int = 3000) -> int:
    """Print the row."""
    if why := missing():
        leave_out(NAME, why)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        runs = (
            lambda n: ours(place, fast_sink(place), SIZES["60 KB"], n),
            lambda n: theirs(fast_sink(place), n),
        )
        return 0 if row(NAME, GOAL, runs, (messages, max(messages // 20, 100)), rounds) else 1


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
