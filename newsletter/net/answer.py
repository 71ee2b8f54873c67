"""What a fetch comes back with. Reasons are fit for print: no address stands in them, since it may be a secret."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server said to ask with next time (RFC 9110, 8.8); empty where it said nothing."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The whole body. Nothing is made of the content type, which servers often have wrong."""

    data: bytes
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class NotModified:
    """The copy that the validators belong to is still good."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing usable came; `reason` completes the sentence "it could not be fetched: ...".

    `refused` tells what this side does not permit from what did not work; trying again helps the latter alone.
    """

    reason: str
    refused: bool = False


Answer = Fetched | NotModified | Failed


class RefusedError(Exception):
    """An address, a redirect or an answer that the guard does not let pass; the text is fit for print."""
