"""The plots of the operator's pages, each with a sentence that says the same, and a table of its numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.app.operator.words import count_text, share_text, span_text
from newsletter.model.guarding import GuardSettings
from newsletter.model.operator import Growth, HandedOver, IssueCounts
from newsletter.render.plotting import Column, Plot, Series, plot

#: Columns of a plot of handing over, and how long each may stand for.
MOST_BINS = 80
BINS = tuple(timedelta(minutes=one) for one in (1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440, 10_080))


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot with its name; `legend` names its marks, `head` and `rows` are its table. No plot: nothing yet."""

    name: str
    title: str
    summary: str
    plot: Plot | None = None
    legend: tuple[tuple[str, str], ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)


def handing_over(batches: Sequence[HandedOver], zone: ZoneInfo) -> Chart:
    """Mails handed over in each minute, or in longer stretches where a sending lasted long."""
    if not batches:
        return Chart("minutes", "Handed over per minute", "Nothing was handed over yet: columns appear as it leaves.")
    size = _bin_size(batches[-1].at - batches[0].at)
    title = f"Handed over per {'minute' if size == BINS[0] else span_text(size)}"
    columns = [*_minutes(batches, size, zone)]
    total, refused = sum(one.mails for one in batches), sum(one.refused for one in batches)
    most = max(columns, key=lambda one: sum(one.values))
    each = "a minute" if size == BINS[0] else span_text(size)
    summary = (
        f"{count_text(total, 'mail')} handed over {_within(batches[-1].at - batches[0].at)}, "
        f"{refused:,} of {total:,} not accepted; at most {sum(most.values):,.0f} in {each}, at {most.label}."
    )
    legend = (("good", "accepted"), ("bad", "not accepted"))
    rows = tuple((one.label, *(f"{value:,.0f}" for value in one.values)) for one in columns)
    drawn = plot(columns, (Series("good"), Series("bad")))
    return Chart("minutes", title, summary, drawn, legend, ("From", "Accepted", "Not accepted"), rows)


def _within(span: timedelta) -> str:
    return f"in {span_text(span)}" if span >= BINS[0] else "within a minute"


def _bin_size(span: timedelta) -> timedelta:
    return next((one for one in BINS if span / one < MOST_BINS), BINS[-1])


def _minutes(batches: Sequence[HandedOver], size: timedelta, zone: ZoneInfo) -> Iterator[Column]:
    start = _floor(batches[0].at, size)
    bins = [[0, 0] for _ in range((batches[-1].at - start) // size + 1)]
    for one in batches:
        counted = bins[(one.at - start) // size]
        counted[0] += one.mails - one.refused
        counted[1] += one.refused
    days = batches[-1].at - start > timedelta(hours=20)
    for index, (accepted, refused) in enumerate(bins):
        local = (start + index * size).astimezone(zone)
        label = f"{local:%a %H:%M}" if days else f"{local:%H:%M}"
        title = f"{label}: {accepted:,} accepted, {refused:,} not"
        yield Column(label, title, (accepted, refused))


def _floor(at: datetime, size: timedelta) -> datetime:
    return at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % size


def growth(weeks: Sequence[Growth], now_active: int, zone: ZoneInfo) -> Chart:
    """Memberships won above the axis and lost below it, week by week."""
    joined, left = sum(one.joined for one in weeks), sum(one.left for one in weeks)
    bounced = sum(one.bounced for one in weeks)
    title = f"Growth in {len(weeks)} weeks"
    if not joined + left + bounced:
        return Chart("growth", title, "Nobody joined or left in this time.")
    summary = (
        f"{joined:,} joined, {left:,} left and {bounced:,} bounced or complained: "
        f"{joined - left - bounced:+,} in {len(weeks)} weeks, to {count_text(now_active, 'active membership')}."
    )
    columns = [_week(one, zone) for one in weeks]
    legend = (("good", "joined"), ("soft", "left"), ("bad", "bounced or complained"))
    rows = tuple(
        (_day(one.start, zone), f"{one.joined:,}", f"{one.left:,}", f"{one.bounced:,}", f"{one.net:+,}")
        for one in reversed(weeks)
    )
    drawn = plot(columns, (Series("good"), Series("soft", below=True), Series("bad", below=True)))
    return Chart("growth", title, summary, drawn, legend, ("Week from", "Joined", "Left", "Bounced", "Net"), rows)


def _week(one: Growth, zone: ZoneInfo) -> Column:
    title = f"Week from {_day(one.start, zone)}: {one.joined:,} joined, {one.left:,} left, {one.bounced:,} bounced"
    return Column(_day(one.start, zone), title, (one.joined, one.left, one.bounced))


def _day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b}"


def returned(issues: Sequence[IssueCounts], guards: GuardSettings, zone: ZoneInfo) -> Chart:
    """Of each issue, the share that bounced, beside the rate at which the next one is paused."""
    limit = (guards.bounces_pause, f"paused at {guards.bounces_pause:g} %") if guards.bounces_pause else None
    counts = [one.count("bounced", "dropped", "failed") for one in issues]
    return _rates("returned", "Bounced or refused", issues, counts, limit, zone)


def complained(issues: Sequence[IssueCounts], guards: GuardSettings, zone: ZoneInfo) -> Chart:
    """Of each issue, the share that was called spam."""
    limit = (guards.complaints_pause, f"paused at {guards.complaints_pause:g} %") if guards.complaints_pause else None
    return _rates("complained", "Complaints", issues, [one.count("complained") for one in issues], limit, zone)


def answered_of(one: IssueCounts) -> int:
    """For how many mails of an issue the provider answered, whichever way."""
    return one.count("accepted", "delivered", "deferred", "bounced", "dropped", "complained", "failed")


def _rates(
    name: str,
    title: str,
    issues: Sequence[IssueCounts],
    counts: Sequence[int],
    limit: tuple[float, str] | None,
    zone: ZoneInfo,
) -> Chart:
    found = [(one, count, answered_of(one)) for one, count in zip(issues, counts, strict=True) if answered_of(one)]
    if not found:
        return Chart(name, title, "No issue has left yet: there is a column for each one that did.")
    total, base = sum(count for _, count, _ in found), sum(answered for *_, answered in found)
    last, count, answered = found[-1]
    summary = (
        f"{total:,} of {base:,} mails in {count_text(len(found), 'issue')}"
        f"{_in_brackets(share_text(total, base))}; of the last, {last.key}, {count:,} of {answered:,}"
        f"{_in_brackets(share_text(count, answered))}."
    )
    columns = [
        Column(_day(one.send_at, zone), f"{one.key}: {count:,} of {answered:,}", (100 * count / answered,))
        for one, count, answered in found
    ]
    rows = tuple(
        (one.key, f"{count:,} of {answered:,}", share_text(count, answered) or "0 %")
        for one, count, answered in reversed(found)
    )
    legend = (("bad", "percent of the mails of an issue"),)
    return Chart(
        name, title, summary, plot(columns, (Series("bad"),), limit, " %"), legend, ("Issue", "Mails", "Share"), rows
    )


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""
