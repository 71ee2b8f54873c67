"""Input that is broken or means harm, by what becomes of it; limited_reading.py and the tests read it."""

import io
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from support_sources import calendar

from newsletter.sources.registry import FORMATS


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("event.ics", "BEGIN:VCALENDAR")
    return packed.getvalue()


def bomb(opening: str = "", closing: str = "") -> bytes:
    rows = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return (opening + "\n".join(rows) + closing).encode()


TEN_MEGABYTES = b"title" * 2_000_000
#: (format, bytes, code): each is refused whole, by that code.
BAD = [
    ("markdown", bomb("---\n", "\n---\nwords\n"), "E-YAML"),
    ("yaml", bomb(), "E-YAML"),
    ("markdown", b"---\ntitle: &a [*a]\n---\n", "E-YAML"),
    ("yaml", b"[" * 100_000, "E-YAML"),
    ("yaml", b"- " * 100_000, "E-YAML"),
    ("yaml", b"{a: " * 3_000, "E-YAML"),
    ("json", b"[" * 3_000 + b"]" * 3_000, "E-JSON"),
    ("json", b'{"a":' * 3_000 + b"1" + b"}" * 3_000, "E-JSON"),
    ("json", b"[" * 100 + b"]" * 100, "E-JSON"),
    ("json", b'[{"title": "a", "title": "b"}]', "E-JSON"),
    ("toml", b"a = " + b"[" * 3_000, "E-TOML"),
    ("toml", b".".join([b"a"] * 50_000) + b" = 1", "E-TOML"),
    ("toml", b"a = " + b"9" * 10_000, "E-TOML"),
    ("markdown", b"+++\ntitle = 'a'\ntitle = 'b'\n+++\n", "E-TOML"),
    ("ics", zipped(), "E-FORMAT"),
    ("ics", b"<!doctype html><title>Please log in</title>", "E-ICS"),
    ("csv", b"\x89PNG\r\n", "E-FORMAT"),
    *[(kind, TEN_MEGABYTES, "E-SIZE") for kind in FORMATS],
    *[(kind, "title: a\n".encode("utf-16"), "E-ENCODING") for kind in FORMATS],
    *[(kind, b"title\0\n", "E-ENCODING") for kind in FORMATS],
    *[(kind, b"title: caf\xe9\n", "E-ENCODING") for kind in ("markdown", "json", "yaml", "toml")],
    ("csv", b"title,start\ncaf\xe9 \x81,2026-12-01\n", "E-ENCODING"),
]

#: (format, bytes): each is read or refused, and neither takes long.
HOSTILE = [
    ("markdown", b"[" * 200_000),
    ("markdown", b"[a](" * 50_000),
    ("markdown", b"<!--" * 50_000),
    ("markdown", b"{{" * 100_000),
    ("markdown", b"{%" * 100_000),
    ("markdown", b"`" * 100_000 + b"a" + b"`" * 99_999),
    ("markdown", b"`a" * 100_000),
    ("markdown", b"> " * 100_000),
    ("markdown", b"*a_" * 100_000),
    ("markdown", b"```\n" * 50_000),
    ("markdown", b"~~~ a\n" * 50_000),
    ("markdown", b"a: b\n" * 100_000),
    ("markdown", b"\n" * 500_000),
    ("markdown", b"<a href='" * 50_000),
    ("markdown", b"[a]{" * 100_000),
    ("markdown", b"<A " * 100_000),
    ("markdown", b":::" * 100_000),
    ("markdown", b"{: " * 100_000),
    ("markdown", b"---\n" + b"? " * 100_000 + b"\n---\n"),
    ("markdown", b"---\na: " + b"&x " * 50_000 + b"\n---\n"),
    ("yaml", b"a: " + b"x" * 4_000_000),
    ("yaml", b"'" * 1_000_000),
    ("csv", b'"' * 1_000_001),
    ("csv", b'a,b\n"' * 20_000),
    ("csv", b"," * 1_000_000),
    ("ics", b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 50_000),
    ("ics", b"BEGIN:VCALENDAR\n" * 50_000),
    ("ics", b"BEGIN:VCALENDAR\n" + b"END:VEVENT\n" * 100_000),
    ("ics", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + b"a\n " * 500_000),
    ("json", b'"' + b"\\" * 1_000_000),
    ("json", b"{" * 1_000_000),
]


GOOD_EVENT = "UID:good\nSUMMARY:Good\nDTSTART:20261208T120000"
BAD_EVENT = "UID:bad\nSUMMARY:Bad\nDTSTART:20260101T120000\n"


