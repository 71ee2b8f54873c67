"""The sink's Event Webhook: what became of each accepted message, signed and posted as SendGrid does it."""

import asyncio
import base64
import http.client
import json
import random
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt

from newsletter.devsink.fates import ENDS, new_event_id
from newsletter.devsink.logs import Logged

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
#: Waits in seconds before a post that was not taken is tried again; the last one repeats.
WAITS = (0.2, 0.5, 1, 2, 5, 10, 30)

Patterns = tuple[str, ...]


def _on_this_machine(url: str) -> str:
    if url and not re.fullmatch(r"http://(127\.0\.0\.1|localhost)(:\d+)?/\S*", url):
        raise ValueError("the sink posts to this machine alone: http://127.0.0.1:PORT/...")
    return url


class EventPlan(BaseModel):
    """Where events go and how badly; without a `url` none are posted, and the log tells them all the same.

    `duplicates` posts each event so many times more, with other ids where `changed_ids` says so; `shuffle` mixes the
    order, `delay` waits (seconds). `unlogged` leaves messages to these addresses out of the log, `untold` out of the
    webhook. The other lists are patterns of addresses by what becomes of their mail.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    url: Annotated[str, AfterValidator(_on_this_machine)] = ""
    per_post: int = Field(default=100, ge=1)
    duplicates: NonNegativeInt = 0
    changed_ids: bool = False
    shuffle: bool = False
    delay: NonNegativeFloat = 0
    untold: Patterns = ()
    unlogged: Patterns = ()
    bounce: Patterns = ()
    block: Patterns = ()
    drop: Patterns = ()
    defer: Patterns = ()
    complain: Patterns = ()
    unsubscribe: Patterns = ()

    def fates(self) -> Mapping[str, Patterns]:
        """Patterns of addresses by what becomes of their mail."""
        return {name: getattr(self, name) for name in ENDS}


LISTS = frozenset(name for name, field in EventPlan.model_fields.items() if field.annotation == Patterns)


def read_plan(pairs: Sequence[str]) -> EventPlan:
    """From NAME=VALUE pairs as on a command line, patterns parted by commas; ValueError says why not."""
    given = dict(pair.partition("=")[::2] for pair in pairs)
    fields = {name: tuple(value.split(",")) if name in LISTS else value for name, value in given.items()}
    return EventPlan.model_validate(fields)


class Signer:
    """A key pair made for this run; `public` is what goes into [provider] webhook_key."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> str:
        """The verification key: base64 of the DER form, as SendGrid shows it."""
        form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return base64.b64encode(self._key.public_key().public_bytes(*form)).decode()

    def headers(self, body: bytes, at: float) -> dict[str, str]:
        """The headers that sign the body at that moment (seconds since the epoch)."""
        timestamp = str(int(at))
        return {SIGNATURE: base64.b64encode(self.sign(timestamp.encode() + body)).decode(), TIMESTAMP: timestamp}

    def sign(self, data: bytes) -> bytes:
        """The signature of these bytes (ASN.1)."""
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class Poster:
    """Posts events in the background, until each is taken; counts what it did."""

    def __init__(self, signer: Signer) -> None:
        self.plan = EventPlan()
        self.signer = signer
        self.posted = self.taken = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many posts are not taken yet."""
        return len(self._tasks)

    def tell(self, messages: Iterable[Logged]) -> None:
        """Post the events of these messages by and by."""
        events = [dict(event) for one in messages for event in one.events]
        if not self.plan.url or not events:
            return
        events = _repeated(events, self.plan)
        size = self.plan.per_post
        for start in range(0, len(events), size):
            task = asyncio.create_task(self._post(self.plan.url, events[start : start + size], self.plan.delay))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def hooks(self) -> list[dict[str, Any]]:
        """The webhook as the account's settings show it."""
        if not self.plan.url:
            return []
        return [{"id": "sink", "enabled": True, "url": self.plan.url, "public_key": self.signer.public}]

    def test(self, url: str) -> None:
        """Post test events by and by, about nobody's mail; ValueError where the address is not of this machine."""
        if not url:
            raise ValueError("say to which url")
        told = {"email": "example@example.org", "timestamp": int(time.time()), "category": ["cat facts"]}
        events = [told | {"event": kind, "sg_event_id": new_event_id()} for kind in ("processed", "bounce", "open")]
        task = asyncio.create_task(self._once(_on_this_machine(url), events))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _once(self, url: str, events: list[dict[str, Any]]) -> None:
        body = json.dumps(events).encode() + b"\r\n"
        await asyncio.to_thread(_taken, url, body, self.signer.headers(body, time.time()))

    def stop(self) -> None:
        """Post nothing more."""
        for task in self._tasks:
            task.cancel()

    async def _post(self, url: str, events: list[dict[str, Any]], delay: float) -> None:
        body = json.dumps(events).encode() + b"\r\n"
        await asyncio.sleep(delay)
        for tries in range(10_000):
            self.posted += 1
            if await asyncio.to_thread(_taken, url, body, self.signer.headers(body, time.time())):
                self.taken += 1
                return
            await asyncio.sleep(WAITS[min(tries, len(WAITS) - 1)])


def _repeated(events: list[dict[str, Any]], plan: EventPlan) -> list[dict[str, Any]]:
    again = [dict(one) for _ in range(plan.duplicates) for one in events]
    if plan.changed_ids:
        again = [one | {"sg_event_id": new_event_id()} for one in again]
    everything = events + again
    if plan.shuffle:
        random.shuffle(everything)
    return everything


def _taken(url: str, body: bytes, headers: Mapping[str, str]) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    try:
        connection.request("POST", parts.path, body, {"Content-Type": "application/json", **headers})
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
