"""Three communities through a quarter in one process and one store, by a clock of its own."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support_dev_sink import DevSink
from support_events import body_of, signed
from support_loopback import Served, ask, served
from support_neighbours import NEIGHBOURS, Neighbour, store_url, with_members, write
from support_workspace import Clock

from newsletter.app.observing.several import Observers
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.cli.at_work import Shift
from newsletter.devsink.events import Signer
from newsletter.web.virtual_hosts import VirtualHosts

BEGIN = datetime(2026, 9, 30, 12, tzinfo=UTC)
#: The worst case: one key signs the links of all three, and one account sends for them.
ENVIRON = {"NEWSLETTER_SECRET": "one key for all three", "NEWSLETTER_SENDGRID_KEY": "SG.one-account"}


@dataclass(eq=False)
class Quarter:
    """The process: who is at work, what is served, and what the provider was given."""

    root: Path
    sink: DevSink
    server: Served
    hosts: VirtualHosts
    clock: Clock
    shifts: dict[str, Shift]
    signers: dict[str, Signer]
    observers: Observers = field(default_factory=Observers)
    #: A second process, for some of them.
    twins: dict[str, Shift] = field(default_factory=dict)
    #: What the statements that were made did not narrow to a community, by their makers.
    wide: dict[str, frozenset[str]] = field(default_factory=dict)

    def ws(self, one: Neighbour) -> Workspace:
        return self.shifts[one.id].reloader.ws

    def wake(self, one: Neighbour) -> None:
        """What the wakers do for a community, once; a second process on the same store does it as well."""
        for shift in (self.shifts[one.id], self.twins.get(one.id)):
            for beat, _ in shift._now._beating if shift else ():
                beat()

    def until(self, end: datetime, step: timedelta) -> None:
        """Let time pass, and wake everybody on the way."""
        while self.clock.now < end:
            self.clock.now = min(end, self.clock.now + step)
            for one in NEIGHBOURS:
                self.wake(one)

    def restart(self, one: Neighbour) -> None:
        """The process ends and begins again, for one of them."""
        old = self.shifts[one.id]
        old.rest()
        old.close()
        self.shifts[one.id] = Shift(opened(self, one.id), threading.Event())
        self.hosts.put(one.id, one.base_url, self.shifts[one.id].app)
        self.observers.put(one.id, self.shifts[one.id].observer)

    def ask(
        self, one: Neighbour, path: str, method: str = "GET", body: object = None, **headers: str
    ) -> tuple[int, str]:
        """A request to a community's public address, or to that with a path of another's."""
        host, _, before = one.base_url.removeprefix("https://").partition("/")
        where = f"/{before}{path}" if before else path
        answer, page = ask(self.server, method, where, body, {"Host": host, **headers}, timeout=120)
        return answer.status, page

    def mails(self, one: Neighbour | None = None) -> list[dict[str, Any]]:
        """What the provider was given: request by request, of one community or of all."""
        bodies = (json.loads(path.read_bytes()) for path in sorted(self.sink.keep.glob("*.json")))
        found = [body for body in bodies if "personalizations" in body]
        return [body for body in found if one is None or body["from"]["email"] == f"post@{one.id}.example.org"]

    def last_mail(self, one: Neighbour, address: str) -> dict[str, Any]:
        """What stands about the reader in the last mail to them: their links and arguments."""
        rows = [row for body in self.mails(one) for row in body["personalizations"]]
        found: dict[str, Any] = [row for row in rows if row["to"][0]["email"] == address][-1]
        return found

    def links(self, one: Neighbour, address: str) -> dict[str, str]:
        """The paths below the community's address in a reader's last mail, by their first letter."""
        text = json.dumps(self.last_mail(one, address))
        return {found[1]: found[0] for found in re.finditer(r"/(u|p)/[A-Za-z0-9_.~-]+", text)}

    def post_event(self, one: Neighbour, address: str, event: str, **more: str) -> int:
        """The provider tells of the last mail to somebody, signed with that community's key."""
        row = self.last_mail(one, address)
        told = {
            "email": address,
            "timestamp": int(self.clock.now.timestamp()),
            "event": event,
            "sg_event_id": f"{event}-{one.id}",
            "sg_message_id": "message",
            **row["custom_args"],
            **more,
        }
        body = body_of(told)
        headers = signed(body, self.clock.now, self.signers[one.id])
        return self.ask(one, f"/hooks/{one.id}/sendgrid", "POST", body, **headers)[0]


def opened(quarter: "Quarter", community: str) -> Workspace:
    return open_workspace(quarter.root / community, ENVIRON, quarter.clock)


@contextmanager
def quarter_at(root: Path, sink: DevSink) -> Iterator[Quarter]:
    """All three with their members, at work and served, on the eve of the quarter."""
    clock, hosts = Clock(BEGIN), VirtualHosts()
    signers = {one.id: Signer() for one in NEIGHBOURS}
    with ExitStack() as stack:
        server = stack.enter_context(served(hosts))
        quarter = Quarter(root, sink, server, hosts, clock, {}, signers)
        for one in NEIGHBOURS:
            road = f'api_url = "{sink.api_url}"\nwebhook_key = "{signers[one.id].public}"\nbatch = 3'
            place = write(root, one, store_url(root), provider=road)
            config = place / "config.toml"
            config.write_text(config.read_text().replace('kind = "outbox"', 'kind = "sendgrid"'))
            ws = opened(quarter, one.id)
            with_members(ws, one)
            quarter.shifts[one.id] = shift = Shift(ws, threading.Event())
            stack.callback(lambda one=one: quarter.shifts[one.id].close())
            hosts.put(one.id, one.base_url, shift.app)
            quarter.observers.put(one.id, shift.observer)
        yield quarter
