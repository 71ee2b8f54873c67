"""From a status (RFC 3463) and a server's words to what a failure means for the address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.delivery.bounces.report import Nature

#: Subject and detail of permanent statuses by which the address is none (x.1.10 is RFC 7505, x.2.1 a mailbox closed).
HARD = frozenset({"1.0", "1.1", "1.2", "1.3", "1.4", "1.6", "1.9", "1.10", "2.1"})
#: Faults of the sender's address, as receivers see it: nothing is wrong with the recipient's.
OURS = frozenset({"1.7", "1.8"})
#: Subjects about content (6) and policy (7).
BLOCKING = ("6", "7")
_VAGUE = frozenset({"0.0", "1.0", "4.0", "4.1", "4.4", "5.0", "3.0"})
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_BLOCKED = re.compile(
    r"spam|block(?:ed|list)|black ?list|deny ?list|reputation|dmarc|\bspf\b|dkim|policy|rate limit|too many"
    r"|unsolicited|virus|malware|spamhaus|barracuda|\brbl\b|dnsbl|banned|abuse|sender .{0,40}rejected",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"(?:user|recipient|mailbox|address|account|alias|addressee).{0,60}"
    r"(?:unknown|not found|not exist|n.t exist|no longer|disabled|inactive|invalid|not known|not listed|expired)"
    r"|(?:unknown|no such|invalid|nonexistent|non-existent|inactive).{0,20}"
    r"(?:user|recipient|mailbox|address|account|alias|local part|person)"
    r"|recipient address rejected: (?:access denied|user unknown|undeliverable)"
    r"|(?:doesn.t|does not) have an? .{0,40}account|no mailbox here|mailbox unavailable|unrouteable address"
    r"|(?:host|domain).{0,60}not found|nxdomain|no such domain|unknown host|name or service not known",
    re.IGNORECASE,
)
_FULL = re.compile(r"quota|(?:mailbox|inbox|disk).{0,30}full|insufficient.{0,20}storage|over ?limit", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient's part of a report, as its fields say it; empty where they do not."""

    recipient: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def words(self) -> str:
        """Status and diagnostic for people, in one line."""
        told = " ".join(self.diagnostic.split())
        shown = told if self.status and self.status in told else f"{self.status} {told}".strip()
        return shown[:300]


def judge(failure: Failure) -> Nature:
    """What one recipient's part means; "pass" where it tells of no failure."""
    status = status_in(failure.status) or status_in(failure.diagnostic)
    if failure.action in ("delivered", "relayed", "expanded"):
        return "pass"
    if failure.action == "delayed" or (not failure.action and status[:1] == "4"):
        return "delay"
    if status[:1] == "2":
        return "pass"
    if _is_lasting(status, failure.diagnostic):
        return _lasting(_precise(status, failure.diagnostic), failure.diagnostic)
    return "soft"


def together(found: Sequence[Nature]) -> Nature:
    """Of the several recipients that one mail was expanded to: a failure lasts only where it does so for all."""
    kinds = set(found)
    if len(kinds) < 2:
        return found[0] if found else "pass"
    return "soft" if kinds - {"pass", "delay"} else "delay"


def status_in(text: str) -> str:
    """The first status in a text, such as "5.1.1"; empty where there is none."""
    found = _STATUS.search(text)
    return found[0] if found else ""


def _is_lasting(status: str, diagnostic: str) -> bool:
    if status:
        return status[0] == "5"
    found = _CODE.search(diagnostic)
    return found is None or found[0][0] == "5"


def _precise(status: str, diagnostic: str) -> str:
    """Subject and detail: the server's own where the report only says that something failed."""
    mine = status.partition(".")[2]
    theirs = status_in(diagnostic)
    return theirs.partition(".")[2] if mine in ("", "0.0") and theirs[:1] == "5" else mine


def _lasting(code: str, diagnostic: str) -> Nature:
    if code in OURS or code.partition(".")[0] in BLOCKING:
        return "block"
    if code in _VAGUE or not code:
        return _by_words(diagnostic, otherwise="hard" if code in HARD else "soft")
    return "hard" if code in HARD else "soft"


def _by_words(text: str, otherwise: Nature) -> Nature:
    if _BLOCKED.search(text):
        return "block"
    if _FULL.search(text):
        return "soft"
    return "hard" if _UNKNOWN.search(text) else otherwise
