"""Weeks whose every word was written by somebody who means harm, or who knows no better.

Hypothesis draws a hand of texts and addresses, and they are dealt to the fields of items, settings and the note: an
example that fails is short, and says which text it was.
"""

import sys
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from hypothesis import strategies as st
from render_builders import SEATTLE, SENT, SITE, a_draft, theme

from newsletter.app.sending.addressing import Addressing
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Issue, Note
from newsletter.model.item import Deadline, Item, Kind, Place
from newsletter.model.ledger import Due, Mailing
from newsletter.model.mail import Edition, Row, fill_text, message_bytes
from newsletter.model.picture import Mention, Picture
from newsletter.model.problem import Origin
from newsletter.model.when import AllDay, Instant, Override, Recurrence, Vague, When
from newsletter.model.workspace import ListSettings, SectionSettings
from newsletter.render.edition import render

sys.path.insert(0, str(Path(__file__).parents[1]))
from support_mail_rules import Sent

T = TypeVar("T")
HOME = "America/Los_Angeles"
LONG_WORD = "w" * 10_240
#: What people have put into titles of events, and what they might.
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "{{ 7 * 7 }} {% for x in y %} {# gone #}",
    "{{ slot.unsubscribe_url }}",
    "</mj-text></mj-column></mj-section><mj-raw>",
    "<mj-include path='/etc/passwd' />",
    'a" onload="x\' \\ \t end',
    "e\u0301te\u0301 > hiver",
    "A\u030angstro\u0308m n\u0303",
    "שלום (עולם) 12–1 PM \u202e gpj.exe",
    "مرحبا: ورشة 3 \u2067 x \u2066",
    "👩\u200d🔬 🏳️\u200d🌈 soft\u00adhyphen nbsp\u00a0here \u200b \ufeff",
    "null \x00 bell \x07 escape \x1b[31m del \x7f nel \x85 ls \u2028 ps \u2029",
    ".\nFrom me\n..\n",
    "\r\nBcc: eve@example.org\r\n\r\n<b>body</b>",
    "&#60;b&#62; &amp;lt; &nbsp; &Auml",
    "<!--[if mso]> x <![endif]--> --> ]]> <![CDATA[",
    "=?utf-8?q?=41?= =3D =\r\n",
    "slot.0123456789abcdef0123456789abcdef.unsubscribe_url.",
    "-- ",
    "--=_0123456789abcdef",
    "[words](javascript:alert(1)) ![pic](data:image/png;base64,AAAA) <https://example.org/a_b>",
    "| a | b |\n|---|---|\n| c | d |\n\n```\ncode {{ x }}\n```\n\n> * 1. # deep\n",
    "# Top\n\n- one\n  - two\n\n1. x\n\n***\n\n<div onclick=x>html</div>",
    "https://example.org/" + "a-" * 60,
    "\U000e0041 tag \ufffe \U0010ffff \u0600",
    "文字化け 日本語のタイトル、長い",
    "x" * 500,
    LONG_WORD,
)
ADDRESSES = (
    f"{SITE}/events/one",
    f"{SITE}/?q=a&b=%22#frag",
    "javascript:alert(1)",
    " java\tscript:alert(1)",
    "data:text/html,<script>x</script>",
    "file:///etc/passwd",
    'https://example.org/"><script>x</script>',
    "https://example.org/a b\r\nBcc: eve@example.org",
    "https://example.org/nbsp\u00a0here\u202fthere",
    "https://bücher.example.org/straße?q=日本",
    "https://example.org/{{ 7*7 }}/{%25 x %}",
    "https://example.org/" + "long" * 300,
    "https://example.org/(brackets)_[x]'y'",
    "https://example.org/\u202egpj.exe",
    "https://[broken",
    "mailto:lab@example.org?subject=a%20b",
    "//example.org/x",
    "",
)
SHORT_PIECES = tuple(one for one in HOSTILE if len(one) < 200)
#: Texts as they may stand in any field: one piece, several of them, or whatever Unicode has.
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(SHORT_PIECES), min_size=2, max_size=4).map(" ".join),
    st.text(st.characters(codec="utf-8"), max_size=60),
)
URLS = st.one_of(st.sampled_from(ADDRESSES), st.text(max_size=30).map(lambda text: f"https://example.org/{text}"))
#: The one picture that is published; its words are an item's.
HOSTED = Picture("https://news.example.org/archive/pictures/0.jpg", 600, 400, 90_000)
MONDAY = datetime(2026, 12, 7)


@dataclass(frozen=True)
class Hand:
    """The texts and addresses of one week, and the chance by which they are dealt to its fields."""

    texts: tuple[str, ...]
    urls: tuple[str, ...]
    seed: int


HANDS = st.builds(
    Hand,
    st.lists(TEXTS, min_size=1, max_size=5).map(tuple),
    st.lists(URLS, min_size=1, max_size=4).map(tuple),
    st.integers(0, 2**16),
)


