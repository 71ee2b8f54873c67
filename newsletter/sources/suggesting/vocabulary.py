"""The words that tell an event from what only has a date: bounds, history, closures, machines, formalities, cues."""

import re


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


#: Before a date: it is when something ends, was written or is in force, and not when it takes place.
BOUND = re.compile(
    r"\b(?:by|until|till|before|since|after|as of|between|due|no later than|deadline(?: for [\w ]+)?(?: is)?|"
    r"(?:clos|expir|updat|post|publish|modif|revis|writ|releas|open)\w*|dated?|born|effective|from|as|like)"
    r"[:,]?\s*(?:on\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
#: What looks forward, so that a verb of the past beside it does no harm.
AHEAD = _words(
    r"\b(?:will|join us|upcoming|next|register|rsvp|sign up|save the date|come|please)\b",
    r"\b(?:moved to|rescheduled|invited?)\b",
)
PAST = _words(
    r"(?<!has )(?<!have )(?<!been )\b(?:was|were|had|met|ran|gathered|moved|came|took place|happened|founded)\b",
    r"(?<!has )(?<!have )(?<!been )\b(?:established|attended|visited|spoke|gave|talked|used to|went|began|started)\b",
    r"(?<!has )(?<!have )(?<!been )\b(?:joined|recap|looked|learned|ended|opened|launched|ago|posted by)\b",
    r"(?<!be )(?<!is )(?<!are )(?<!being )\b(?:held|hosted|organi[sz]ed|presented|led|taught)\b",
    r"\b(?:last|past|previous) (?:year|month|week|quarter|term|spring|summer|autumn|fall|winter)\b",
    r"\bthank(?:s| you) to\b",
    r"\bin (?:\w+ )?(?:19|20)\d\d,? \w+ (?!will)",
)
OFF = _words(
    r"\bclosed\b|\bcloses?\b|\bcancel",
    r"\bno (?:\w+[ -]){1,3}(?:on|this|during)\b",
    r"\b(?:not|n't|never|nobody|nothing)\b (?!only)(?:\w+ ){0,2}(?:meet|hold|offer|happen|run|open|on|this|as)\b",
    r"\b(?:not|n't) work\b",
    r"\b(?:maintenance|downtime|outage|offline|unavailable|holiday)\b|\bout of (?:the )?office\b",
    r"\b(?:is|are) (?:now )?(?:full|sold out|fully booked)\b",
    r"\b(?:opening|business|working) hours\b",
)
NOT_PEOPLE = _words(
    r"\bparking\b|\bfees? appl|\bback-?ups?\b|\bcron\b|\breleased?\b|\bversion \d",
    r"\bnewsletter (?:goes|is|comes|arrives|appears)\b",
    r"\b(?:is|are|gets?) (?:sent|refreshed|updated|rebuilt|restarted|released|published|deployed|delivered)\b",
    r"\b(?:is|are|gets?) (?:collected|emptied|cleaned)\b",
    r"\b(?:bus|train|ferry|shuttle)(?:es|s)?\b.{0,20}\b(?:leaves?|departs?|runs?|goes)\b",
    r"\bworks? (?:on )?(?:mon|tues|wednes|thurs|fri)day",
)
FORMALITY = _words(
    r"\b(?:registration|applications?|nominations?|submissions?|enrol?lment|tickets?|voting|proposals?|sign-?ups?)\b"
    r"(?: (?:for|to|of) [\w ]{1,40}?)? (?:opens?|closes?|begins?|starts?|ends?|(?:is|are) (?:due|open|closed))\b",
    r"\bdeadline\b|\bon sale\b",
    r"\b(?:photos?|pictures?|recordings?|slides|notes|minutes|videos?|results?|reports?) (?:from|of)\b",
    r"\b(?:for example|for instance|such as|e\.g\.|write the date|format)\b",
)
RANGE = _words(r"\d\s*(?:[ap]\.?m\.?)?\s*-|noon\s*-|\b(?:to|until|between)\b")
#: What is done to things, and so at no time that people come together.
PASSIVE = _words(r"\b(?:is|are|gets?) \w+(?:ed|en)\b")
#: Enough beside a bare date.
STRONG = _words(
    r"\b(?:join us|save the date|register now|rsvp|sign up|come (?:to|and|along|for)|takes? place)\b",
    r"\b(?:be|is|are) (?:held|hosted)\b|\b(?:meets?|gathers?)\b|\bdrop[ -]in|\binvited?\b",
    r"\b(?:we|they|team|lab) (?:\w+ )?(?:host|offer|hold|run)s?\b",
    r"\b(?:workshop|seminar|webinar|tutorial|hack[ -]?(?:athon|week|day)|datathon|social|potluck|office hours)",
    r"\b(?:co-?working|reading (?:group|circle)|study group|journal club|community call|conference|symposium)",
    r"\b(?:retreat|open house|showcase|meetup|clinic|kick-?off|summer school|bootcamp|orientation)",
)
#: Enough beside a weekday and a clock.
CUE = _words(
    r"\b(?:we|us|you|your|join|come|ask|bring|register|attend|meet\w*|gather\w*|held|hosts?|hosted|offer\w*)\b",
    r"\b(?:session\w*|talk\w*|lecture|class\w*|course|training|lunch|coffee|tea|hour|call|demo|party|picnic|walk|tour)\b",
    r"\b(?:usually|typically|normally|around)\b",
    r"\b(?:circle|club|group|users|members|newcomers|needs no)\b",
)
