"""One event that a sentence tells of, as a page of its own that a person may take, mend or leave."""

import re
from dataclasses import dataclass

from newsletter.dates.findings import Finding
from newsletter.model.problem import Origin
from newsletter.model.when import When
from newsletter.sources.suggesting.passages import Sentence

_GENERIC = re.compile(
    r"(?:the )?(?:when|where|when and where|where and when|schedule|details|dates?|times?|dates and times|"
    r"logistics|(?:upcoming |future |next )?(?:events?|sessions|meetings|dates)|overview|about|introduction|"
    r"join us|how to join|what'?s on|calendar|news)\W*",
    re.IGNORECASE,
)
_REGISTER = re.compile(r"\b(?:regist|sign[ -]?up|rsvp|enrol|tickets?|book)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(?:newsletter|mailing|list|slack|guidelines|e-?mail)\b", re.IGNORECASE)
_LEAD_WORDS = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An event found in prose: its title, the words that say when, and the sentence they stand in.

    `when` is how those words read and `findings` what stands in the way; `page` is the suggestion as the text of a
    file, in the style of the one it was found in. `over` marks what has passed.
    """

    title: str
    when_text: str
    when: When
    sentence: str
    origin: Origin
    style: str
    page: str
    tags: tuple[str, ...] = ()
    registration_url: str = ""
    findings: tuple[Finding, ...] = ()
    hint: str = ""
    over: bool = False


def title_for(sentence: Sentence, page_title: str) -> str:
    """The bold words it begins with, or the nearest heading that says more than "When", or the page's title."""
    if sentence.lead and len(sentence.lead.split()) <= _LEAD_WORDS and not _GENERIC.fullmatch(sentence.lead):
        return sentence.lead
    telling = (heading for heading in reversed(sentence.headings) if not _GENERIC.fullmatch(heading))
    return next(telling, page_title)


def registration_of(sentence: Sentence) -> str:
    """Where its link to register leads, as written."""
    return next(
        (url for words, url in sentence.links if _REGISTER.search(words) and not _ELSEWHERE.search(words)), ""
    )
