"""Numbers without tracking as the operator's page shows them: requests over time, and what each issue led to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from newsletter.app.numbers.telling import IssueNumbers, OtherNumbers, Told, TopicNumbers
from newsletter.app.operator.charts import Chart
from newsletter.app.operator.words import count_text, share_text
from newsletter.model.numbers import NUMBER_KINDS, Number, NumberKind
from newsletter.render.plotting import Column, Series, plot

#: How far back may be looked, in days; a look at more than this is drawn by weeks.
SPANS, BY_DAY = (30, 90, 365), 60
#: The series of the plot of requests, and what each counts.
REQUESTS: Mapping[str, tuple[NumberKind, ...]] = {
    "web copies": ("web copy",),
    "calendars": ("event calendar", "topic calendar", "personal calendar"),
    "feeds": ("feed",),
}


@dataclass(frozen=True, slots=True)
class Other:
    """What belongs to no issue and no topic, in words."""

    what: str
    about: str
    count: int | str


@dataclass(frozen=True, slots=True)
class NumbersView:
    """Everything that the page about numbers shows, of so many days."""

    days: int
    first: date
    last: date
    counting: bool
    requests: Chart
    after: Chart
    issues: tuple[IssueNumbers, ...]
    topics: tuple[TopicNumbers, ...]
    members: int
    others: tuple[Other, ...]


def numbers_view(told: Told, counted: Sequence[Number], members: int, days: int) -> NumbersView:
    """The page, of what is told and of what was counted on these days; `members` are active now, on all lists."""
    return NumbersView(
        days,
        told.first,
        told.last,
        told.counting,
        requests_chart(counted, told.first, told.last),
        after_chart(told.issues),
        told.issues,
        told.topics,
        members,
        tuple(_other(one) for one in told.others),
    )


def _other(one: OtherNumbers) -> Other:
    return Other(NUMBER_KINDS[one.kind][0], one.about, one.count)


def requests_chart(counted: Sequence[Number], first: date, last: date) -> Chart:
    """Requests for public pages on each day, or in each week where there are many days."""
    size = timedelta(days=1 if (last - first).days < BY_DAY else 7)
    each = "day" if size.days == 1 else "week"
    title = f"Requests per {each}"
    sums = Counter({name: sum(one.count for one in counted if one.kind in kinds) for name, kinds in REQUESTS.items()})
    if not sums.total():
        return Chart("requests", title, "Nobody asked for a web copy, a calendar or a feed in these days.")
    columns = [*_spans(counted, first, last, size)]
    most = max(columns, key=lambda one: sum(one.values))
    summary = (
        f"{count_text(sums.total(), 'request')} in {count_text((last - first).days + 1, 'day')}: "
        f"{sums['web copies']:,} for web copies, {sums['calendars']:,} for calendars, {sums['feeds']:,} for feeds; "
        f"most, {sum(most.values):,.0f}, {'on' if each == 'day' else 'in the week from'} {most.label}."
    )
    kinds = ("good", "soft", "doubt")
    rows = tuple((one.label, *(f"{value:,.0f}" for value in one.values)) for one in reversed(columns))
    head = ("Day" if each == "day" else "Week from", "Web copies", "Calendars", "Feeds")
    drawn = plot(columns, tuple(Series(kind) for kind in kinds))
    return Chart("requests", title, summary, drawn, tuple(zip(kinds, REQUESTS, strict=True)), head, rows)


def _spans(counted: Sequence[Number], first: date, last: date, size: timedelta) -> Iterator[Column]:
    start = first
    while start <= last:
        here = [one for one in counted if start <= one.day < start + size]
        values = tuple(sum(one.count for one in here if one.kind in kinds) for kinds in REQUESTS.values())
        said = ", ".join(f"{count:,} for {name}" for name, count in zip(REQUESTS, values, strict=True))
        yield Column(_day(start), f"{_day(start)}: {said}", values)
        start += size


def after_chart(issues: Sequence[IssueNumbers]) -> Chart:
    """What readers did after each issue: how many left, and how many replied."""
    told = [one for one in reversed(issues) if one.reached]
    counts = [(_number(one.left), _number(one.replies)) for one in told]
    left, replies = (sum(pair[n] for pair in counts) for n in (0, 1))
    title, reached = "Left and replied after an issue", sum(one.reached for one in told)
    if not left + replies:
        return Chart(
            "after", title, f"Nobody left after an issue or replied to one, of {reached:,} mails that arrived."
        )
    share = f" ({share_text(left, reached)})" if left else ""
    summary = (
        f"{left:,} left{share} and {replies:,} replied, of {count_text(reached, 'mail')} "
        f"in {count_text(len(told), 'issue')}."
    )
    columns = [
        Column(one.key, f"{one.key}: {gone:,} left and {wrote:,} replied, of {one.reached:,}", (gone, wrote))
        for one, (gone, wrote) in zip(told, counts, strict=True)
    ]
    rows = tuple(
        (one.key, f"{gone:,} of {one.reached:,}", f"{wrote:,} of {one.reached:,}")
        for one, (gone, wrote) in reversed([*zip(told, counts, strict=True)])
    )
    drawn = plot(columns, (Series("soft"), Series("good")))
    legend = (("soft", "left the list"), ("good", "replied"))
    return Chart("after", title, summary, drawn, legend, ("Issue", "Left", "Replied"), rows)


def _number(shown: int | str) -> int:
    """The number itself, which operators see as it is."""
    return shown if isinstance(shown, int) else 0


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
