"""What a request is refused with: problem details (RFC 9457), one row for each kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

#: The media type of a refusal.
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of refusal: its status, its title, and what to do."""

    status: int
    title: str
    remedy: str


PROBLEMS: Mapping[str, ProblemKind] = {
    "malformed": ProblemKind(400, "The body cannot be read", "Send one JSON document in UTF-8, or none."),
    "no-token": ProblemKind(401, "No good token", "Send `Authorization: Bearer TOKEN` with a token that is good."),
    "scope": ProblemKind(403, "The token is not good for this", "Make a token with the scope that `detail` names."),
    "not-found": ProblemKind(404, "There is no such thing", "Look the name, id or cursor up again."),
    "method": ProblemKind(405, "This is not done here", "Use a method of the header `Allow`."),
    "conflict": ProblemKind(409, "Not as things stand", "Read `detail`: what is asked for is not on offer, or over."),
    "key-reused": ProblemKind(
        409, "The Idempotency-Key stands for another request", "Use a new key for each; the old one to repeat."
    ),
    "too-large": ProblemKind(413, "The body is too large", "Send at most 16 KB."),
    "media-type": ProblemKind(415, "The body is not JSON", "Send `Content-Type: application/json`."),
    "invalid": ProblemKind(422, "The request does not fit the document", "Mend what `errors` name."),
    "too-many": ProblemKind(429, "Too many requests", "Wait as many seconds as `Retry-After` says."),
    "fault": ProblemKind(500, "A fault of the program", "Tell the operator: the log says more."),
    "unavailable": ProblemKind(503, "The store cannot be reached", "Try again after `Retry-After` seconds."),
}


class Flaw(BaseModel):
    """One thing that is wrong in a request: where it stands, and what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: str = Field(description="A JSON pointer into the body (#/address), or the name of a query parameter.")
    problem: str


class ProblemDetails(BaseModel):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(description="The kind of refusal; it leads into this document.")
    title: str
    status: int
    detail: str
    errors: list[Flaw] | None = None


class ApiError(Exception):
    """A request is refused; nothing of it was done. What is to be done all the same comes `after` it was undone."""

    def __init__(
        self,
        kind: str,
        detail: str,
        flaws: Sequence[Flaw] = (),
        headers: Mapping[str, str] | None = None,
        after: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.flaws, self.headers = kind, detail, tuple(flaws), dict(headers or {})
        self.after = after

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.kind].status

    def body(self, base_url: str) -> bytes:
        """The document that says so."""
        row = PROBLEMS[self.kind]
        said = ProblemDetails(
            type=f"{base_url}/api/v1/openapi.json#/x-problems/{self.kind}",
            title=row.title,
            status=row.status,
            detail=self.detail,
            errors=list(self.flaws) or None,
        )
        return said.model_dump_json(exclude_none=True).encode()
