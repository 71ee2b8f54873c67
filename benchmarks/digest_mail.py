"""A digest's mail of a wanted size for benchmarks, and hostile readers: what is filled in is as nasty as it gets."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from newsletter.app.sending.addressing import Addressing
from newsletter.model.ledger import Due, Mailing
from newsletter.model.mail import Edition, Parts, SlotRef
from newsletter.render.mime import mime_parts

AT = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
SECRET = b"a key for benchmarks, and for nothing else"
KEY = "weekly-2026-12-04"
SIZES = {"60 KB": 60_000, "5 KB": 4_600}
_EVENT = (
    '<tr><td style="padding:8px 16px"><h2 style="font-size:18px;color:#123456">Tuesday\u2019s co\u2011working, '
    "number {n}</h2><p>Bring whatever you are at = and someone who knows more &amp; is na\u00efve.</p></td></tr>\n"
)
_LINE = "Tuesday\u2019s co\u2011working, number {n}: bring whatever you are at = and somebody who knows more.\n"
_HOSTILE = (
    *("Ada", "Ada Lovelace", "Zo\u00eb <script>alert(1)</script>", "=?utf-8?B?YQ==?=", "=3D=\r\n.", ". ", ".", "..x"),
    *(
        "From me",
        "\u6570\u636e\u79d1\u5b66 " * 30,
        "a" * 200,
        "x=" * 90,
        "{{ name }}",
        "slot.name.",
        "\u202eadA",
        "&amp;",
    ),
    *(
        "end ",
        "tab\t",
        "\u2028line",
        "\x00nul",
        "quote\"'`",
        "%s %d",
        "\r\nBcc: eve@example.org",
        "\ud7ff\uffff",
        "-" * 75,
    ),
)


def edition_of(octets: int) -> Edition:
    """An edition whose message has about so many octets, with the slots that a rendered one has."""
    events = 1
    while len(_static(edition := _edition(events))) < octets:
        events += max(1, (octets - len(_static(edition))) // 700)
    return edition


def _static(edition: Edition) -> bytes:
    return b"".join(part for part in edition.mime if isinstance(part, bytes))


def _edition(events: int) -> Edition:
    html: Parts = (
        "<!doctype html><html><body><p>Hello ",
        SlotRef("name", "html"),
        ",</p><table>" + "".join(_EVENT.format(n=n) for n in range(events)) + '</table><p>To <a href="',
        SlotRef("web_url", "html"),
        '">read it there</a>, <a href="',
        SlotRef("preferences_url", "html"),
        '">change</a> or <a href="',
        SlotRef("unsubscribe_url", "html"),
        '">leave</a>: it went to ',
        SlotRef("address", "html"),
        ".</p></body></html>\n",
    )
    text: Parts = (
        "Hello ",
        SlotRef("name", "text"),
        ",\n\n" + "".join(_LINE.format(n=n) for n in range(events)) + "\nRead it: ",
        SlotRef("web_url", "text"),
        "\nChange: ",
        SlotRef("preferences_url", "text"),
        "\nLeave: ",
        SlotRef("unsubscribe_url", "text"),
        "\nIt went to ",
        SlotRef("address", "text"),
        ".\n",
    )
    sender = "Common Hours <hours@news.example.org>"
    headers = (
        ("From", sender),
        ("Subject", "Co-working on Tuesday, datathon on Friday"),
        ("List-Id", "Common Hours <community.data-lab.news.example.org>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    )
    made = Edition("bench", "Co-working on Tuesday", "What is on", sender, "", headers, html, text, ())
    return replace(made, mime=mime_parts(headers, html, text))


def addressing() -> Addressing:
    """What the links of a mailing are made of."""
    job = Mailing(1, "data-lab", "issue", KEY, "community", "weekly", "sending", "", AT)
    return Addressing(SECRET, "https://news.example.org", "news.example.org", job, {})


def readers(count: int, *, hostile: bool = False) -> Iterator[Due]:
    """So many claimed deliveries; names recur as names do, unless hostile ones are wanted."""
    chance = random.Random(10)
    letters = [*"abc=.<>&\"'\r\n\t \u00e9\u6570\U0001f600\u200b-", "=\r\n"]
    for number in range(count):
        name = f"Reader {number % 997}"
        if hostile:
            name = chance.choice(_HOSTILE) + "".join(chance.choices(letters, k=chance.randrange(120)))
        address = f"reader{number:07d}@example.org"
        yield Due(
            f"{number:032x}", f"{number:032d}", "bench", 0, address, name, "active", ("weekly",), "", "community"
        )
