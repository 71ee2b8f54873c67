"""What makes filters suspicious, in points that can be explained; no service is asked, and no word leaves the house.

The marks are those at which SpamAssassin's users begin to look and to refuse: 3 and 5.
"""

import re
from collections.abc import Iterator

from newsletter.checks.subject import Finding, MailRule, Subject, host_of, mail_part, squeeze

LOOK, REFUSE = 3.0, 5.0
#: Words of trade, of haste and of promise, each half a point and two points in all.
PHRASES = (
    *("act now", "buy now", "call now", "cash bonus", "click below", "congratulations, you", "credit card required"),
    *("double your", "earn money", "exclusive deal", "extra income", "free money", "get paid", "guaranteed income"),
    *("increase sales", "limited time", "lowest price", "make money", "miracle", "no catch", "no obligation"),
    *("once in a lifetime", "order now", "prize", "risk-free", "satisfaction guaranteed", "special promotion"),
    *("this is not spam", "urgent response", "while supplies last", "winner", "you have been selected", "100% free"),
)
_MOST_OF_PHRASES = 2.0
_ANSWER = re.compile(r"(?i)^(?:re|fwd?|aw|wg)\s*:")
_MONEY = re.compile(r"[$€£]{2,}|[$€£]\s?\d{1,3}(?:,\d{3})+")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?:/\S*)?", re.IGNORECASE)
#: So little text beside a picture is a mail that is a picture.
_FEW_WORDS = 200
_MANY_LINKS = 150


def score(subject: Subject) -> Iterator[Finding]:
    """The points together, with what each is for."""
    points = [*_of_subject(subject.edition.subject), *_of_words(subject), *_of_links(subject)]
    total = sum(value for value, _ in points)
    if total >= LOOK:
        reasons = ", ".join(f"{why} ({value:g})" for value, why in points)
        text = f"a filter may well take this for spam, at {total:g} points of which {REFUSE:g} refuse: {reasons}"
        yield Finding(text, mail_part("mail"), "error" if total >= REFUSE else "warning")


def _of_subject(line: str) -> Iterator[tuple[float, str]]:
    letters = [letter for letter in line if letter.isalpha()]
    if len(letters) > 10 and sum(map(str.isupper, letters)) > 0.6 * len(letters):
        yield 1.5, "the subject shouts"
    if line.count("!") > 1:
        yield 1.0, "exclamation marks in the subject"
    if _ANSWER.match(line):
        yield 1.5, "the subject pretends to answer"
    if _MONEY.search(line):
        yield 1.0, "money in the subject"


def _of_words(subject: Subject) -> Iterator[tuple[float, str]]:
    words = f"{subject.edition.subject}\n{subject.text}".casefold()
    found = [phrase for phrase in PHRASES if phrase in words]
    if found:
        yield min(_MOST_OF_PHRASES, 0.5 * len(found)), f"words such as {found[0]!r}"
    if subject.page.of("img") and len(squeeze(subject.text)) < _FEW_WORDS:
        yield 2.0, "pictures and hardly a word"
    if "no-reply@" in subject.edition.sender.lower() or "noreply@" in subject.edition.sender.lower():
        yield 0.5, "a sender that cannot be answered"


def _of_links(subject: Subject) -> Iterator[tuple[float, str]]:
    links = subject.page.of("a")
    if any(_NUMBER.fullmatch(host_of(link.get("href"))) for link in links):
        yield 2.0, "a link to a bare number"
    if any(_is_disguised(squeeze(link.text), link.get("href")) for link in links):
        yield 2.0, "a link whose words are another address"
    if len(links) > _MANY_LINKS:
        yield 0.5, f"{len(links)} links"


def _is_disguised(words: str, address: str) -> bool:
    shown = _ADDRESS.fullmatch(words)
    leads = host_of(address)
    return shown is not None and bool(leads) and not leads.endswith(shown[1].lower())


RULES = (
    MailRule(
        "spam.score",
        "warning",
        "A filter has little to hold against it: a warning from 3 points, an error from 5",
        "Take out what the points are for",
        score,
    ),
)