class Dealer:
    """Deals a hand, always the same way."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.chance = hand, Random(hand.seed)

    def text(self, share: float = 1.0) -> str:
        """One of the texts; empty but for this share."""
        return self.chance.choice(self.hand.texts) if self.chance.random() < share else ""

    def texts(self, most: int) -> tuple[str, ...]:
        """So many texts at most."""
        return tuple(self.text() for _ in range(self.chance.randint(0, most)))

    def url(self) -> str:
        """One of the addresses."""
        return self.chance.choice(self.hand.urls)

    def one(self, *of: T) -> T:
        """One of these."""
        return self.chance.choice(of)

    def when(self) -> When:
        """A time in the week, or words for one."""
        start = MONDAY + timedelta(days=self.one(0, 2, 6), hours=self.one(0, 9, 23))
        end = start + timedelta(hours=self.one(1, 5))
        off = (Override(start, "cancelled"),) if self.one(True, False) else ()
        return self.one(
            Instant(start, self.one(end, None), HOME),
            AllDay(start.date(), end.date()),
            Recurrence(start, end, HOME, ("FREQ=WEEKLY",), overrides=off),
            Vague(self.text(), date(2026, 12, 8), date(2026, 12, 9)),
        )

    def item(self, number: int) -> Item:
        """Anything that a source may hold: each of its words and addresses is hostile, or left out."""
        kind: Kind = self.one("event", "event", "announcement", "page")
        origin = Origin(self.text(), self.text(), 3)
        return Item(
            id=f"{number}:{self.text()}",
            kind=kind,
            title=self.text(),
            origins=(origin,),
            when=self.when() if kind == "event" else None,
            status=self.one("confirmed", "confirmed", "tentative", "cancelled", "postponed"),
            timezone=HOME,
            place=Place(self.one("in_person", "online", "hybrid", "tba"), self.text(0.7), self.text(0.3), self.url()),
            url=self.one("", self.url()),
            registration_url=self.one("", self.url()),
            hosts=self.texts(2),
            summary=self.text(0.5),
            body=self.text(0.5),
            tags=(*self.texts(2), self.one("deep-dive", "job", "thanks", "other")),
            category=self.text(0.3),
            audience=self.text(0.3),
            prerequisites=self.text(0.3),
            cost=self.text(0.3),
            image=self.url(),
            picture=Mention(self.one("shown", "lost"), self.text(), self.text(), origin),
            series=self.text(0.3),
            follows=self.text(0.3),
            deadlines=(Deadline(self.text(), date(2026, 12, 9), HOME, self.url(), origin),) * self.one(0, 1),
            custom=((self.text(), self.text()),) * self.one(0, 1),
        )

    def earlier(self, item: Item) -> Item:
        """The item as an earlier issue may have told it."""
        return replace(item, title=self.one(item.title, self.text()), place=Place("in_person", self.text()))

    def draft(self) -> Draft:
        """A week of up to three such items, with an editor, a list and a community whose words are no better."""
        base, name = a_draft(), self.one("hours", "letter")
        own = {"theme": name, "title": self.text(), "tagline": self.text(0.5), "archive": self.one(True, False)}
        community = {"name": self.text(), "url": self.one(SITE, "")}
        return replace(
            base,
            items=tuple(self.item(number) for number in range(self.one(1, 2, 3))),
            note=Note(*(self.text(0.5) for _ in range(5))),
            theme=theme(name),
            settings=base.settings.model_copy(update={**own, "sections": (*base.settings.sections, "jobs")}),
            pictures=(("shown", HOSTED), (self.url(), HOSTED)),
            list=ListSettings(title=self.text(), digests=("weekly",)),
            community=base.community.model_copy(update=community),
            sections=(("jobs", SectionSettings(title=self.text(), tags=("job",))),),
            section_texts=(("jobs", self.text(0.5)),),
        )


CHOICES = st.builds(
    Choices,
    timezone=st.sampled_from(["America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati"]),
    clock=st.sampled_from([12, 24]),
    language=st.sampled_from(["en", "de", "ar", "ja"]),
    density=st.sampled_from(["full", "full", "compact"]),
    text_only=st.sampled_from([False, False, False, True]),
)


@dataclass(frozen=True)
class HostileMail:
    """One mail of such a week: what it was made of, and what left."""

    draft: Draft
    issue: Issue
    edition: Edition
    row: Row
    sent: Sent

    @property
    def html(self) -> str:
        """The HTML as its reader gets it."""
        return fill_text(self.edition.html, self.row.values)

    @property
    def text(self) -> str:
        """The text part as its reader gets it."""
        return fill_text(self.edition.text, self.row.values)


def hostile_mail(hand: Hand, choices: Choices) -> HostileMail:
    """The road of every mail: compose, render, address, fill; told against a last issue half of the time."""
    dealer = Dealer(hand)
    draft = dealer.draft()
    baseline = replace(draft, key="weekly-2026-11-27", items=tuple(map(dealer.earlier, draft.items)))
    issue = compose(draft, choices, dealer.one(None, baseline))
    edition = render(issue, draft)
    mailing = Mailing(1, "data-lab", "issue", draft.key, "community", "weekly", "sending", "0" * 64, SENT)
    addressing = Addressing(b"a key for tests", draft.base_url, "news.example.org", mailing, {})
    row = addressing.row(Due("0" * 32, "s1", edition.key, 0, "ada@example.org", dealer.text(), list="community"))
    at = SENT.astimezone(SEATTLE)
    return HostileMail(draft, issue, edition, row, Sent(message_bytes(edition, row, at), at, row.address))
