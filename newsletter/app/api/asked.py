"""What requests of the API say: bodies and queries as models, which the document shows and the code reads by."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from newsletter.model.issue import IssueState
from newsletter.model.people import SuppressionReason

#: What one page of a list holds at most.
LARGEST_PAGE = 100
#: How many days numbers may be asked for at once.
LONGEST_SPAN = 800


#: Examples of bodies, which hold in the sample workspace.
ASKS: dict[str, Any] = {"address": "lin@mail.example.org", "list": "community", "topics": ["datathons"]}
AGREED = {
    "text": "Send me Common Hours.",
    "given_at": "2026-11-30T18:00:00Z",
    "how": "paper form at the autumn fair",
}


def _digits(value: Any) -> Any:
    """A number in a query is written in plain digits, and in no other way that a reader of numbers would take."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise ValueError("a whole number in plain digits is wanted")
    return value


#: A name of the settings, or an id: no space, no slash, no control character.
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x20\x7f/]+$")]
#: Words that people typed.
Words = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]
Address = Annotated[
    str,
    StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\x00-\x20\x7f]+@[^@\x00-\x20\x7f]+$"),
    Field(json_schema_extra={"format": "email"}),
]
Zone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="An IANA name such as Europe/Berlin; without one the community's zone is meant."),
]
Language = Annotated[
    str,
    StringConstraints(min_length=2, max_length=20, pattern=r"^[A-Za-z0-9-]+$"),
    Field(description="A tag such as de; without one the community's language is meant."),
]
Names = Annotated[list[Name], Field(max_length=100)]
Limit = Annotated[
    int,
    # What the document says of the value as it is written, which the digits alone would not tell.
    BeforeValidator(_digits, json_schema_input_type=Annotated[int, Field(ge=1, le=LARGEST_PAGE)]),
    Field(ge=1, le=LARGEST_PAGE, description="How many."),
]
Cursor = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300, pattern=r"^[A-Za-z0-9_-]+$"),
    Field(description="What `next` of the page before says."),
]


class Asked(BaseModel):
    """A body or a query; what is not named here is refused, and nothing is taken for what it is not."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Asked):
    """No query."""


class Page(Asked):
    """Which part of a list."""

    limit: Limit = 20
    cursor: Cursor | None = None


class IssuesQuery(Page):
    """Which issues."""

    digest: Name | None = None
    state: IssueState | None = None


class PublishedQuery(Page):
    """Which published issues."""

    digest: Name | None = None


class SuppressionsQuery(Page):
    """Which suppressions."""

    reason: SuppressionReason | None = None


class SlotsQuery(Asked):
    """How many slots."""

    limit: Limit = 5


class NumbersQuery(Asked):
    """How many days back, today included."""

    days: Annotated[
        int,
        BeforeValidator(_digits, json_schema_input_type=Annotated[int, Field(ge=1, le=LONGEST_SPAN)]),
        Field(ge=1, le=LONGEST_SPAN),
    ] = 30


class LookUp(Asked):
    """An address, which stands in no URL and so in no log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"address": "ada@mail.example.org"}]})

    address: Address


class AskToJoin(Asked):
    """Somebody wants to join: they are mailed a link, and are a member once they pressed it."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASKS]})

    address: Address
    list: Name
    digests: Names = Field(default=[], description="Names the list offers; none is its first.")
    topics: Names | None = Field(default=None, description="Names the list offers; null is all, those to come too.")
    timezone: Zone | None = None
    language: Language | None = None


class Consent(Asked):
    """The proof that somebody agreed elsewhere."""

    text: Annotated[Words, Field(description="The words they agreed to.")]
    given_at: Annotated[AwareDatetime, Field(description="When they did; not in the future.")]
    how: Annotated[Words, Field(description='Where and how, such as "paper form at the autumn fair".')]


class AddSubscriber(AskToJoin):
    """Somebody who agreed elsewhere; they are a member at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASKS | {"consent": AGREED}]})

    consent: Consent
    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class Choices(Asked):
    """What is to be other than it is; what is not named, or is null where null says nothing, stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"digests": ["weekly"], "topics": None, "clock": 24}]})

    digests: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = None
    topics: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="null is all topics, those to come too."
    )
    timezone: Zone | None = Field(default=None, description="null is the community's.")
    clock: Literal[12, 24] | None = None
    language: Language | None = Field(default=None, description="null is the community's.")
    density: Literal["full", "compact"] | None = None
    text_only: bool | None = None
    online_only: bool | None = None
    paused_until: date | None = Field(default=None, description="The first day with mail again; null ends a pause.")
