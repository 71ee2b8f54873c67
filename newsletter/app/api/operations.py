"""The table of operations: the program serves what stands here, the document tells of it, the tests go through it."""

from dataclasses import dataclass
from typing import Literal

from newsletter.app.api import answers, asked, changing, going, people, published, records
from newsletter.app.api.call import Handler
from newsletter.model.api import Scope

#: Below which address everything lies.
PREFIX = "/api/v1"

Method = Literal["GET", "POST", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for, and how; `path` hangs from PREFIX, with {names} of what varies.

    What `repeats` takes an Idempotency-Key: sent again under it, it is done once and answered as it was. `refusals`
    are kinds of problem besides those that every operation has. Without `answer` there is nothing to say.
    """

    id: str
    method: Method
    path: str
    scope: Scope
    summary: str
    handle: Handler
    answer: type[answers.Document] | None
    query: type[asked.Asked] = asked.Nothing
    body: type[asked.Asked] | None = None
    status: int = 200
    repeats: bool = False
    refusals: tuple[str, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether it is a GET, which has an ETag and changes nothing."""
        return self.method == "GET"


OPERATIONS: tuple[Operation, ...] = (
    Operation("getStatus", "GET", "/status", "status:read", "How it goes", going.status, answers.Status),
    Operation("listDigests", "GET", "/digests", "issues:read", "All digests", going.digests, answers.Digests),
    Operation(
        "listSlots", "GET", "/digests/{digest}/slots", "issues:read", "The next slots of a digest", going.slots,
        answers.Slots, asked.SlotsQuery, refusals=("not-found",),
    ),
    Operation(
        "listIssues", "GET", "/issues", "issues:read", "Issues, the latest first", going.issues, answers.IssuePage,
        asked.IssuesQuery, refusals=("not-found",),
    ),
    Operation(
        "getIssue", "GET", "/issues/{key}", "issues:read", "One issue with its counts", going.issue,
        answers.IssueStatus, refusals=("not-found",),
    ),
    Operation(
        "getNumbers", "GET", "/numbers", "numbers:read", "What was counted, by day", going.numbers_by_day,
        answers.Numbers, asked.NumbersQuery,
    ),
    Operation("listTopics", "GET", "/topics", "published:read", "All topics", published.topics, answers.Topics),
    Operation("listLists", "GET", "/lists", "published:read", "Lists to join", published.lists, answers.Lists),
    Operation(
        "listPublished", "GET", "/published", "published:read", "Published issues, the latest first",
        published.issues, answers.PublishedPage, asked.PublishedQuery, refusals=("not-found",),
    ),
    Operation(
        "getPublished", "GET", "/published/{key}", "published:read", "One published issue with its entries",
        published.issue, answers.PublishedIssue, refusals=("not-found",),
    ),
    Operation(
        "countSubscribers", "GET", "/subscribers/count", "subscribers:read", "How many people there are",
        people.counts, records.Counts,
    ),
    Operation(
        "findSubscriber", "POST", "/subscribers/lookup", "subscribers:read", "Whoever has an address",
        people.look_up, records.SubscriberRecord, body=asked.LookUp, refusals=("not-found", "conflict"),
    ),
    Operation(
        "askToJoin", "POST", "/subscribers/ask", "subscribers:write", "Ask somebody to join, who confirms by mail",
        changing.ask, records.AskedToJoin, body=asked.AskToJoin, status=202, repeats=True, refusals=("conflict",),
    ),
    Operation(
        "addSubscriber", "POST", "/subscribers", "subscribers:confirm", "Add somebody who agreed elsewhere",
        changing.add, records.Added, body=asked.AddSubscriber, repeats=True, refusals=("conflict",),
    ),
    Operation(
        "getSubscriber", "GET", "/subscribers/{id}", "subscribers:read", "One subscriber", people.subscriber,
        records.SubscriberRecord, refusals=("not-found",),
    ),
    Operation(
        "eraseSubscriber", "DELETE", "/subscribers/{id}", "subscribers:erase", "Erase a person", changing.erase,
        None, status=204, refusals=("not-found",),
    ),
    Operation(
        "exportSubscriber", "POST", "/subscribers/{id}/export", "subscribers:export",
        "All that is kept about one person", people.export, records.OwnData, refusals=("not-found",),
    ),
    Operation(
        "changeChoices", "PATCH", "/subscribers/{id}/lists/{list}", "subscribers:write",
        "Change what a member gets", changing.choose, records.SubscriberRecord, body=asked.Choices,
        refusals=("not-found", "conflict"),
    ),
    Operation(
        "leaveList", "POST", "/subscribers/{id}/lists/{list}/leave", "subscribers:write",
        "Let somebody leave a list", changing.leave, records.Left, repeats=True, refusals=("not-found",),
    ),
    Operation(
        "listSuppressions", "GET", "/suppressions", "suppressions:read", "Addresses that are never written to",
        people.suppressions, records.SuppressionPage, asked.SuppressionsQuery, refusals=("not-found",),
    ),
    Operation(
        "findSuppression", "POST", "/suppressions/lookup", "suppressions:read",
        "Whether one address is never written to", people.look_up_suppression, records.Suppressed,
        body=asked.LookUp, refusals=("conflict",),
    ),
)  # fmt: skip


def kinds_of(operation: Operation) -> tuple[str, ...]:
    """Every kind of problem with which an operation may be refused, in the order of the table of problems."""
    takes = ("malformed", "too-large", "media-type") if operation.method != "GET" else ()
    repeats = ("key-reused",) if operation.repeats else ()
    return (
        "no-token", "scope", "invalid", "too-many", "fault", "unavailable", *takes, *repeats, *operation.refusals,
    )  # fmt: skip
