"""Sources written inside a test: text in, a Reading out."""

import textwrap

from newsletter.model.item import Item, Reading
from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import Blob, SourceContext, read_source

ENDINGS = {"markdown": "md", "feed": "xml", "jsonld": "html"}
SITE = "https://lab.example.org"


def read(
    text: str | bytes, form: str = "markdown", path: str = "", zone: str = "America/Los_Angeles", **settings
) -> Reading:
    """Read one file of the kind, as a source called `lab`."""
    data = text if isinstance(text, bytes) else textwrap.dedent(text).lstrip("\n").encode()
    source = SourceSettings(name="lab", format=form, path="content/*", **{"base_url": SITE, **settings})
    return read_source(source, [Blob(path or f"content/file.{ENDINGS.get(form, form)}", data)], SourceContext(zone))


def one(text: str | bytes, form: str = "markdown", **settings) -> Item:
    """The only item of the file."""
    (item,) = read(text, form, **settings).items
    return item


def codes(reading: Reading) -> list[str]:
    """The codes of its problems, in order."""
    return [problem.code for problem in reading.problems]


def lines(reading: Reading) -> list[int | None]:
    """The lines of its problems, in order."""
    return [problem.origin.line for problem in reading.problems]


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar file around events given as their inner lines."""
    blocks = [f"BEGIN:VEVENT\n{textwrap.dedent(event).strip()}\nEND:VEVENT" for event in events]
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//tests//EN", *filter(None, [head]), *blocks]
    return "\r\n".join("\n".join([*parts, "END:VCALENDAR", ""]).split("\n")).encode()
