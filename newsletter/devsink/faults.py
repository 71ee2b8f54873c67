"""What a line can do to a conversation, and when: the faults of the proxy, as they are written on a command line."""

from collections.abc import Sequence
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveInt, ValidationError

from newsletter.devsink.misbehave import MisbehaviourError
from newsletter.devsink.stages import Moment

Kind = Literal[
    "latency",
    "bandwidth",
    "slicer",
    "slow_close",
    "hang",
    "reset",
    "limit_data",
    "drop_reply",
    "reply_then_reset",
    "garbage",
    "error",
    "duplicate",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

GARBAGE = b"\x00\xfe\x07%$ what is this?\r\n\r\n"
#: What `error` answers where nothing else was said: a gateway's page, and the SMTP reply for trouble of its own.
ERRORS = {"http": 503, "smtp": 451}


class Fault(BaseModel):
    """One fault at one moment of every message, or of the first `times`.

    - latency: a pause of `seconds`; bandwidth: `rate` bytes a second from there on; slicer: pieces of `size` bytes
    - slow_close: whoever closes is heard `seconds` later
    - hang: nothing passes any more, and nobody hangs up
    - reset: a reset (RST); limit_data: `size` bytes more pass, then a proper close
    - drop_reply: what is sent goes on, the next reply does not come, and the connection closes
    - reply_then_reset: the next reply comes, and a reset right behind it
    - garbage, error: the proxy itself answers nonsense, or with the status `reply`, and passes nothing on
    - duplicate: every reply comes twice
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    when: Moment = "after"
    times: NonNegativeInt = 0
    seconds: NonNegativeFloat = 0.1
    rate: PositiveInt = 20_000
    size: NonNegativeInt = 1
    reply: NonNegativeInt = 0


def read_faults(texts: Sequence[str]) -> tuple[Fault, ...]:
    """From KIND@WHEN,NAME=VALUE,... as on a command line; MisbehaviourError says why not, and what there is."""
    return tuple(_fault(text) for text in texts)


def _fault(text: str) -> Fault:
    head, *pairs = text.split(",")
    kind, _, when = head.partition("@")
    fields = {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
    try:
        return Fault.model_validate({"kind": kind, "when": when or "after", **fields})
    except ValidationError as error:
        fault = error.errors()[0]
        known = f"KIND@before, KIND@within or KIND@after, KIND being one of {', '.join(KINDS)}"
        raise MisbehaviourError(f"{text!r}: {fault['loc'][0]}: {fault['msg']}; a fault is {known}") from None


def error_reply(protocol: Literal["http", "smtp"], status: int) -> bytes:
    """The proxy's own answer with this status; 0 is the usual one of the protocol."""
    status = status or ERRORS[protocol]
    if protocol == "smtp":
        return f"{status} 4.3.0 said by the line, not by the server\r\n".encode()
    page = b"<html>said by the line, not by the server</html>"
    head = f"HTTP/1.1 {status} Fault\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n"
    return head.encode() + page
