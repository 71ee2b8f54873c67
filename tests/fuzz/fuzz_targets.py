"""What is fuzzed: each reader of hostile text, with what it may and may not do.

Any bytes give a Reading (or a Parsed); nothing is raised, nothing takes long, and what is read can be shown as JSON.
"""

import io
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.app.views import reading_json
from newsletter.dates.human import read_when
from newsletter.delivery.bounces.reading import read_report
from newsletter.delivery.return_path import delivery_of
from newsletter.model.issue import Window
from newsletter.model.workspace import ListSettings, SourceSettings
from newsletter.people.importing.checking import Checker
from newsletter.people.importing.profiles.documents import Suppressed
from newsletter.people.importing.reading import read_people
from newsletter.people.importing.record import Refused, Row
from newsletter.providers.sendgrid_webhook import SIGNATURE, TIMESTAMP, SendGridWebhook
from newsletter.sources.registry import Blob, SourceContext, read_source

HOME = ZoneInfo("America/Los_Angeles")
WINDOW = Window(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
LISTS = {"community": ListSettings(title="Common Hours", digests=("weekly",), topics=("talks",))}
ENDINGS = {"markdown": "md", "ics": "ics", "csv": "csv", "feed": "xml"}
#: Seconds of this process's own time; generous, because the machine may be busy.
SLOWEST = 8.0


def read_file(kind: str, data: bytes) -> None:
    """One file of a source, as any website may serve it."""
    source = SourceSettings.model_validate({"name": "fuzz", "format": kind, "path": "content/*"})
    reading = read_source(source, [Blob(f"content/any.{ENDINGS[kind]}", data)], SourceContext(HOME.key))
    assert reading.items or reading.problems, "the file vanished without a word"
    json.dumps(reading_json(reading, WINDOW, HOME, selected=False))


def read_human(data: bytes) -> None:
    """A date as somebody typed it, and the clock beside it."""
    dates, _, clock = data.decode("utf-8", errors="replace").partition("\n")
    parsed = read_when(dates, clock, zone=HOME.key)
    assert parsed.when is not None


def read_subscribers(data: bytes) -> None:
    """A file of people from anywhere: every line of it is a row, or refused."""
    reading = read_people(lambda: io.BytesIO(data), "people.csv", Checker(LISTS, "community", WINDOW.start))
    found = list(reading.lines)
    reading.close()
    assert all(isinstance(one, Row | Refused | Suppressed) for one in found)
    for one in found:
        json.dumps(one.manner.attributes if isinstance(one, Row) else one.line)


def read_bounce(data: bytes) -> None:
    """A mail in the box for reports, from anybody: what it says, or why it says nothing."""
    report = read_report(data)
    assert report.detail or report.nature != "pass"
    assert len(report.detail) <= 400
    assert report.at is None or report.at.astimezone(UTC)
    assert not any(delivery_of(address, "bounce@news.example.org", (b"a key",)) for address in report.sent_to)


def read_posts(data: bytes) -> None:
    """The body of a signed post: events of which nothing personal is kept and all of it can be, or no array."""
    webhook = SendGridWebhook("", timedelta(hours=25))
    assert not webhook.genuine({TIMESTAMP: "1796403900", SIGNATURE: data[:80].decode("latin-1")}, data, WINDOW.start)
    try:
        events = webhook.events(data)
    except ValueError:
        return
    for event in events:
        assert "@" not in json.dumps(webhook.keepsake(event))
        for text in (event.kind, event.event_id, event.delivery_id, event.address, event.why):
            assert "\0" not in text
            text.encode()


def timed(target: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """The target, failing where it takes too long."""

    def run(data: bytes) -> None:
        begun = time.process_time()
        target(data)
        assert time.process_time() - begun < SLOWEST, "too slow"

    return run


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "ics": timed(lambda data: read_file("ics", data)),
    "markdown": timed(lambda data: read_file("markdown", data)),
    "csv": timed(lambda data: read_file("csv", data)),
    "feed": timed(lambda data: read_file("feed", data)),
    "human": timed(read_human),
    "people": timed(read_subscribers),
    "bounce": timed(read_bounce),
    "webhook": timed(read_posts),
}