def lines(text: str, size: int = 4_500_000) -> str:
    return f"{text}\n" * (size // (len(text) + 2))


def listed(entry: str, size: int = 4_500_000) -> str:
    return ",".join([entry] * (size // (len(entry) + 1)))


def hundred_megabytes() -> bytes:
    """A calendar far too large; made at need, so that nobody else's memory is counted with it."""
    return b"BEGIN:VCALENDAR\r\n".ljust(100 * 1024 * 1024, b"x")


#: Calendars that are refused whole.
WHOLE = [
    (zipped(), "E-FORMAT"),
    (calendar(GOOD_EVENT) + b"\n" * 4_000_000, "E-CAP"),
    (b"X" * 4_000_000, "E-ICS"),
    (b"\n \n" * 190_000, "E-ICS"),
]

#: What stands in one event, and what is said of it; the events beside it are read.
ENTRIES = {
    "a COUNT of a thousand million": ("RRULE:FREQ=DAILY;COUNT=1000000000", "E-RECURRENCE"),
    "a COUNT with more digits than a number has": (f"RRULE:FREQ=DAILY;COUNT={'9' * 5000}", "E-RECURRENCE"),
    "every second": ("RRULE:FREQ=SECONDLY", "E-RECURRENCE"),
    "each second of the day": (f"RRULE:FREQ=DAILY;BYSECOND={','.join(map(str, range(60)))}", "E-RECURRENCE"),
    "a flood of RDATE values": (f"RDATE:{listed('20261208T120000Z')}", "E-CAP"),
    "a flood of RDATE lines": (lines("RDATE:20261208T120000Z"), "E-CAP"),
    "a flood of RDATE days": (f"RDATE;VALUE=DATE:{listed('20261208')}", "E-CAP"),
    "a flood of EXDATE values": (f"RRULE:FREQ=DAILY\nEXDATE:{listed('20261208T120000Z')}", "E-CAP"),
    "a flood of nonsense dates": (f"RDATE:{listed('x')}", "E-ICS-DATE"),
    "a flood of rules": (lines("RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9"), "E-CAP"),
    "a flood of properties": (lines("COMMENT:again"), "E-CAP"),
    "a flood of commas": (f"CATEGORIES:{',' * 4_000_000}", "E-CAP"),
    "a duration of ages": ("DURATION:P9999999999W", "E-ICS-DATE"),
    "a year that no calendar has": ("RDATE:99999999T999999Z", "E-ICS-DATE"),
}

LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "laughs": f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LOL}]>',
    "one entity": '<!DOCTYPE rss [<!ENTITY a "b">]>',
    "file": '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "remote": '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
    "behind a comment": '<!-- <rss> --><!DOCTYPE rss [<!ENTITY a "b">]>',
    "behind an instruction": '<?x <rss ?><!DOCTYPE rss [<!ENTITY a "b">]>',
    "lower case": '<!doctype rss [<!ENTITY a "b">]>',
    "attribute list": '<!DOCTYPE rss [<!ATTLIST rss x CDATA "<a>"><!ENTITY a "b">]>',
    "bracket in a name": '<!DOCTYPE rss SYSTEM "a[b" [<!ENTITY a "b">]>',
}
FEED_JUNK = ["<a>" * 100_000, "<item>" * 20_000, "&" * 300_000, "<![CDATA[" * 50_000, "<" * 300_000]
#: Rules that are old, or never met; each is expanded over a year.
OLD_RULES = (
    "FREQ=DAILY",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYSETPOS=2",
    "FREQ=DAILY;COUNT=40000",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",
    "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;INTERVAL=999999999",
)


class Case(NamedTuple):
    """One input, how many seconds of one core it may take, and the code that must be among its problems."""

    name: str
    kind: str
    data: bytes
    seconds: int
    code: str = ""


def cases() -> Iterator[Case]:
    """Every input of this file, one after the other."""
    for number, (kind, data, code) in enumerate(BAD):
        yield Case(f"bad {kind} {number}", kind, data, 1, code)
    for number, (data, code) in enumerate(WHOLE):
        yield Case(f"whole calendar {number}", "ics", data, 1, code)
    yield Case("100 MB", "ics", hundred_megabytes(), 1, "E-SIZE")
    for name, (text, code) in ENTRIES.items():
        yield Case(name, "ics", calendar(BAD_EVENT + text, GOOD_EVENT), 1, code)
    for rule in OLD_RULES:
        yield Case(rule, "ics", calendar(f"UID:a\nSUMMARY:a\nDTSTART:19000101T120000\nRRULE:{rule}"), 1)
    for name, bomb in BOMBS.items():
        yield Case(f"feed {name}", "feed", f'{bomb}<rss version="2.0"></rss>'.encode(), 1, "E-XML")
    for number, (kind, data) in enumerate(HOSTILE):
        yield Case(f"hostile {kind} {number}", kind, data, 3)
    for number, junk in enumerate(FEED_JUNK):
        yield Case(f"feed junk {number}", "feed", f'<rss version="2.0"><channel>{junk}'.encode(), 3)
