"""What is wrong at a moment and should be told to an operator: facts in, troubles out, one for each cause."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from newsletter.dates.catch_up import was_missed
from newsletter.dates.spans import parse_span, span_words
from newsletter.health.sources import stale_sources
from newsletter.model.alert_settings import AlertSettings
from newsletter.model.alerting import AlertFacts, HoldFact, IssueFact, Severity, Trouble
from newsletter.model.guarding import GuardName
from newsletter.model.issue import IssueState

#: What these hold is as the operator wanted it.
WANTED: frozenset[GuardName] = frozenset({"pace", "warm-up", "canary"})
#: Too many sign-ups are over when there were none for so long.
FLOOD_OVER = timedelta(hours=2)
_MB = 1024 * 1024
_WHY: dict[IssueState, str] = {
    "due": "it has not been drafted",
    "drafted": "nobody has approved it",
    "approved": "it is approved and does not leave",
    "paused": "it is paused",
}


def troubles(facts: AlertFacts, settings: AlertSettings) -> tuple[Trouble, ...]:
    """Everything that is wrong, in a fixed order."""
    return (
        *_late_issues(facts, settings),
        *_digests(facts),
        *(_held(one, facts) for one in facts.holds if one.guard not in WANTED),
        *_queues(facts, settings),
        *_unknown(facts, settings),
        *_rates(facts),
        *_events(facts, settings),
        *stale_sources(facts.sources, facts.now, settings),
        *_disk(facts, settings),
        *_happened(facts),
    )


def _late_issues(facts: AlertFacts, settings: AlertSettings) -> Iterator[Trouble]:
    """An issue that a guard holds is told by the guard."""
    held = {one.about for one in facts.holds}
    for issue in facts.issues:
        if issue.state == "skipped":
            if was_missed(issue.why):
                yield _missed(issue)
        elif settings.late and not held & {issue.key, ""} and _past(issue.send_at, settings.late, facts.now):
            yield _late(issue, facts)


def _missed(issue: IssueFact) -> Trouble:
    text = f"{issue.key} was due {_when(issue.send_at)} and was skipped: {issue.why}"
    advice = f"See newsletter status {issue.key}; newsletter mail writes to its readers if they must know"
    return Trouble("issue-late", issue.key, "error", text, advice, final=True)


def _late(issue: IssueFact, facts: AlertFacts) -> Trouble:
    why = facts.waits.get(issue.key) or issue.why or _WHY.get(issue.state, "it has not left")
    left = f"; {issue.left} of {issue.planned} mails have left" if issue.state == "paused" else ""
    text = f"{issue.key} was due {_when(issue.send_at)} and has not been sent: {why}{left}"
    return Trouble("issue-late", issue.key, "error", text, _advice(issue, why))


def _advice(issue: IssueFact, why: str) -> str:
    if issue.state == "paused":
        return f"newsletter resume {issue.key}, or newsletter cancel {issue.key}"
    if issue.state == "drafted" and "approved" in why:
        return f"Look at the draft, then newsletter approve {issue.key}; newsletter cancel {issue.key} lets it go"
    return f"newsletter status {issue.key} and newsletter check say what stands in its way"


def _digests(facts: AlertFacts) -> Iterator[Trouble]:
    """A digest whose next slot cannot be told would stop without a word."""
    for name in sorted(facts.digests & facts.waits.keys()):
        text = f"digest {name} has no next issue: {facts.waits[name]}"
        yield Trouble("no-slot", name, "error", text, f"Mend config.toml; newsletter cadence {name} shows what comes")


def _held(one: HoldFact, facts: AlertFacts) -> Trouble:
    what = one.about or "everything that is to be sent"
    text = f"the guard {one.guard} has held {what} since {_when(one.since)}: {one.why}"
    advice = f"newsletter status {one.about}".strip() + " shows it; docs/operators.md says what ends each guard"
    return Trouble("held", f"{one.guard} {one.about}".strip(), "error", text, advice)


def _queues(facts: AlertFacts, settings: AlertSettings) -> Iterator[Trouble]:
    held = {one.about for one in facts.holds}
    for queue in facts.queues:
        if not settings.queue or not queue.waiting or held & {queue.key, ""}:
            continue
        if _past(queue.moved_at, settings.queue, facts.now):
            quiet = span_words(facts.now - queue.moved_at)
            text = f"{queue.key}: {queue.waiting} of {queue.planned} mails wait, and none got anywhere for {quiet}"
            advice = f"newsletter status {queue.key} and the log; newsletter doctor tries the provider"
            yield Trouble("queue", queue.key, "error", text, advice)


def _unknown(facts: AlertFacts, settings: AlertSettings) -> Iterator[Trouble]:
    for one in facts.unknown:
        if settings.unknown and _past(one.since, settings.unknown, facts.now):
            text = (
                f"{one.key}: of {one.count} of {one.planned} mails nobody knows whether they left, "
                f"since {_when(one.since)}"
            )
            yield Trouble("unknown", one.key, "warning", text, f"newsletter reconcile {one.key}")


def _rates(facts: AlertFacts) -> Iterator[Trouble]:
    """A rate that stopped the mailing is told by the guard that holds it."""
    held = {(one.guard, one.about) for one in facts.holds}
    for one in facts.rates:
        if (one.guard, one.key) not in held:
            severity: Severity = "error" if one.stops else "warning"
            advice = f"Look at who was written to and why: newsletter status {one.key}"
            yield Trouble("rate", f"{one.guard} {one.key}", severity, f"{one.key}: {one.text}", advice)


def _events(facts: AlertFacts, settings: AlertSettings) -> Iterator[Trouble]:
    one = facts.events
    if settings.events and one is not None and one.count and not one.reported:
        text = (
            f"of the last {one.count} mails that the provider accepted, since {_when(one.since)}, it reported none: "
            "bounces and complaints do not come in"
        )
        advice = "newsletter doctor tests the webhook; look at the provider's own page of it"
        yield Trouble("events-silent", "", "error", text, advice)


def _disk(facts: AlertFacts, settings: AlertSettings) -> Iterator[Trouble]:
    one = facts.disk
    if one is not None and one.free < settings.disk_mb * _MB:
        text = f"{one.free // _MB} MB are free at {one.place}, of {settings.disk_mb} MB that should be"
        yield Trouble("disk", one.place, "error", text, "Make room, or move the store; then newsletter doctor")


def _happened(facts: AlertFacts) -> Iterator[Trouble]:
    """What was written down as it happened. A flood of sign-ups is one trouble, however many hours it lasts."""
    for one in facts.happened:
        if one.kind.startswith("joining-"):
            if facts.now - one.at < FLOOD_OVER:
                advice = "newsletter alerts shows each hour of it; [joining] sets the limits"
                yield Trouble("joining", one.kind, "warning", one.text, advice)
        elif one.kind == "events":
            advice = "Keep the file and look at it; newsletter events shows what was applied"
            yield Trouble("events", one.about, "error", one.text, advice, final=True)
        elif one.kind == "account":
            yield Trouble("account", one.about, "error", one.text, "Look at the provider's own page", final=True)
        elif one.kind == "guard-deadline":
            yield Trouble("deadline", one.about, "error", one.text, "newsletter status shows whom", final=True)


def _past(since: datetime, span: str, now: datetime) -> bool:
    return now - since >= parse_span(span)


def _when(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %H:%M %Z}".strip()
